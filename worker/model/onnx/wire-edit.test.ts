import fc from 'fast-check';
import protobuf from 'protobufjs/minimal.js';
import { describe, expect, it } from 'vitest';
import { editFields, fieldsOf, stringOf, withField, withoutFields } from './wire-edit.js';

interface Part {
  readonly field: number;
  readonly wireType: number;
  readonly bytes: Uint8Array;
}

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const GROUP = 3;
const FIXED_32 = 5;

/** The bytes of one field, written by protobufjs; a group holds one varint. */
function encode({ field, wireType, bytes }: Part): Uint8Array {
  const writer = protobuf.Writer.create().uint32(((field << 3) | wireType) >>> 0);
  switch (wireType) {
    case VARINT:
      return writer.uint32(bytes.length).finish();
    case FIXED_64:
      return writer.fixed64(bytes.length).finish();
    case LENGTH_DELIMITED:
      return writer.bytes(bytes).finish();
    case GROUP:
      return writer
        .uint32(8)
        .uint32(bytes.length)
        .uint32(((field << 3) | 4) >>> 0)
        .finish();
    default:
      return writer.fixed32(bytes.length).finish();
  }
}

const partsOf = fc.array(
  fc.record({
    field: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 5, max: 2 ** 29 - 1 })),
    wireType: fc.constantFrom(VARINT, FIXED_64, LENGTH_DELIMITED, GROUP, FIXED_32),
    bytes: fc.uint8Array({ maxLength: 200 }),
  }),
  { maxLength: 12 },
);
const message = (parts: readonly Part[]) => Buffer.concat(parts.map(encode));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('editFields', () => {
  it('changes the named fields and not one byte else', () => {
    fc.assert(
      fc.property(partsOf, fc.uint8Array({ maxLength: 300 }), (parts, content) => {
        const isEdited = ({ field, wireType }: Part) => field === 2 && wireType === LENGTH_DELIMITED;
        const isDropped = ({ field, wireType }: Part) => field === 3 && wireType === LENGTH_DELIMITED;
        const due = parts
          .filter((part) => !isDropped(part))
          .map((part) => (isEdited(part) ? { ...part, bytes: content } : part));
        const seen: string[] = [];
        const edited = editFields(message(parts), {
          2: (old) => {
            seen.push(hex(old));
            return content;
          },
          3: () => null,
        });
        expect(hex(edited)).toBe(hex(message(due)));
        expect(seen).toEqual(parts.filter(isEdited).map(({ bytes }) => hex(bytes)));
      }),
    );
  });

  it('gives the message itself where nothing changes', () => {
    fc.assert(
      fc.property(partsOf, (parts) => {
        const whole = message(parts);
        expect(editFields(whole, { 1: (old) => old, 2: (old) => old })).toBe(whole);
      }),
    );
  });
});

describe('withoutFields, withField, fieldsOf and stringOf', () => {
  it('take away, add and read fields of any wire type', () => {
    fc.assert(
      fc.property(partsOf, fc.uint8Array({ maxLength: 200 }), (parts, bytes) => {
        const whole = message(parts);
        const left = parts.filter(({ field }) => field !== 1 && field !== 4);
        expect(hex(withoutFields(whole, [1, 4]))).toBe(hex(message(left)));
        const added = { field: 9, wireType: LENGTH_DELIMITED, bytes };
        expect(hex(withField(whole, 9, bytes))).toBe(hex(message([...parts, added])));
        const of = (wireType: number) =>
          parts.filter((part) => part.field === 1 && part.wireType === wireType);
        const { bytes: found, varints } = fieldsOf(whole, 1);
        expect(found.map(hex)).toEqual(of(LENGTH_DELIMITED).map((part) => hex(part.bytes)));
        expect(varints).toEqual(of(VARINT).map((part) => part.bytes.length));
      }),
    );
  });

  it('take the last of several strings', () => {
    const twice = withField(withField(new Uint8Array(0), 8, Buffer.from('a')), 8, Buffer.from('größe'));
    expect(stringOf(twice, 8)).toBe('größe');
    expect(stringOf(twice, 7)).toBeNull();
  });

  it('read, or throw an Error, whatever the bytes', () => {
    const attempt = (act: () => unknown) => {
      try {
        act();
        return null;
      } catch (error) {
        return error;
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const acts = [
          () => editFields(bytes, { 1: () => bytes, 7: () => null }),
          () => withoutFields(bytes, [1]),
          () => fieldsOf(bytes, 1),
        ];
        const errors = acts.map(attempt);
        for (const error of errors) if (error !== null) expect(error).toBeInstanceOf(Error);
        // All three read the whole message, so that they agree on what is one.
        expect(new Set(errors.map((error) => error === null)).size).toBe(1);
      }),
      { numRuns: 3000 },
    );
  });
});
