import protobuf from 'protobufjs/minimal.js';

const LENGTH_DELIMITED = 2;

/**
 * Edits one length-delimited field of a message: returns its new content, the same array to leave it, or null to remove it.
 */
export type FieldEdit = (content: Uint8Array) => Uint8Array | null;

/**
 * Rewrites the length-delimited fields that `edits` names, by field number, and copies every other byte of the message unchanged,
 * unknown fields included. @throws RangeError or Error if it is not a protobuf message
 */
export function editFields(message: Uint8Array, edits: Readonly<Record<number, FieldEdit>>): Uint8Array {
  const reader = protobuf.Reader.create(message);
  const pieces: Uint8Array[] = [];
  let changed = false;
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    const edit = edits[tag >>> 3];
    if (edit === undefined || (tag & 7) !== LENGTH_DELIMITED) {
      reader.skipType(tag & 7);
      pieces.push(message.subarray(start, reader.pos));
      continue;
    }
    const content = reader.bytes();
    const edited = edit(content);
    if (edited === content) {
      pieces.push(message.subarray(start, reader.pos));
      continue;
    }
    changed = true;
    if (edited !== null)
      pieces.push(protobuf.Writer.create().uint32(tag).uint32(edited.length).finish(), edited);
  }
  return changed ? Buffer.concat(pieces) : message;
}

/** Returns every value of a field: the bytes of length-delimited ones, the numbers of varints. Other wire types are ignored. */
export function fieldsOf(message: Uint8Array, field: number): { bytes: Uint8Array[]; varints: number[] } {
  const reader = protobuf.Reader.create(message);
  const bytes: Uint8Array[] = [];
  const varints: number[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 !== field) reader.skipType(tag & 7);
    else if ((tag & 7) === LENGTH_DELIMITED) bytes.push(reader.bytes());
    else if ((tag & 7) === 0) varints.push(Number(reader.int64()));
    else reader.skipType(tag & 7);
  }
  return { bytes, varints };
}

/** Returns the message without some fields, of any wire type; every other byte is copied unchanged. */
export function withoutFields(message: Uint8Array, fields: readonly number[]): Uint8Array {
  const reader = protobuf.Reader.create(message);
  const pieces: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    reader.skipType(tag & 7);
    if (!fields.includes(tag >>> 3)) pieces.push(message.subarray(start, reader.pos));
  }
  return Buffer.concat(pieces);
}

/** Returns the message with one more length-delimited field at its end. */
export function withField(message: Uint8Array, field: number, content: Uint8Array): Uint8Array {
  const tag = ((field << 3) | LENGTH_DELIMITED) >>> 0;
  return Buffer.concat([
    message,
    protobuf.Writer.create().uint32(tag).uint32(content.length).finish(),
    content,
  ]);
}

/** Returns the text of a string field; null if the message does not have it. Of several values the last one counts, as in protobuf. */
export function stringOf(message: Uint8Array, field: number): string | null {
  const last = fieldsOf(message, field).bytes.at(-1);
  return last === undefined ? null : Buffer.from(last).toString('utf8');
}

/**
 * Returns a field that holds one message; null if the message does not have it. Of several values protobuf makes one, which is what their
 * bytes say one behind the other.
 */
export function messageOf(message: Uint8Array, field: number): Uint8Array | null {
  const values = fieldsOf(message, field).bytes;
  return values.length > 1 ? Buffer.concat(values) : (values[0] ?? null);
}
