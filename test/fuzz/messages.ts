import fc from 'fast-check';
import { checkSpec } from '../../coordinator/jobs/check-spec.js';
import { MAX_REQUEST_ID } from '../../shared/job-limits.js';
import { decodeBackupPart, encodeBackupPart, type BackupPart } from '../../api/wire/backup-parts.js';
import { decodeEntry, encodeEntry } from '../../api/wire/entry.js';
import * as cluster from '../../shared/wire/cluster.js';
import { drawOfJson, drawToJson, jobOfJson, jobToJson } from '../../shared/wire/job-json.js';
import { specOfWire, specToWire } from '../../shared/wire/spec-message.js';
import { decodeRecord, encodeRecord } from '../../shared/wire/record.js';
import {
  CERTIFICATION_METHODS as methods,
  artifactOfRequest,
  artifactOfWire,
  artifactToWire,
  decodeRichStatus,
  encodeRichStatus,
  jobOfWire,
  jobToWire,
  rowOfWire,
  rowToWire,
  updateOfWire,
  updateToWire,
  workerOfWire,
  workerToWire,
} from '../../api/wire/service.js';
import * as messages from '../support/cluster-messages.js';
import { record } from '../support/ledger-records.js';
import { row, status, update, view, worker } from '../support/service-messages.js';
import { digest, draw, job, jobId, spec } from '../support/wire-messages.js';
import { codec, examplesOf, ofText, type Decoder } from './decoder-table.js';

/** Decoders of what clients, coordinators, workers and ledgers tell each other. */

const WIRE = ['MESSAGE_MALFORMED', 'PROTOCOL_MISMATCH'] as const;
const at = (file: string, ...names: string[]) => names.map((name) => `shared/wire/${file}.ts ${name}`);
const inApi = (file: string, ...names: string[]) => names.map((name) => `api/wire/${file}.ts ${name}`);

const backupPart: fc.Arbitrary<BackupPart> = fc.oneof(
  fc.record({ kind: fc.constant('entry' as const), entry: messages.entry }),
  fc.record({ kind: fc.constant('record' as const), record }),
  fc.record({ kind: fc.constant('piece' as const), piece: fc.uint8Array({ minLength: 1, maxLength: 99 }) }),
  fc.record({ kind: fc.constant('end' as const), records: fc.nat(), artifacts: fc.nat(), digest }),
);

const CLUSTER: readonly Decoder[] = [
  codec(
    'a task',
    at('cluster/task-message', 'decodeTask'),
    messages.task,
    cluster.encodeTask,
    cluster.decodeTask,
    WIRE,
  ),
  codec(
    'a stop signal',
    at('cluster/stop-message', 'decodeStop'),
    messages.stop,
    cluster.encodeStop,
    cluster.decodeStop,
    WIRE,
  ),
  codec(
    'a question for stop signals',
    at('cluster/stop-message', 'decodeStopQuery'),
    fc.record({ job: jobId }),
    cluster.encodeStopQuery,
    cluster.decodeStopQuery,
    WIRE,
  ),
  codec(
    'a presence',
    at('cluster/presence-message', 'decodePresence'),
    messages.presence,
    cluster.encodePresence,
    cluster.decodePresence,
    WIRE,
  ),
  codec(
    'a work order',
    [...at('cluster/order-message', 'decodeOrder'), ...at('job-json', 'readDrawJson')],
    messages.order,
    cluster.encodeOrder,
    cluster.decodeOrder,
    WIRE,
  ),
  codec(
    'a question about a model',
    at('cluster/prepare-message', 'decodePrepare'),
    messages.prepare,
    cluster.encodePrepare,
    cluster.decodePrepare,
    WIRE,
  ),
  codec(
    'an answer about a model',
    [...at('cluster/prepare-message', 'decodePrepared'), ...at('parts', 'preparedOfWire')],
    messages.answer,
    cluster.encodePrepared,
    cluster.decodePrepared,
    WIRE,
  ),
  codec(
    'the lease',
    at('cluster/lease-message', 'decodeLease'),
    messages.lease,
    cluster.encodeLease,
    cluster.decodeLease,
    WIRE,
  ),
  codec(
    'a stored job',
    [
      ...inApi('entry', 'decodeEntry'),
      ...at('codec', 'decodeKeeping'),
      ...at('spec-message', 'readSeededSpec'),
      ...at('job-json', 'readJobJson'),
    ],
    messages.entry,
    encodeEntry,
    decodeEntry,
    WIRE,
  ),
  codec(
    'a part of a backup',
    inApi('backup-parts', 'decodeBackupPart'),
    backupPart,
    encodeBackupPart,
    decodeBackupPart,
    [...WIRE, 'LEDGER_DAMAGED'],
  ),
  codec('a record of a ledger', at('record', 'decodeRecord'), record, encodeRecord, decodeRecord, [
    'LEDGER_DAMAGED',
    'PROTOCOL_MISMATCH',
  ]),
  codec(
    'the details of an error',
    inApi('rich-status', 'decodeRichStatus', 'statusOfWire'),
    status,
    encodeRichStatus,
    decodeRichStatus,
    ['MESSAGE_MALFORMED'],
  ),
  ofText(
    'the JSON of a job',
    at('job-json', 'jobOfJson'),
    examplesOf(job, 4).map(jobToJson),
    (text) => jobOfJson(jobToJson(jobOfJson(text))),
    ['MESSAGE_MALFORMED'],
  ),
  ofText(
    'the JSON of a draw spec',
    at('job-json', 'drawOfJson'),
    examplesOf(draw, 4).map(drawToJson),
    (text) => drawOfJson(drawToJson(drawOfJson(text))),
    ['MESSAGE_MALFORMED'],
  ),
];

