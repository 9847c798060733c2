import { CERTIFY } from '../../cli/certify/certify-verb.js';
import { checkRadii } from '../../cli/certify/fault-words.js';
import { jobConfig } from '../../cli/certify/job-config.js';
import { applyConfigFile } from '../../cli/command/config-file.js';
import { readClassNames } from '../../cli/certify/class-names.js';
import { readImagesFile } from '../../cli/certify/images-file.js';
import { readJobFile, readNotedJob } from '../../cli/certify/job-file.js';
import { parseChoice, parseImages, parseNumber, partsOf } from '../../cli/command/parse.js';
import { commandOf } from '../../cli/command/verb.js';
import { readLabels } from '../../cli/results/read-labels.js';
import { readRow } from '../../cli/results/service-results.js';
import { UriFetcher } from '../../coordinator/artifacts/uri-fetcher.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import { pageOf } from '../../coordinator/jobs/job-pages.js';
import {
  ArtifactFolder,
  descriptionOf as storedDescriptionOf,
} from '../../adapters/local/artifact-folder.js';
import { readBackup } from '../../adapters/local/backup-file.js';
import { FileLedger } from '../../adapters/local/file-ledger.js';
import { FolderLock } from '../../adapters/local/folder-lock.js';
import * as frames from '../../adapters/local/ledger-frames.js';
import { JobFolder } from '../../adapters/local/job-folder.js';
import * as canonical from '../../shared/dataset/canonical.js';
import { decodeImageNames, encodeImageNames } from '../../shared/image-names.js';
import { jobDigest } from '../../shared/job.js';
import { parseAddress, showAddress } from '../../adapters/http/address.js';
import { Tls } from '../../adapters/http/tls.js';
import { Tokens } from '../../adapters/http/tokens.js';
import { encodeEntry } from '../../api/wire/entry.js';
import { encodeRecord } from '../../shared/wire/record.js';
import { descriptionOf } from '../../worker/cluster/artifacts/http-source.js';
import { externalRanges } from '../../worker/model/onnx/external-data.js';
import { freeBatch } from '../../worker/model/onnx/free-batch.js';
import { readModel } from '../../worker/model/onnx/model-file.js';
import { editFields, fieldsOf, stringOf } from '../../worker/model/onnx/wire-edit.js';
import { entry } from '../support/cluster-messages.js';
import { makeJob, makeRecord } from '../support/jobs.js';
import { record } from '../support/ledger-records.js';
import { row } from '../support/service-messages.js';
import { examplesOf, fixtureBytes, ofFile, ofText, type Decoder } from './decoder-table.js';
import { folderOfAllTests } from '../support/temporary-folder.js';
import { valuesFrom } from '../support/verb-values.js';

/** Decoders of files, of flags and of what HTTP brings. */

const folder = folderOfAllTests();
const at = (name: string) => () => folder.file(name);

const JOB = makeJob();
const DIGEST = jobDigest(JOB);
const FOLD = new JobFold(JOB, null);
const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const MODELS = ['free.onnx', 'reshape-fixed.onnx', 'float16-input.onnx'].map((name) => `models/${name}`);
const models = () =>
  [...MODELS, 'model-inputs/external.onnx', 'model-inputs/reshape-branch.onnx'].map(fixtureBytes);
const command = () => commandOf(CERTIFY).action(() => undefined);
const quickJob = valuesFrom(CERTIFY, [
  '--model',
  'm',
  '--data',
  'd',
  '--sigma',
  '1',
  '--out',
  'o',
  '--max-samples',
  '64',
]);

const FLAGS: readonly Decoder[] = [
  ofText(
    'a number',
    ['cli/command/parse.ts parseNumber'],
    ['0.25', '1e-3', '+5.'],
    (text) => parseNumber('--jobs', text, { least: 0 }, 'serve'),
    ['OPTION_INVALID'],
  ),
  ofText(
    'a choice',
    ['cli/command/parse.ts parseChoice'],
    ['gain', 'fixed'],
    (text) => parseChoice('--stop', text, ['gain', 'fixed']),
    ['OPTION_INVALID'],
  ),
  ofText(
    'a seed',
    [],
    ['7', '18446744073709551615'],
    (text) => jobConfig('certify', { ...quickJob, seed: text }),
    ['OPTION_INVALID'],
  ),
  ofText(
    'values a channel',
    [],
    ['0.25', '0.4914,0.4822,0.4465', '-1e-3'],
    (text) => jobConfig('certify', { ...quickJob, mean: text, std: text }),
    ['OPTION_INVALID'],
  ),
  ofText(
    'a range of images',
    ['cli/command/parse.ts parseImages'],
    ['0:1000', '::10', '5', '1:2:3'],
    parseImages,
    ['OPTION_INVALID'],
  ),
  ofText('radii', [], ['0.25,0.5,1.0', '0'], (text) => checkRadii(partsOf(text)), ['OPTION_INVALID']),
  ofText(
    'an address',
    ['adapters/http/address.ts parseAddress'],
    ['127.0.0.1:50051', '[::1]:80', ':9', 'h:1'],
    (text) => {
      const address = parseAddress('--grpc', text);
      return parseAddress('--grpc', showAddress(address));
    },
    ['OPTION_INVALID'],
  ),
];

