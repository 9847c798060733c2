import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of an archive, which may lie about itself. */
export interface ZipEntry {
  readonly name: string;
  readonly content: Buffer;
  /** The size that the directory claims for it, expanded; its true size if absent. */
  readonly claimed?: number | bigint;
  /** Offset that the directory gives instead of its own. */
  readonly at?: number;
}

const LIMIT_32 = 0xffffffff;
const DEFLATED = 8;

/** An archive as APPNOTE.TXT says, entries deflated, with a zip64 end record if `entryCount` or an entry needs one. */
export function zipOf(entries: readonly ZipEntry[], entryCount: number = entries.length): Buffer {
  const bodies: Buffer[] = [];
  const deflated = new Map<Buffer, Buffer>();
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const packed = deflated.get(entry.content) ?? deflateRawSync(entry.content);
    deflated.set(entry.content, packed);
    const local = Buffer.concat([
      Buffer.from('PK\x03\x04'),
      Buffer.alloc(26),
      Buffer.from(entry.name),
      packed,
    ]);
    local.writeUInt16LE(DEFLATED, 8);
    local.writeUInt16LE(Buffer.byteLength(entry.name), 26);
    bodies.push(local);
    directory.push(directoryEntry(entry, packed.length, entry.at ?? offset));
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  return Buffer.concat([...bodies, listed, endRecords(offset, listed.length, entryCount)]);
}

function directoryEntry(entry: ZipEntry, packedBytes: number, offset: number): Buffer {
  const { name, content, claimed = content.length } = entry;
  const big = claimed > LIMIT_32;
  const extra = Buffer.alloc(big ? 12 : 0);
  if (big) {
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(8, 2);
    extra.writeBigUInt64LE(BigInt(claimed), 4);
  }
  const fixed = Buffer.alloc(46);
  fixed.write('PK\x01\x02', 'latin1');
  fixed.writeUInt16LE(DEFLATED, 10);
  fixed.writeUInt32LE(crc32(content), 16);
  fixed.writeUInt32LE(packedBytes, 20);
  fixed.writeUInt32LE(big ? LIMIT_32 : Number(claimed), 24);
  fixed.writeUInt16LE(Buffer.byteLength(name), 28);
  fixed.writeUInt16LE(extra.length, 30);
  fixed.writeUInt32LE(offset, 42);
  return Buffer.concat([fixed, Buffer.from(name), extra]);
}

function endRecords(directoryAt: number, directoryBytes: number, entryCount: number): Buffer {
  const zip64 = Buffer.alloc(56);
  zip64.write('PK\x06\x06', 'latin1');
  zip64.writeBigUInt64LE(44n, 4);
  zip64.writeBigUInt64LE(BigInt(entryCount), 24);
  zip64.writeBigUInt64LE(BigInt(entryCount), 32);
  zip64.writeBigUInt64LE(BigInt(directoryBytes), 40);
  zip64.writeBigUInt64LE(BigInt(directoryAt), 48);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07', 'latin1');
  locator.writeBigUInt64LE(BigInt(directoryAt + directoryBytes), 8);
  locator.writeUInt32LE(1, 16);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(0xffff, 8);
  end.writeUInt16LE(0xffff, 10);
  end.writeUInt32LE(LIMIT_32, 12);
  end.writeUInt32LE(LIMIT_32, 16);
  return Buffer.concat([zip64, locator, end]);
}
