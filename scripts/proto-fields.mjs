// The schema as it is in proto/, seen through reflection: its fields in words, and messages with fields that it does not have.
import { Buffer } from 'node:buffer';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import protobuf from 'protobufjs';

/** @param root folder of the project */
export function loadProto(root) {
  const loaded = new protobuf.Root();
  const folder = path.join(root, 'proto');
  const bundled = loaded.resolvePath.bind(loaded);
  loaded.resolvePath = (origin, target) =>
    target.startsWith('google/protobuf/') ? bundled(origin, target) : path.join(folder, target);
  const files = ['google/rpc', 'smoothcert/v1'].flatMap((part) =>
    readdirSync(path.join(folder, part)).map((file) => `${part}/${file}`),
  );
  return loaded.loadSync(files, { keepCase: true }).resolveAll();
}

function* typesOf(namespace) {
  for (const nested of namespace.nestedArray ?? []) {
    yield nested;
    if (nested.nestedArray) yield* typesOf(nested);
  }
}

const nameOf = (object) => object.fullName.slice(1);

/**
 * All that a program of another version relies on, a line each: fields with number, type and label, values of enums, methods. Sorted.
 * A line may come; one that goes, or changes, breaks somebody.
 */
export function fieldsOf(proto) {
  const lines = [];
  for (const object of typesOf(proto)) {
    if (!object.fullName.startsWith('.smoothcert.')) continue;
    if (object instanceof protobuf.Type) {
      for (const { name, id, type, repeated, partOf, resolvedType } of object.fieldsArray) {
        const of = resolvedType ? nameOf(resolvedType) : type;
        const label = repeated ? ' repeated' : partOf ? ` oneof ${partOf.name}` : '';
        lines.push(`${nameOf(object)} ${id} ${name} ${of}${label}`);
      }
    } else if (object instanceof protobuf.Enum) {
      for (const [name, id] of Object.entries(object.values)) lines.push(`${nameOf(object)} ${id} ${name}`);
    } else if (object instanceof protobuf.Service) {
      for (const { name, requestType, responseType, requestStream, responseStream } of object.methodsArray) {
        const streams = `${requestStream ? ' request stream' : ''}${responseStream ? ' response stream' : ''}`;
        lines.push(`${nameOf(object)} ${name} ${requestType} ${responseType}${streams}`);
      }
    }
  }
  return lines.sort();
}

/** Numbers that no field of ours has. */
const LATER = { text: 1000, number: 1001 };

/** The message as a later version might write it: in it, and in every message inside it, two fields more. */
export function withLaterFields(type, bytes) {
  const message = type.decode(bytes);
  for (const field of type.fieldsArray) {
    const value = message[field.name];
    const inner = field.resolvedType;
    if (!(inner instanceof protobuf.Type) || value === undefined || value === null || field.map) continue;
    if (!Object.hasOwn(message, field.name)) continue;
    const later = (one) => keeping(inner, withLaterFields(inner, inner.encode(one).finish()));
    message[field.name] = Array.isArray(value) ? value.map(later) : later(value);
  }
  return Buffer.concat([type.encode(message).finish(), laterFields()]);
}

/** The message with its unknown fields, which are written again. */
function keeping(type, bytes) {
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = false;
  return type.decode(reader);
}

function laterFields() {
  const writer = protobuf.Writer.create();
  writer.uint32((LATER.text << 3) | 2).string('what a later version says');
  writer.uint32(LATER.number << 3).uint32(7);
  return Buffer.from(writer.finish());
}

/** The message without these fields, in it and in every message inside it: as a version would write it that lacked them. */
export function withoutFields(type, bytes, names) {
  const strip = (message, of) => {
    for (const field of of.fieldsArray) {
      if (names.includes(field.name)) delete message[field.name];
      else if (field.resolvedType instanceof protobuf.Type && Object.hasOwn(message, field.name))
        for (const inner of [message[field.name]].flat()) if (inner) strip(inner, field.resolvedType);
    }
    return message;
  };
  return Buffer.from(type.encode(strip(type.decode(bytes), type)).finish());
}
