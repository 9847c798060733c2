import { ERROR_CATALOGUE, isErrorCode } from '../../shared/errors.js';
import { jobDigest, type Job } from '../../shared/job.js';
import type { CertificateRow, DecisionView, JobUpdate, JobView } from '../job-view.js';
import type { Refusal } from '../../shared/ports/job-store.js';
import { Check, UINT32_MAX } from '../../shared/wire/check.js';
import { OUTCOME_NUMBERS, STATE_NUMBERS } from './api-enums.js';
import type { google, smoothcert } from '../../shared/wire/generated.js';
import { jobToJson, readJobJson } from '../../shared/wire/job-json.js';
import { readSpec, specToWire } from '../../shared/wire/spec-message.js';
import { sentence } from '../../shared/wire/codec.js';
import { isWaitCode, type Waiting } from '../../shared/waiting.js';
import { outlookOfWire, outlookToWire } from './outlook-message.js';
import { progressOfWire, progressToWire, refusalOfWire, refusalToWire } from '../../shared/wire/parts.js';
import { statusOfWire, statusToWire } from './rich-status.js';

type Wire<T> = T | null | undefined;
type WireJob = smoothcert.v1.Job.$Properties;

const MOST_REFUSALS = 256;
const LONGEST_ROW = 2 ** 20;
/** Numbers of gRPC statuses: for a job that cannot be run, and for a fault of the program. */
const FAILED_PRECONDITION = 9;
const INTERNAL = 13;

/** Makes the message of a job as clients get it. */
export function jobToWire(view: JobView): WireJob {
  return {
    id: view.id,
    requestId: view.requestId,
    spec: specToWire(view.spec),
    state: STATE_NUMBERS[view.state],
    waitingFor: sentence(view.waitingFor ?? ''),
    createTime: timeToWire(view.createMs),
    startTime: view.startMs === null ? null : timeToWire(view.startMs),
    endTime: view.endMs === null ? null : timeToWire(view.endMs),
    error: view.error && errorToWire(view.error),
    progress: progressToWire(view.progress),
    refusals: view.refusals.slice(0, MOST_REFUSALS).map(refusalToWire),
    jobDigest: view.job ? jobDigest(view.job) : '',
    jobJson: view.job ? jobToJson(view.job) : '',
    batchNote: sentence(view.batchNote ?? ''),
    roundingNote: sentence(view.roundingNote ?? ''),
    waitingCode: view.waiting?.code ?? '',
    waitingRemedy: sentence(view.waiting?.remedy ?? ''),
    outlook: view.outlook && outlookToWire(view.outlook),
  };
}

/** Reads a job from a server's answer, and checks its digest. @throws SmoothcertError MESSAGE_MALFORMED */
export function jobOfWire(wire: Wire<WireJob>): JobView {
  const check = new Check();
  const view = readView(check, wire ?? {});
  check.refuseMessage('a job');
  return view;
}

/** Makes a message of a watch. */
export function updateToWire({
  job,
  decided,
  sequence,
  snapshot,
}: JobUpdate): smoothcert.v1.WatchJobResponse.$Properties {
  return { job: jobToWire(job), decided: decided.map(decisionToWire), sequence, snapshot };
}

/** Reads a message of a watch. @throws SmoothcertError MESSAGE_MALFORMED */
export function updateOfWire(wire: smoothcert.v1.WatchJobResponse.$Properties): JobUpdate {
  const check = new Check();
  const update: JobUpdate = {
    job: readView(check, wire.job ?? {}),
    decided: (wire.decided ?? []).map((one, i) => decisionOf(check, `decided[${i}]`, one, one.class ?? 0)),
    sequence: check.whole('sequence', wire.sequence ?? 0, { least: 0 }),
    snapshot: wire.snapshot ?? false,
  };
  check.refuseMessage('the news of a job');
  return update;
}

/** Makes the message of a row of the results. */
export function rowToWire(row: CertificateRow): smoothcert.v1.StreamCertificatesResponse.$Properties {
  const { image, label, outcome, class: certified, radius, correct, samples, json, tsv } = row;
  return {
    image,
    label,
    outcome: OUTCOME_NUMBERS[outcome],
    class: certified,
    radius,
    correct,
    samples,
    json,
    tsv,
  };
}

/** Reads a row of the results. @throws SmoothcertError MESSAGE_MALFORMED */
export function rowOfWire(wire: smoothcert.v1.StreamCertificatesResponse.$Properties): CertificateRow {
  const check = new Check();
  const row: CertificateRow = {
    ...decisionOf(check, 'row', wire, wire.class ?? null),
    label: wire.label ?? null,
    correct: wire.correct ?? null,
    samples: check.whole('row.samples', wire.samples ?? 0, { least: 0, most: UINT32_MAX }),
    json: check.text('row.json', wire.json ?? '', { most: LONGEST_ROW }),
    tsv: check.text('row.tsv', wire.tsv ?? '', { most: LONGEST_ROW }),
  };
  check.refuseMessage('a certificate');
  return row;
}

