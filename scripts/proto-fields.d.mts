import type { Root, Type } from 'protobufjs';

export function loadProto(root: string): Root;
export function fieldsOf(proto: Root): string[];
export function withLaterFields(type: Type, bytes: Uint8Array): Buffer;
export function withoutFields(type: Type, bytes: Uint8Array, names: readonly string[]): Buffer;