const NAMES = { files: ['a/1.png', 'b/2.png'], classes: ['a', 'b'] };

const FILES: readonly Decoder[] = [
  {
    name: 'names of images and classes',
    tries: ['shared/image-names.ts decodeImageNames'],
    valid: () => [encodeImageNames(NAMES)],
    read: (bytes) => decodeImageNames(bytes, 4),
    codes: [],
    write: encodeImageNames,
  },
  ofFile(
    'a configuration file',
    [],
    at('config'),
    () => [Buffer.from('sigma: 0.25\nmean: [0.4, 0.5]\nquiet: true\n'), json({ model: 'm', seed: 5 })],
    (file) => applyConfigFile(command(), file),
    ['OPTION_INVALID'],
  ),
  ofFile(
    'job.json',
    ['cli/certify/job-file.ts readJobFile', 'cli/certify/job-file.ts readNotedJob'],
    at('job.json'),
    () => [json({ job_digest: DIGEST, notes: ['A note.'], job: JOB })],
    async () => {
      const noted = await readNotedJob(folder.path);
      return (await readJobFile(folder.path)) === null ? null : noted;
    },
    ['JOB_FILE_DAMAGED', 'PROTOCOL_MISMATCH'],
  ),
  ofFile(
    'names of classes',
    ['cli/certify/class-names.ts readClassNames'],
    at('names'),
    () => [Buffer.from('ape\nbee\n'), json(['ape', 'bee'])],
    readClassNames,
    ['DATA_FORMAT', 'DATA_UNREADABLE'],
  ),
  ofFile(
    'labels and names of images',
    ['cli/certify/images-file.ts readImagesFile', 'cli/certify/images-file.ts readImageLine'],
    at('images.jsonl'),
    () => [Buffer.from('{"image":0,"label":3,"file":"a/1.png"}\n{"image":1,"label":4,"file":"b/2.png"}\n')],
    () => readImagesFile(folder.path, { start: 0, stop: 2, step: 1 }),
    ['LABELS_MISMATCH'],
  ),
  ofFile(
    'labels of earlier results',
    ['cli/results/read-labels.ts readLabels'],
    at('results.jsonl'),
    () => [Buffer.from('{"image":0,"label":3}\n{"image":1,"label":null}\n')],
    (file) => readLabels(file, FOLD),
    ['LABELS_MISMATCH'],
  ),
  ofFile(
    'a ledger file',
    ['adapters/local/ledger-frames.ts decodeHeader'],
    at('ledger'),
    () => [ledger()],
    openLedger,
    ['LEDGER_DAMAGED', 'JOB_DIFFERS', 'PROTOCOL_MISMATCH'],
  ),
  ofFile(
    'a backup',
    ['adapters/local/backup-file.ts readBackup'],
    at('backup'),
    () => [fixtureBytes('wire/v1/0.1.0/serve/job.backup')],
    async (file) => {
      const parts: unknown[] = [];
      for await (const part of readBackup(file)) parts.push(part);
      return parts;
    },
    ['BACKUP_DAMAGED', 'PROTOCOL_MISMATCH'],
  ),
  ofFile(
    'a file of a job',
    [],
    at('j-1.job'),
    () => examplesOf(entry, 4).map((one) => frames.encodeFrame(encodeEntry({ ...one, id: 'j-1' }))),
    openJob,
    ['JOB_FILE_DAMAGED', 'PROTOCOL_MISMATCH', 'MESSAGE_MALFORMED'],
  ),
  ofFile('a lock', [], at('lock'), () => [json({ pid: 1, started: 'x', host: 'h', namespace: 'n' })], lock, [
    'FOLDER_LOCKED',
  ]),
  ofFile('a list of tokens', [], at('tokens'), () => [Buffer.from('abc\ndef==\n')], tokens, [
    'OPTION_INVALID',
  ]),
  ofFile(
    'a certificate',
    [],
    at('cert'),
    () => [],
    async (file) => Promise.resolve(Tls.open({ cert: file, key: file, clientCa: file })),
    ['OPTION_INVALID'],
  ),
  ofFile(
    'a model',
    ['worker/model/onnx/model-file.ts readModel'],
    at('model.onnx'),
    models,
    (file) => readModel(file),
    ['MODEL_UNREADABLE'],
  ),
];

