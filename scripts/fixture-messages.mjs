// One example of every message, with every field set: what scripts/record-fixtures.mjs records.
import { encodeEntry } from '../dist/api/wire/entry.js';
import * as cluster from '../dist/shared/wire/cluster.js';
import { encodeBackupPart } from '../dist/api/wire/backup-parts.js';
import { encodeRecord } from '../dist/shared/wire/record.js';
import {
  CERTIFICATION_METHODS,
  artifactToWire,
  encodeRichStatus,
  jobToWire,
  rowToWire,
  updateToWire,
} from '../dist/api/wire/service.js';
import { specToWire } from '../dist/shared/wire/spec-message.js';
import { canonicalJson, jobDigest } from '../dist/shared/job.js';

const [A, B, C, D] = ['aa', 'bb', 'cc', 'dd'].map((byte) => byte.repeat(32));
const ID = 'j-0123456789abcdef0123';

const draw = {
  modelDigest: A,
  dataDigest: B,
  seed: '18446744073709551615',
  layout: 'nchw',
  output: 'logits',
  noise: {
    kind: 'gaussian',
    scale: 0.25,
    generator: 'philox4x32-10/lattice',
    version: 1,
    lattice: { step: '1/255', ratio: '63.75', largest: 588, dimension: 3072 },
  },
  normalisation: { inputScale: 255, mean: [0.4914, 0.4822, 0.4465], std: [0.2471, 0.2435, 0.2616] },
  classes: 10,
  batch: 256,
  numericClass: 'cpu avx2 onnxruntime 1.30.0',
  numeric: 'same',
  segments: [64, 128, 256],
};
const claim = {
  alpha: 0.001,
  bound: 'spending',
  stop: { kind: 'gain', minGain: 0.02 },
  looks: [64, 128, 256],
  images: { start: 10, stop: 310, step: 10 },
};
const job = { protocol: 1, draw, claim };
const model = {
  digest: A,
  fileDigest: C,
  uri: 'https://models.example/m.onnx',
  weights: [{ path: 'weights/0.bin', digest: D }],
};
const spec = {
  model,
  data: { digest: B, uri: 'file:///data/d.canonical' },
  images: claim.images,
  noise: 'gaussian',
  sigma: 0.25,
  seed: draw.seed,
  normalisation: draw.normalisation,
  layout: 'nchw',
  output: 'logits',
  batch: 256,
  device: 'cuda',
  alpha: 0.001,
  bound: 'spending',
  stop: claim.stop,
  maxSamples: 100_000,
};
const refusal = {
  worker: 'w-1',
  code: 'MODEL_UNREADABLE',
  message: 'It is no model.',
  remedy: 'Send another.',
};
const prepared = {
  modelDigest: A,
  layout: 'nchw',
  output: 'logits',
  classes: 10,
  batch: 256,
  batchNote: 'The model runs one row at a time.',
  numericClass: draw.numericClass,
  fingerprint: C,
  steady: true,
  batchMs: 12.5,
  generator: { name: draw.noise.generator, version: 1 },
};
const progress = {
  images: 30,
  certified: 20,
  abstained: 5,
  failed: 3,
  approximate: 2,
  samples: 123_456,
  shardsCounted: 900,
  shardsDuplicate: 4,
  shardsDivergent: 1,
  shardsLate: 7,
  shardsRejected: 6,
  shardsFailed: 8,
  micros: 987_654_321,
  sequence: 321,
};
const ending = {
  state: 'partially-succeeded',
  endMs: 1_795_822_000_123,
  error: refusal,
  progress,
  results: { jsonl: A, tsv: B },
};
const entry = {
  id: ID,
  requestId: 'a request',
  requestDigest: D,
  spec,
  createMs: 1_795_821_000_123,
  startMs: 1_795_821_500_123,
  job,
  prepared,
  cancelRequested: true,
  ending,
  trace: { traceparent: `00-${'1a'.repeat(16)}-${'2b'.repeat(8)}-01`, tracestate: 'vendor=1' },
};
const shards = [
  { image: 3, begin: 0, end: 64 },
  { image: 250, begin: 64, end: 128 },
];
const record = {
  jobDigest: jobDigest(job),
  fingerprint: C,
  task: 'abcdef012345.17',
  counted: [{ shard: shards[0], counts: { classes: [1, 7], votes: [60, 3], invalid: 1 }, micros: 4321 }],
  failed: [{ shard: shards[1], code: 'INFERENCE_FAILED', detail: 'It broke.' }],
  returned: [shards[1]],
  dropped: [{ image: 9, begin: 128, end: 256 }],
  failedImages: [{ image: 9, code: 'CHILD_DIED', detail: 'It died three times.' }],
  cancelled: true,
};
const view = {
  id: ID,
  requestId: 'a request',
  spec,
  state: 'failed',
  waitingFor: 'It waits.',
  createMs: entry.createMs,
  startMs: entry.startMs,
  endMs: ending.endMs,
  error: refusal,
  progress,
  refusals: [refusal],
  job,
  batchNote: prepared.batchNote,
};
const decision = { image: 3, outcome: 'certified', class: 7, radius: 0.25 };
const row = { ...decision, label: -1, correct: false, samples: 256, json: '{"image":3}', tsv: '3\t-1\t7' };
const artifact = { digest: B, kind: 'data-set', bytes: 2 ** 40 };

