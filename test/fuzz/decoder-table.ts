import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import type { ErrorCode } from '../../shared/errors.js';
import { mutations } from './support.js';

/** Something that makes values of bytes or of text that came from somewhere else. */
export interface Decoder {
  /** Its name in the name of its test. */
  readonly name: string;
  /** Exports that it tries, as `path name`; the test of the table finds those that nobody tries. */
  readonly tries: readonly string[];
  /** Bytes that it reads, of which mutations are made. */
  readonly valid: () => readonly Uint8Array[];
  /** @throws only SmoothcertErrors of these codes, unless `documented` */
  readonly read: (bytes: Buffer) => unknown;
  readonly codes: readonly ErrorCode[];
  /** Bytes of a value that was read: read again, they are the same value. */
  readonly write?: ((value: never) => Uint8Array) | undefined;
  /** True if its documentation says that it throws any error, and that its callers handle it. */
  readonly documented?: boolean;
  /** Reads of one value, of those that cost more than others. */
  readonly share?: number;
}

/** The same examples every time. */
export function examplesOf<T>(values: fc.Arbitrary<T>, count = 12): T[] {
  return fc.sample(values, { seed: 20_260_101, numRuns: count });
}

/** A decoder of messages that an encoder made. */
export function codec<T>(
  name: string,
  tries: readonly string[],
  values: fc.Arbitrary<T>,
  encode: (value: T) => Uint8Array,
  decode: (bytes: Uint8Array) => T,
  codes: readonly ErrorCode[],
): Decoder {
  const valid = () => examplesOf(values).map(encode);
  return { name, tries, valid, read: decode, codes, write: encode };
}

/** A decoder of text. */
export function ofText(
  name: string,
  tries: readonly string[],
  valid: readonly string[],
  read: (text: string) => unknown,
  codes: readonly ErrorCode[],
): Decoder {
  return {
    name,
    tries,
    codes,
    valid: () => valid.map((text) => Buffer.from(text)),
    read: (bytes) => read(bytes.toString('utf8')),
  };
}

/** A decoder of a file. @param file where its bytes are put */
export function ofFile(
  name: string,
  tries: readonly string[],
  file: () => string,
  valid: () => readonly Uint8Array[],
  read: (file: string) => Promise<unknown>,
  codes: readonly ErrorCode[],
): Decoder {
  return {
    name,
    tries,
    valid,
    codes,
    share: 0.15,
    read: (bytes) => {
      writeFileSync(file(), bytes);
      return read(file());
    },
  };
}

export const fixtureBytes = (name: string): Buffer =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

const repeated = (bytes: readonly number[], times: number) =>
  Buffer.concat(Array.from({ length: times }, () => Buffer.from(bytes)));
const LONG = 60_000;
const numbers = (tag: number, count: number) =>
  Buffer.concat([Buffer.from([tag]), varint(count), Buffer.alloc(count, 1)]);
const varint = (value: number): Buffer =>
  value < 128
    ? Buffer.from([value])
    : Buffer.concat([Buffer.from([(value & 127) | 128]), varint(value >>> 7)]);

/** Bytes that readers fail on: none, groups and messages within each other, lengths that lie, lists and numbers without end. */
export const EVIL: readonly Buffer[] = [
  Buffer.alloc(0),
  ...[1, 4, 10, 13].map((field) => repeated([(field << 3) | 3], LONG)),
  ...[1, 4, 5, 7, 10, 11].map((field) => repeated([(field << 3) | 2, 0], LONG)),
  ...[1, 2, 4].map((field) => Buffer.from([(field << 3) | 2, 0xff, 0xff, 0xff, 0xff, 0x0f, 1])),
  Buffer.from([8, 1, 10, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1]),
  Buffer.alloc(LONG, 0xff),
  Buffer.alloc(LONG, 0),
  Buffer.concat([Buffer.from([8, 1]), numbers(0x22, LONG), numbers(0x3a, LONG)]),
  nested(200),
  ...['[', '{"a":', '"', '\\', '9', '-', '1e', '&a ', '*a', '- ', '? ', '!!', '\n', ' ', '{', 'a: '].map(
    (text) => Buffer.from(text.repeat(LONG / text.length)),
  ),
  Buffer.from(`${'['.repeat(5_000)}${']'.repeat(5_000)}`),
  Buffer.from('{"__proto__":{"a":1},"constructor":1,"toString":1}'),
  Buffer.from('null'),
  Buffer.from('[]'),
  Buffer.from('"\ud800"'),
  Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
];

/** Messages within messages, of field 7, 1, 5 and 6 in turn: a model's graph, node, attribute, graph. */
function nested(depth: number): Buffer {
  let inner = Buffer.alloc(0);
  for (let at = 0; at < depth; at++) {
    const field = [6, 5, 1][at % 3]!;
    inner = Buffer.concat([Buffer.from([(field << 3) | 2]), varint(inner.length), inner]);
  }
  return Buffer.concat([Buffer.from([(7 << 3) | 2]), varint(inner.length), inner]);
}

/** Anything that may come in place of what is valid. */
export function attacks(valid: readonly Uint8Array[]): fc.Arbitrary<Buffer> {
  const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  const versioned = noise.map((bytes) => Buffer.concat([Buffer.from([8, 1]), bytes]));
  const evil = fc.constantFrom(...EVIL);
  if (valid.length === 0) return fc.oneof(noise, versioned, evil);
  const changed = fc.constantFrom(...valid).chain((bytes) => mutations(bytes));
  const behind = fc
    .tuple(fc.constantFrom(...valid), evil)
    .map(([bytes, more]) => Buffer.concat([bytes, more]));
  return fc.oneof({ weight: 8, arbitrary: changed }, noise, versioned, { weight: 1, arbitrary: behind });
}
