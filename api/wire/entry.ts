import { MAX_REQUEST_ID } from '../../shared/job-limits.js';
import type { FinalState, JobEnding, JobEntry } from '../../shared/ports/job-store.js';
import { traceContextOf } from '../../shared/telemetry/trace-context.js';
import type { Check } from '../../shared/wire/check.js';
import { STATE_NUMBERS } from './api-enums.js';
import { smoothcert } from '../../shared/wire/generated.js';
import { jobToJson, readJobJson } from '../../shared/wire/job-json.js';
import { isExtended, readSeededSpec, specToWire } from '../../shared/wire/spec-message.js';
import { codecOf, decodeKeeping } from '../../shared/wire/codec.js';
import {
  preparedOfWire,
  preparedToWire,
  progressOfWire,
  progressToWire,
  refusalOfWire,
  refusalToWire,
} from '../../shared/wire/parts.js';

const Wire = smoothcert.v1.JobEntry;
type WireEntry = smoothcert.v1.JobEntry.$Properties;
type WireEnding = smoothcert.v1.JobEnding.$Properties;

const { succeeded, failed, cancelled } = STATE_NUMBERS;
const FINAL_NUMBERS = {
  succeeded,
  failed,
  cancelled,
  'partially-succeeded': STATE_NUMBERS['partially-succeeded'],
} as const satisfies Record<FinalState, number>;

/** Fields of a later minor version are kept with the entry, so that a coordinator which does not know them stores them again. */
const UNKNOWN = Symbol('fields of a later version');

type EntryWithUnknown = JobEntry & { readonly [UNKNOWN]?: Uint8Array[] };

const entry = codecOf(
  'a stored job',
  { encode: (wire: WireEntry) => Wire.encode(wire), decode: decodeKeeping(Wire) },
  (entry: JobEntry) => ({
    id: entry.id,
    requestId: entry.requestId,
    requestDigest: Buffer.from(entry.requestDigest, 'hex'),
    ...specFieldOf(entry.spec),
    createMs: entry.createMs,
    startMs: entry.startMs ?? 0,
    jobJson: entry.job ? jobToJson(entry.job) : '',
    preparation: entry.prepared && preparedToWire(entry.prepared),
    cancelRequested: entry.cancelRequested,
    ending: entry.ending && endingToWire(entry.ending),
    trace: entry.trace ?? null,
    ...((entry as EntryWithUnknown)[UNKNOWN] && { $unknowns: (entry as EntryWithUnknown)[UNKNOWN] }),
  }),
  (wire, check): JobEntry => ({
    id: check.jobId('id', wire.id),
    requestId: check.text('request_id', wire.requestId, { most: MAX_REQUEST_ID }),
    requestDigest: check.hash('request_digest', wire.requestDigest),
    spec: readSeededSpec(check, 'spec', wire.extendedSpec ?? wire.spec),
    createMs: wire.createMs,
    startMs: wire.startMs || null,
    job: wire.jobJson === '' ? null : readJobJson(check, 'job_json', wire.jobJson),
    prepared: wire.preparation ? preparedOfWire(check, 'preparation', wire.preparation) : null,
    cancelRequested: wire.cancelRequested,
    ending: wire.ending ? endingOfWire(check, 'ending', wire.ending) : null,
    ...traceOfWire(wire.trace),
    // Copied, because a view of the bytes would keep the whole message in memory.
    ...(wire.$unknowns && { [UNKNOWN]: wire.$unknowns.map((field) => Uint8Array.from(field)) }),
  }),
);

/** Returns the bytes of a stored job. @throws SmoothcertError INTERNAL if `decodeEntry` could not read them */
export const encodeEntry: (entry: JobEntry) => Uint8Array = entry.encode;
/** Reads a stored job. @throws SmoothcertError PROTOCOL_MISMATCH, MESSAGE_MALFORMED */
export const decodeEntry: (bytes: Uint8Array) => JobEntry = entry.decode;

/** Returns the one field that holds the spec: a coordinator that would skip a part of it must not be able to read the entry. */
const specFieldOf = (spec: JobEntry['spec']): Pick<WireEntry, 'spec' | 'extendedSpec'> =>
  isExtended(spec) ? { extendedSpec: specToWire(spec) } : { spec: specToWire(spec) };

/** Reads the trace of an entry. A malformed one is left out, so that the job stays readable. */
function traceOfWire(
  wire: smoothcert.v1.TraceContext.$Properties | null | undefined,
): Pick<JobEntry, 'trace'> {
  const trace = wire ? traceContextOf(wire.traceparent, wire.tracestate || undefined) : null;
  return trace === null ? {} : { trace };
}

function endingToWire({ state, endMs, error, progress, results }: JobEnding): WireEnding {
  return {
    state: FINAL_NUMBERS[state],
    endMs,
    progress: progressToWire(progress),
    error: error && refusalToWire(error),
    resultsJsonl: results?.jsonl ?? '',
    resultsTsv: results?.tsv ?? '',
  };
}

function endingOfWire(check: Check, field: string, wire: WireEnding): JobEnding {
  const at = (name: string) => `${field}.${name}`;
  const { resultsJsonl: jsonl = '', resultsTsv: tsv = '' } = wire;
  const both = {
    jsonl: () => check.digest(at('results_jsonl'), jsonl),
    tsv: () => check.digest(at('results_tsv'), tsv),
  };
  return {
    state: check.named(at('state'), wire.state ?? 0, FINAL_NUMBERS),
    endMs: wire.endMs ?? 0,
    error: wire.error ? refusalOfWire(check, at('error'), wire.error) : null,
    progress: progressOfWire(check, at('progress'), wire.progress),
    results: jsonl || tsv ? { jsonl: both.jsonl(), tsv: both.tsv() } : null,
  };
}