const { encodePrepared } = cluster;

/** The messages that coordinators and workers send each other or store: name, function that writes it, content. */
const CLUSTER = {
  TaskMessage: [cluster.encodeTask, { name: 'abcdef012345.17', job: ID, shards, insist: true }],
  StopMessage: [cluster.encodeStop, { job: ID, firstImage: 8, decided: Uint8Array.of(1, 255), ended: true }],
  StopQuery: [cluster.encodeStopQuery, { job: ID }],
  PresenceMessage: [
    cluster.encodePresence,
    {
      worker: 'w-1',
      version: '0.1.0',
      device: 'cuda',
      numericClass: draw.numericClass,
      slots: 8,
      tasks: 3,
      samplesPerSecond: 1234.5,
      refusals: [{ job: ID, refusal }],
      draining: true,
    },
  ],
  WorkOrder: [
    cluster.encodeOrder,
    {
      job: ID,
      jobDigest: jobDigest(job),
      draw,
      model,
      device: 'cuda',
      probeImages: [10, 300],
      claim: canonicalJson(job.claim),
      fingerprint: C,
      imageLimit: 301,
    },
  ],
  PrepareMessage: [cluster.encodePrepare, { job: ID, spec, probeImages: [10, 300] }],
  'PreparedMessage.busy': [encodePrepared, { kind: 'busy' }],
  'PreparedMessage.preparation': [encodePrepared, { kind: 'prepared', prepared }],
  'PreparedMessage.refusal': [encodePrepared, { kind: 'refused', refusal }],
  LeaseMessage: [cluster.encodeLease, { holder: 'c-1', artifactsUrl: 'http://c.example:9464' }],
  JobEntry: [encodeEntry, entry],
  LedgerRecord: [encodeRecord, record],
  'BackupPart.entry': [encodeBackupPart, { kind: 'entry', entry }],
  'BackupPart.record': [encodeBackupPart, { kind: 'record', record }],
  'BackupPart.artifact': [encodeBackupPart, { kind: 'artifact', artifact }],
  'BackupPart.piece': [encodeBackupPart, { kind: 'piece', piece: Uint8Array.of(0, 1, 2) }],
  'BackupPart.end': [encodeBackupPart, { kind: 'end', records: 12, artifacts: 3, digest: D }],
  'google.rpc.Status': [
    encodeRichStatus,
    {
      code: 3,
      message: 'spec.sigma is not above 0.',
      reason: 'REQUEST_INVALID',
      metadata: { remedy: 'Change it.' },
      violations: [{ field: 'spec.sigma', description: 'is not above 0' }],
    },
  ],
};

/** Requests and answers of the service, as they are handed to gRPC. */
const SERVICE = {
  createJob: [
    { spec: specToWire(spec), requestId: 'a request', validateOnly: true },
    { job: jobToWire(view) },
  ],
  getJob: [{ id: ID }, { job: jobToWire(view) }],
  listJobs: [
    { pageSize: 7, pageToken: 'next' },
    { jobs: [jobToWire(view)], nextPageToken: 'more' },
  ],
  watchJob: [
    { id: ID, afterSequence: 320 },
    updateToWire({ job: view, decided: [decision], sequence: 321, snapshot: true }),
  ],
  streamCertificates: [{ id: ID, fromImage: 3 }, rowToWire(row)],
  cancelJob: [{ id: ID }, { job: jobToWire(view) }],
  getArtifact: [{ digest: B }, { complete: true, receivedBytes: 2 ** 40 }],
  listArtifacts: [
    { pageSize: 7, pageToken: A },
    { artifacts: [artifactToWire(artifact)], nextPageToken: B },
  ],
  putArtifact: [
    { upload: { artifact: artifactToWire(artifact), offset: 2 ** 33 } },
    { artifact: artifactToWire(artifact) },
  ],
};

const capital = (name) => name[0].toUpperCase() + name.slice(1);
const put = CERTIFICATION_METHODS.putArtifact.request;

/** Every message by the name of its fixture: the name of its type, and a dot and more where there are several of one type. */
export const MESSAGES = {
  ...CLUSTER,
  ...Object.fromEntries(
    Object.entries(SERVICE).flatMap(([name, [request, response]]) => [
      [`${capital(name)}Request`, [CERTIFICATION_METHODS[name].request.encode, request]],
      [`${capital(name)}Response`, [CERTIFICATION_METHODS[name].response.encode, response]],
    ]),
  ),
  'PutArtifactRequest.piece': [put.encode, { piece: Uint8Array.of(9, 8) }],
};