const { createJob, putArtifact } = methods;
const REQUEST = [
  'MESSAGE_MALFORMED',
  'REQUEST_INVALID',
  'OPTION_INVALID',
  'PAIR_NOT_OFFERED',
  'SCHEDULE_TOO_LONG',
  'BUDGET_TOO_SMALL',
] as const;
const artifact = { digest: 'ab'.repeat(32), kind: 'file' as const, bytes: 5 };

const SERVICE: readonly Decoder[] = [
  {
    name: 'a request of CreateJob, with its spec',
    tries: [
      ...at('spec-message', 'specOfWire', 'readSpec'),
      ...at('references', 'modelOfWire', 'dataOfWire'),
      ...at('stopping-rule', 'stopOfWire'),
      ...at('names', 'namesOfWire'),
      ...at('codec', 'decodeMessage'),
    ],
    valid: () =>
      examplesOf(spec).map((one) =>
        createJob.request.encode({ spec: specToWire(one), requestId: 'x'.repeat(MAX_REQUEST_ID) }),
      ),
    read: (bytes) => checkSpec(specOfWire(createJob.request.decode(bytes).spec)),
    codes: REQUEST,
  },
  {
    name: 'a request of PutArtifact',
    tries: inApi('artifact', 'artifactOfRequest'),
    valid: () => [
      putArtifact.request.encode({ upload: { artifact: artifactToWire(artifact), offset: 7 } }),
      putArtifact.request.encode({ piece: Buffer.alloc(9) }),
    ],
    read: (bytes) => artifactOfRequest('upload', putArtifact.request.decode(bytes).upload?.artifact),
    codes: REQUEST,
  },
  answers(
    'GetJob',
    [
      ...inApi('job-messages', 'jobOfWire'),
      ...inApi('outlook-message', 'outlookOfWire'),
      ...at('parts', 'progressOfWire', 'refusalOfWire'),
    ],
    examplesOf(view).map((one) => methods.getJob.response.encode({ job: jobToWire(one) })),
    (bytes) => jobOfWire(methods.getJob.response.decode(bytes).job),
  ),
  answers(
    'ListWorkers',
    inApi('worker-message', 'workerOfWire'),
    examplesOf(worker).map((one) => methods.listWorkers.response.encode({ workers: [workerToWire(one)] })),
    (bytes) => methods.listWorkers.response.decode(bytes).workers.map(workerOfWire),
  ),
  answers(
    'WatchJob',
    inApi('job-messages', 'updateOfWire'),
    examplesOf(update).map((one) => methods.watchJob.response.encode(updateToWire(one))),
    (bytes) => updateOfWire(methods.watchJob.response.decode(bytes)),
  ),
  answers(
    'StreamCertificates',
    inApi('job-messages', 'rowOfWire'),
    examplesOf(row).map((one) => methods.streamCertificates.response.encode(rowToWire(one))),
    (bytes) => rowOfWire(methods.streamCertificates.response.decode(bytes)),
  ),
  answers(
    'ListArtifacts',
    inApi('artifact', 'artifactOfWire'),
    [methods.listArtifacts.response.encode({ artifacts: [artifactToWire(artifact)] })],
    (bytes) => methods.listArtifacts.response.decode(bytes).artifacts.map(artifactOfWire),
  ),
  ...Object.entries(methods).map(([name, { request }]) =>
    answers(
      `${name}, its request`,
      [],
      examplesOf(digest, 2).map((one) => Buffer.concat([Buffer.from([10, 64]), Buffer.from(one)])),
      (bytes) => request.decode(bytes),
    ),
  ),
];

function answers(
  name: string,
  tries: readonly string[],
  valid: readonly Uint8Array[],
  read: (bytes: Buffer) => unknown,
): Decoder {
  return { name: `an answer of ${name}`, tries, valid: () => valid, read, codes: ['MESSAGE_MALFORMED'] };
}

export const MESSAGES: readonly Decoder[] = [...CLUSTER, ...SERVICE];
