import { DiscardPolicy, RetentionPolicy, type ClusterInfo } from '@nats-io/jetstream';

import { SmoothcertError } from '../../../shared/errors.js';
import { isStreamMissing, unanswered } from '../link/nats-errors.js';
import type { NatsLink } from '../link/nats-link.js';
import { ensureStream } from '../link/streams.js';
import { ledgerSubject } from './endings.js';

/** Bytes that a server needs at least to store a record. */
const SMALLEST_RECORD = 128;
/** Records that a ledger may hold beyond twice the estimated number. */
const SPARE_RECORDS = 1 << 19;
/** Bytes of a record; a server accepts messages of up to 1 MiB by default. */
export const LARGEST_RECORD = 1_000_000;

/** The ledger of one job. */
export interface LedgerName {
  /** Id of the job. */
  readonly job: string;
  readonly jobDigest: string;
}

export const ledgerStream = (job: string): string => `SC1_LEDGER_${job}`;

const description = (jobDigest: string): string => `smoothcert job ${jobDigest}`;

/**
 * Makes the stream of a job's ledger if it is not there. It takes one record a task, deletes none, and refuses records when it is full.
 * Its limit counts records and not bytes: a stream with discard `new` that is within some bytes of its max_bytes deletes its oldest
 * messages, in spite of deny_delete (seen on 2.9.10). A full disk, or a full max_file_store, refuses records and deletes none.
 * @param estimate bytes that its records may take
 * @param maxRecords records that the stream may hold; by default derived from `estimate`
 * @throws SmoothcertError JOB_DIFFERS, NATS_UNSUITABLE, DISK_FULL, NATS_UNREACHABLE
 */
export async function ensureLedger(
  link: NatsLink,
  { job, jobDigest }: LedgerName,
  estimate: number,
  maxRecords: number = 2 * Math.ceil(estimate / SMALLEST_RECORD) + SPARE_RECORDS,
): Promise<void> {
  await ensureStream(link, {
    name: ledgerStream(job),
    subjects: [ledgerSubject(job, '>')],
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    discard_new_per_subject: true,
    max_msgs_per_subject: 1,
    max_msgs: maxRecords,
    max_msg_size: LARGEST_RECORD,
    deny_delete: true,
    deny_purge: true,
    allow_direct: true,
    description: description(jobDigest),
  });
  await ledgerState(link, { job, jobDigest });
}

/** State of a ledger. */
export interface LedgerState {
  readonly lastSequence: number;
  /** True if a leader says so that most servers with a copy follow. */
  readonly certain: boolean;
}

/** Reads the state of a ledger. @throws SmoothcertError JOB_NOT_FOUND if there is none, JOB_DIFFERS if it is another job's, NATS_UNREACHABLE */
export async function ledgerState(link: NatsLink, { job, jobDigest }: LedgerName): Promise<LedgerState> {
  try {
    const { config, state, cluster } = await link.manager.streams.info(ledgerStream(job));
    if (config.description !== description(jobDigest)) throw otherJob(job);
    return { lastSequence: state.last_seq, certain: hasQuorum(cluster) };
  } catch (error) {
    if (error instanceof SmoothcertError) throw error;
    if (isStreamMissing(error)) throw notFound(job, error);
    throw unanswered(`tell of the ledger of ${job}`, error);
  }
}

/** Returns true if most servers with a copy are there, and have all that their leader has. A single server has one. */
function hasQuorum(cluster: ClusterInfo | undefined): boolean {
  const followers = cluster?.replicas ?? [];
  const current = followers.filter((follower) => follower.current && !follower.offline).length;
  return 2 * (current + 1) > followers.length + 1;
}

/** Removes a ledger; does nothing if there is none. @throws SmoothcertError NATS_UNREACHABLE */
export async function removeLedger(link: NatsLink, job: string): Promise<void> {
  try {
    await link.manager.streams.delete(ledgerStream(job));
  } catch (error) {
    if (!isStreamMissing(error)) throw unanswered(`remove the ledger of ${job}`, error);
  }
}

function notFound(job: string, cause: unknown): SmoothcertError {
  return new SmoothcertError(
    'JOB_NOT_FOUND',
    `There is no ledger of the job ${job}.`,
    'It was removed some time after the job had ended, or never made; create the job anew.',
    { cause },
  );
}

function otherJob(job: string): SmoothcertError {
  return new SmoothcertError(
    'JOB_DIFFERS',
    `The ledger of ${job} belongs to a job with other inputs.`,
    'Create the job under another request id.',
  );
}
