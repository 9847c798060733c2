import { unsuitable } from './nats-errors.js';

/** The first server with all that is used here. */
const OLDEST = [2, 9, 10] as const;
/** Some before this one may lose acknowledged messages when they are killed. */
const OLDEST_SOUND = [2, 10, 23] as const;

type Version = readonly [number, number, number];

/**
 * A note about a server that works and should be renewed all the same; null for a newer one.
 * @throws SmoothcertError NATS_UNSUITABLE for one that is too old
 */
export function checkVersion(version: string): string | null {
  const parsed = parse(version);
  if (parsed === null || isBefore(parsed, OLDEST)) {
    throw unsuitable(
      `The NATS server is of version ${version}, and smoothcert needs ${OLDEST.join('.')} or later.`,
      `Install a later nats-server, best ${OLDEST_SOUND.join('.')} or later.`,
    );
  }
  if (!isBefore(parsed, OLDEST_SOUND)) return null;
  return `The NATS server is of version ${version}; ${OLDEST_SOUND.join('.')} or later is recommended.`;
}

function parse(version: string): Version | null {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version);
  return match && [Number(match[1]), Number(match[2]), Number(match[3])];
}

function isBefore(one: Version, other: Version): boolean {
  const at = one.findIndex((part, i) => part !== other[i]);
  return at >= 0 && one[at]! < other[at]!;
}
