import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fieldsOf, loadProto } from '../../scripts/proto-fields.mjs';
import { LEASE_KEY } from '../../adapters/nats/jobs/nats-lease.js';
import { ledgerSubject } from '../../adapters/nats/ledger/endings.js';
import { ledgerStream } from '../../adapters/nats/ledger/ledger-stream.js';
import { encodeHeader } from '../../shared/dataset/canonical.js';
import { SmoothcertError } from '../../shared/errors.js';
import { encodeEntry, decodeEntry } from '../../api/wire/entry.js';
import { project } from '../harness/local-job.js';
import {
  NAMED,
  TYPES,
  VERSIONS,
  bytesOf,
  decoderOf,
  messagesOf,
  plain,
  recorded,
} from '../support/recorded.js';

/**
 * Returns a recorded message as it is read today: a spec that names no noise is one of Gaussian noise, and claims
 * nothing that was not known then; data of which nothing is said
 * were not rounded, and no image of such a job was predicted.
 */
const expectedOf = (version: string, name: string): unknown =>
  JSON.parse(
    readFileSync(recorded(version, 'messages', `${name}.json`), 'utf8'),
    (_, value: unknown): unknown => {
      if (isSpec(value)) return { noise: 'gaussian', runnerUp: false, simultaneous: false, ...value };
      if (isInOurWords(name) && isProgress(value)) return { predicted: 0, ...value };
      if (isPresence(value)) return { jobs: [], ...value };
      return isPreparation(value) ? { roundingNote: null, ...value } : value;
    },
  );

/** Returns true for what a worker found, in our own words; on the wire the generator is a name beside its version. */
const isPreparation = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  'batchNote' in value &&
  'generator' in value &&
  typeof value.generator === 'object';

/** Returns true for a worker as it announces itself. */
const isPresence = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && 'slots' in value && 'draining' in value;

/** Messages of each version that it did not have yet. */
const LATER: Readonly<Record<string, readonly string[]>> = {
  '0.1.0': ['ListWorkersRequest', 'ListWorkersResponse'],
};

/** Requests and answers are compared as they are on the wire, where a counter of 0 is absent. */
const isInOurWords = (name: string): boolean => name.split('.')[0]! in NAMED;

const isProgress = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && 'certified' in value && 'sequence' in value;

/** A spec in our own words; on the wire its rule stands in a field of its name. */
const isSpec = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && 'sigma' in value && 'stop' in value;

describe.each(VERSIONS)('what %s wrote', (version) => {
  it('is there for every kind of message', () => {
    const types = new Set(messagesOf(version).map((name) => name.split('.')[0]!));
    const had = TYPES.filter((type) => !(LATER[version] ?? []).includes(type));
    expect([...types].filter((type) => type !== 'google').sort()).toEqual(had.sort());
  });

  it.each(messagesOf(version))('is read as it was meant: %s', (name) => {
    expect(plain(decoderOf(name)(bytesOf(version, 'messages', `${name}.bin`)))).toEqual(
      expectedOf(version, name),
    );
  });

  it.each(messagesOf(version))('is read without what a later version would add: %s', (name) => {
    const bytes = bytesOf(version, 'later', `${name}.bin`);
    expect(bytes.length).toBeGreaterThan(bytesOf(version, 'messages', `${name}.bin`).length);
    expect(plain(decoderOf(name)(bytes))).toEqual(expectedOf(version, name));
  });

  it('goes by the same numbers, names and types: nothing was removed from proto/, or changed', () => {
    const today = new Set(fieldsOf(loadProto(project('.'))));
    const then = readFileSync(recorded(version, 'fields.txt'), 'utf8').trim().split('\n');
    expect(then.length).toBeGreaterThan(150);
    expect(then.filter((line) => !today.has(line))).toEqual([]);
  });

  it.each(Object.keys(NAMED))('of another major version is refused with both numbers: %s', (type) => {
    const names = messagesOf(version).filter((name) => name.split('.')[0] === type);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const bytes = Buffer.from(bytesOf(version, 'messages', `${name}.bin`));
      // `protocol` is the first field of each.
      expect([...bytes.subarray(0, 2)]).toEqual([0x08, 1]);
      for (const other of [0, 2, 127]) {
        bytes[1] = other;
        const thrown = caught(() => decoderOf(name)(bytes));
        expect(thrown).toMatchObject({ code: 'PROTOCOL_MISMATCH' });
        expect(thrown.message).toMatch(new RegExp(`\\b${other}\\b.*\\b1\\b`));
      }
    }
  });

  it('of a job keeps what it does not know when it is stored again', () => {
    const bytes = bytesOf(version, 'later', 'JobEntry.bin');
    const entry = decodeEntry(bytes);
    const changed = encodeEntry({ ...entry, cancelRequested: false });
    expect(Buffer.from(changed).includes('what a later version says')).toBe(true);
    expect(decodeEntry(changed)).toEqual({ ...entry, cancelRequested: false });
    expect(Buffer.from(encodeEntry({ ...entry })).includes('what a later version says')).toBe(true);
  });
});

function caught(action: () => unknown): SmoothcertError {
  try {
    action();
  } catch (error) {
    if (error instanceof SmoothcertError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('names that processes of two versions meet under', () => {
  it('stay what they are', () => {
    expect(ledgerStream('j-1')).toBe('SC1_LEDGER_j-1');
    expect(ledgerSubject('j-1', 'a.1')).toBe('sc1.ledger.j-1.a.1');
    expect(ledgerSubject('j-1', 'cancel', true)).toBe('sc1.ledger.j-1.by.coordinator.cancel');
    expect(LEASE_KEY).toBe('coordinator');
  });

  it('and the header of a data set', () => {
    const header = encodeHeader({ dtype: 'float32', shape: [2, 3, 4], labelled: true, start: 5, step: 6 });
    const fields = '534d434552544453 0100 02 01 03000000 0200000000000000 0300000000000000 0400000000000000';
    const rest = ' 0000000000000000 0500000000000000 0600000000000000';
    expect(Buffer.from(header).toString('hex')).toBe((fields + rest).replaceAll(' ', '').padEnd(256, '0'));
  });
});