function decisionToWire({
  image,
  outcome,
  class: certified,
  radius,
}: DecisionView): smoothcert.v1.Decision.$Properties {
  return { image, outcome: OUTCOME_NUMBERS[outcome], class: certified ?? 0, radius };
}

/** Reads a decision. Exactly the certified and the predicted ones have a class, and exactly the certified ones a radius. */
function decisionOf(
  check: Check,
  field: string,
  wire: smoothcert.v1.Decision.$Properties,
  given: number | null,
): DecisionView {
  const outcome = check.named(`${field}.outcome`, wire.outcome ?? 0, OUTCOME_NUMBERS);
  const certified = outcome === 'certified';
  const named = certified || outcome === 'predicted';
  if (named && given === null) check.note(`${field}.class`, 'is missing');
  return {
    image: check.whole(`${field}.image`, wire.image ?? 0, { least: 0, most: UINT32_MAX }),
    outcome,
    class: named ? (given ?? 0) : null,
    radius: check.number(
      `${field}.radius`,
      wire.radius ?? 0,
      certified ? { least: 0 } : { least: 0, most: 0 },
    ),
  };
}

function readView(check: Check, wire: WireJob): JobView {
  const waitingFor = check.text('waiting_for', wire.waitingFor ?? '') || null;
  return {
    id: wire.id ? check.jobId('id', wire.id) : '',
    requestId: check.text('request_id', wire.requestId ?? ''),
    spec: readSpec(check, 'spec', wire.spec),
    state: check.named('state', wire.state ?? 0, STATE_NUMBERS),
    waitingFor,
    waiting: waitingFor === null ? null : waitingOf(check, waitingFor, wire),
    createMs: timeOf(check, 'create_time', wire.createTime) ?? 0,
    startMs: timeOf(check, 'start_time', wire.startTime),
    endMs: timeOf(check, 'end_time', wire.endTime),
    error: wire.error ? errorOf(wire.error) : null,
    progress: progressOfWire(check, 'progress', wire.progress),
    refusals: check
      .list('refusals', wire.refusals, { most: MOST_REFUSALS })
      .map((refusal, i) => refusalOfWire(check, `refusals[${i}]`, refusal)),
    job: wire.jobJson ? jobOf(check, wire.jobJson, wire.jobDigest ?? '') : null,
    batchNote: check.text('batch_note', wire.batchNote ?? '') || null,
    roundingNote: check.text('rounding_note', wire.roundingNote ?? '') || null,
    outlook: wire.outlook ? outlookOfWire(check, 'outlook', wire.outlook) : null,
  };
}

/** Returns null for a code that this version does not know: the sentence beside it still says why the job waits. */
function waitingOf(check: Check, message: string, wire: WireJob): Waiting | null {
  const code = check.text('waiting_code', wire.waitingCode ?? '');
  const remedy = check.text('waiting_remedy', wire.waitingRemedy ?? '');
  return isWaitCode(code) ? { code, message, remedy } : null;
}

function jobOf(check: Check, json: string, digest: string): Job {
  const job = readJobJson(check, 'job_json', json);
  if (jobDigest(job) !== digest) check.note('job_digest', 'is not that of job_json');
  return job;
}

export function errorToWire({ worker, code, message, remedy }: Refusal): google.rpc.Status.$Properties {
  const number = ERROR_CATALOGUE[code].exit === 1 ? INTERNAL : FAILED_PRECONDITION;
  return statusToWire({ code: number, message, reason: code, metadata: { remedy, worker }, violations: [] });
}

export function errorOf(wire: google.rpc.Status.$Properties): Refusal {
  const { message, reason, metadata } = statusOfWire(wire);
  const code = isErrorCode(reason) ? reason : 'INTERNAL';
  return { worker: metadata.worker ?? '', code, message, remedy: metadata.remedy ?? '' };
}

export function timeToWire(ms: number): google.protobuf.Timestamp.$Properties {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: Math.round((ms - 1000 * seconds) * 1e6) };
}

export function timeOf(
  check: Check,
  field: string,
  wire: Wire<google.protobuf.Timestamp.$Properties>,
): number | null {
  if (!wire) return null;
  const ms = (wire.seconds ?? 0) * 1000 + Math.floor((wire.nanos ?? 0) / 1e6);
  return check.whole(field, ms, { least: 0 });
}
