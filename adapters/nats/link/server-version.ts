import { unsuitable } from './nats-errors.js';

/** The oldest server that has every feature used here. */
const OLDEST = [2, 9, 10] as const;
/** Some servers older than this one may lose acknowledged messages when they are killed. */
const OLDEST_RECOMMENDED = [2, 10, 23] as const;

type Version = readonly [number, number, number];

/**
 * Returns a note about a server that works and should be upgraded; null if it need not be.
 * @throws SmoothcertError NATS_UNSUITABLE for one that is too old
 */
export function checkVersion(version: string): string | null {
  const parsed = parse(version);
  if (parsed === null || isBefore(parsed, OLDEST)) {
    throw unsuitable(
      `The NATS server is of version ${version}, and smoothcert needs ${OLDEST.join('.')} or later.`,
      `Install a later nats-server, best ${OLDEST_RECOMMENDED.join('.')} or later.`,
    );
  }
  if (!isBefore(parsed, OLDEST_RECOMMENDED)) return null;
  return `The NATS server is of version ${version}; ${OLDEST_RECOMMENDED.join('.')} or later is recommended.`;
}

function parse(version: string): Version | null {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version);
  return match && [Number(match[1]), Number(match[2]), Number(match[3])];
}

function isBefore(one: Version, other: Version): boolean {
  const at = one.findIndex((part, i) => part !== other[i]);
  return at >= 0 && one[at]! < other[at]!;
}