const BYTES: readonly Decoder[] = [
  {
    name: 'the header of a canonical data set',
    tries: ['shared/dataset/canonical.ts decodeHeader'],
    codes: ['DATA_FORMAT'],
    read: canonical.decodeHeader,
    write: canonical.encodeHeader,
    valid: () => [
      canonical.encodeHeader({ dtype: 'float32', shape: [3, 2], labelled: true, start: 4, step: 9 }),
    ],
  },
  {
    name: 'frames',
    tries: ['adapters/local/ledger-frames.ts frameAt', 'adapters/local/ledger-frames.ts holdsFrame'],
    codes: [],
    valid: () => [ledger()],
    read: (bytes) => [
      frames.decodeHeader(bytes),
      frames.frameAt(bytes, 0),
      frames.holdsFrame(bytes.subarray(0, 4096)),
    ],
  },
  {
    name: 'a model whose batch is freed',
    tries: ['worker/model/onnx/free-batch.ts freeBatch'],
    codes: [],
    valid: models,
    read: freeBatch,
  },
  {
    name: 'fields of a model',
    tries: [
      'worker/model/onnx/wire-edit.ts fieldsOf',
      'worker/model/onnx/wire-edit.ts stringOf',
      'worker/model/onnx/wire-edit.ts editFields',
      'worker/model/onnx/external-data.ts externalRanges',
    ],
    codes: [],
    documented: true,
    valid: models,
    read: (bytes) => [
      fieldsOf(bytes, 7),
      stringOf(bytes, 2),
      editFields(bytes, { 7: () => null }),
      externalRanges(bytes),
    ],
  },
  {
    name: 'what a coordinator says of an artifact',
    tries: ['worker/cluster/artifacts/http-source.ts descriptionOf'],
    codes: ['PROTOCOL_MISMATCH'],
    valid: () => [json({ kind: 'data-set', bytes: 9, chunks: ['ab'.repeat(32)] })],
    read: (bytes) => descriptionOf('ab'.repeat(32), bytes),
  },
  ofText(
    'what a store says of an artifact',
    ['adapters/local/artifact-folder.ts descriptionOf'],
    ['{"digest":"' + 'ab'.repeat(32) + '","kind":"file","bytes":5,"chunks":[]}'],
    storedDescriptionOf,
    [],
  ),
  ofText(
    'a token of a page',
    [],
    [
      pageOf(
        [
          { createMs: 5, id: `j-${'1'.repeat(20)}` },
          { createMs: 4, id: `j-${'2'.repeat(20)}` },
        ],
        1,
        '',
      ).nextPageToken,
    ],
    (text) => pageOf([], 1, text),
    ['REQUEST_INVALID'],
  ),
  ofText(
    'a row of results',
    ['cli/results/service-results.ts readRow'],
    [
      '{"image":0,"label":1,"outcome":"certified","samples":5,"class":1,"correct":true,"radius":0.5,"stop":"gain"}',
    ],
    (text) => {
      const [one] = examplesOf(row, 1);
      return readRow(JOB, { ...one!, image: 0, outcome: 'certified', samples: 5, json: text });
    },
    ['MESSAGE_MALFORMED'],
  ),
  {
    ...ofText(
      'a place to fetch from',
      [],
      ['file:///allowed/m.onnx', 'http://127.0.0.1:9/m', 'file:///allowed/../etc/passwd', 'http://a@b/'],
      fetchFrom,
      ['ARTIFACT_FORBIDDEN', 'ARTIFACT_MISSING'],
    ),
    share: 0.3,
  },
];

export const FURTHER: readonly Decoder[] = [...FLAGS, ...FILES, ...BYTES];

function ledger(): Buffer {
  const records = examplesOf(record, 3).map((one) =>
    frames.encodeFrame(encodeRecord({ ...one, jobDigest: DIGEST })),
  );
  const own = frames.encodeFrame(encodeRecord(makeRecord(JOB, {})));
  return Buffer.concat([frames.encodeHeader(DIGEST), ...records, own]);
}

async function openLedger(file: string): Promise<void> {
  const opened = await FileLedger.open(file, DIGEST);
  try {
    if (opened.size() === 0) return;
    const end = new AbortController();
    for await (const { sequence } of opened.read(0, end.signal)) if (sequence >= opened.size()) break;
  } finally {
    await opened.close();
  }
}

async function openJob(): Promise<unknown> {
  const jobs = await JobFolder.open(folder.path, () => undefined);
  return jobs.get('j-1');
}

async function lock(): Promise<void> {
  (await FolderLock.acquire(folder.path)).release();
}

async function tokens(file: string): Promise<unknown> {
  const known = await Tokens.open(file);
  return Promise.all(
    ['Bearer abc', 'Bearer ', 'x'.repeat(9_000), `Bearer ${'\t'.repeat(9_000)}`].map((header) =>
      known.accept(header),
    ),
  );
}

async function fetchFrom(uri: string): Promise<void> {
  const store = await ArtifactFolder.open(folder.file('store'));
  const fetcher = new UriFetcher(store, ['file:///allowed/', 'http://127.0.0.1:9/']);
  await fetcher.fetch({ digest: 'ab'.repeat(32), kind: 'file' }, uri);
}
