import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { decodeBackupPart } from '../../api/wire/backup-parts.js';
import { decodeEntry } from '../../api/wire/entry.js';
import * as cluster from '../../shared/wire/cluster.js';
import { decodeRecord } from '../../shared/wire/record.js';
import { CERTIFICATION_METHODS, decodeRichStatus, type MethodName } from '../../api/wire/service.js';
import { fileURLToPath } from 'node:url';

/** The files that earlier versions wrote; scripts/record-fixtures.mjs records them. */
const RECORDED = fileURLToPath(new URL('../fixtures/wire/v1', import.meta.url));

/** Every version of this major of which something is recorded. */
export const VERSIONS = readdirSync(RECORDED).sort();

export const recorded = (version: string, ...names: readonly string[]): string =>
  path.join(RECORDED, version, ...names);

export const bytesOf = (version: string, ...names: readonly string[]): Buffer =>
  readFileSync(recorded(version, ...names));

type Decode = (bytes: Uint8Array) => unknown;

/** Messages that name their protocol: all between coordinators and workers, and those that they store. */
export const NAMED: Readonly<Record<string, Decode>> = {
  TaskMessage: cluster.decodeTask,
  StopMessage: cluster.decodeStop,
  StopQuery: cluster.decodeStopQuery,
  PresenceMessage: cluster.decodePresence,
  WorkOrder: cluster.decodeOrder,
  PrepareMessage: cluster.decodePrepare,
  PreparedMessage: cluster.decodePrepared,
  LeaseMessage: cluster.decodeLease,
  JobEntry: decodeEntry,
  LedgerRecord: decodeRecord,
  BackupPart: decodeBackupPart,
};

const capital = (name: string): string => name[0]!.toUpperCase() + name.slice(1);

/** Requests and answers, whose protocol is in the name of their package. */
const SERVICE: Readonly<Record<string, Decode>> = Object.fromEntries(
  (Object.keys(CERTIFICATION_METHODS) as MethodName[]).flatMap((name): [string, Decode][] => {
    const { request, response } = CERTIFICATION_METHODS[name];
    return [
      [`${capital(name)}Request`, (bytes) => request.decode(bytes)],
      [`${capital(name)}Response`, (bytes) => response.decode(bytes)],
    ];
  }),
);

/** The reader of a fixture, by its name. */
export function decoderOf(name: string): Decode {
  if (name === 'google.rpc.Status') return decodeRichStatus;
  const type = name.split('.')[0]!;
  const decode = NAMED[type] ?? SERVICE[type];
  if (!decode) throw new Error(`nothing reads ${name}`);
  return decode;
}

/** Types of messages that today's version reads. */
export const TYPES = [...Object.keys(NAMED), ...Object.keys(SERVICE)];

/** Names of the recorded messages. */
export const messagesOf = (version: string): string[] =>
  readdirSync(recorded(version, 'messages'))
    .filter((name) => name.endsWith('.bin'))
    .map((name) => name.slice(0, -'.bin'.length));

/** A value as the fixtures hold it: plain JSON, bytes in hex. */
export const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, hex));

/** A Buffer would be made an object of before its value is seen. */
function hex(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const own = this[key];
  return own instanceof Uint8Array ? Buffer.from(own).toString('hex') : value;
}
