import { JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';

/** Codes of JetStream's answers, as server/errors.json of nats-server names them (2.9 to 2.15). */
export const CODE = {
  notInCluster: 10004,
  noPeers: 10005,
  notLeader: 10007,
  notAvailable: 10008,
  noCopies: 10074,
  nameInUse: [10058, 10013, 10105],
  noStorage: [10023, 10027, 10028, 10047],
  notStored: 10077,
  wrongSequence: 10071,
  /** A write to the same key is under way, or was faster: said by servers that keep copies, from 2.11. */
  perhapsWrongSequence: [10163, 10164],
} as const;

/** Answers that no waiting mends: the server or the account is not configured for what is asked. */
const OF_THE_CONFIGURATION: ReadonlyMap<number, string> = new Map([
  [10035, 'Ask for JetStream in the configuration of the server.'],
  [10039, 'Give this account JetStream in the configuration of the server.'],
  [10052, 'Upgrade smoothcert, or the server: it does not know a setting.'],
  [CODE.noCopies, 'Use --nats-replicas 1, or run NATS as a cluster of three servers.'],
  [10076, 'Start the server with -js, or give its configuration a jetstream section.'],
  [10113, 'Remove max_bytes_required from the limits of this account.'],
  [10122, 'Raise max_stream_bytes of this account.'],
]);

/** Words for what a server does that answers so; it passes by itself. */
const PASSING: ReadonlyMap<number, string> = new Map([
  [CODE.notInCluster, 'its cluster is not complete yet'],
  [CODE.noPeers, 'too few servers of its cluster are there'],
  [CODE.notLeader, 'its cluster elects a leader'],
  [CODE.notAvailable, 'its cluster elects a leader, or has no quorum'],
  [10118, 'a stream has no quorum'],
  [10119, 'a consumer has no quorum'],
  [10167, 'it has too many requests to answer'],
]);

const NO_ROOM = /insufficient storage|no space left/;

/** Returns the code of an answer of JetStream; null for any other error. */
export function codeOf(error: unknown): number | null {
  if (error instanceof JetStreamApiError) return error.code;
  return error instanceof Error && error.cause instanceof JetStreamApiError ? error.cause.code : null;
}

export const isOneOf = (error: unknown, codes: readonly number[]): boolean =>
  codes.includes(codeOf(error) ?? 0);

/** Returns what mends an answer that no waiting mends; null for any other error. */
export function remedyOf(error: unknown): string | null {
  return OF_THE_CONFIGURATION.get(codeOf(error) ?? 0) ?? null;
}

/** Returns true for an answer that passes by itself, such as that nobody leads now. */
export function isPassing(error: unknown): boolean {
  return PASSING.has(codeOf(error) ?? 0) && !isClusterFull(error);
}

/** Returns true where no server of the cluster has room. A cluster says so with the code of servers that are not there. */
export function isClusterFull(error: unknown): boolean {
  return codeOf(error) === CODE.noPeers && NO_ROOM.test(messageOf(error));
}

/** Returns true where too few servers of the cluster are there for as many copies as were asked for. */
export function isShortOfPeers(error: unknown): boolean {
  return codeOf(error) === CODE.noPeers && !isClusterFull(error);
}

/** Returns true where the server is no part of a cluster, and so keeps one copy. */
export const isWithoutCopies = (error: unknown): boolean => isOneOf(error, [CODE.noCopies]);

/** Returns an error's message as the end of a sentence, without its full stop; in words of ours where we know what the server does. */
export function sentenceOf(error: unknown): string {
  if (isPassing(error)) return `${PASSING.get(codeOf(error)!)} (${messageOf(error)})`;
  if (isTimeout(error)) return 'no answer in time';
  return messageOf(error);
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  // What the library says where the other side closes the connection before it is one of NATS.
  if (text.endsWith('node provided an undefined error')) return 'the connection was closed at once';
  return text.replace(/\.$/, '');
}

export function isTimeout(error: unknown): boolean {
  if (error instanceof errors.TimeoutError) return true;
  return error instanceof Error && error.cause !== undefined && isTimeout(error.cause);
}
