/** The values begin at a multiple of this. */
const ALIGNMENT = 64;
/** Magic, version 1.0 and the length of what follows. */
const PREFIX_BYTES = 10;

/**
 * Returns the bytes of a .npy file (version 1.0) of little-endian float32.
 * @param values [rows × columns], row by row
 */
export function npyBytes(values: Float32Array, rows: number, columns: number): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const begin = ALIGNMENT * Math.ceil((PREFIX_BYTES + text.length + 1) / ALIGNMENT);
  const bytes = new Uint8Array(begin + 4 * values.length);
  const view = new DataView(bytes.buffer);
  const header = `${text.padEnd(begin - PREFIX_BYTES - 1)}\n`;
  bytes.set(Buffer.from('\x93NUMPY\x01\x00', 'latin1'));
  view.setUint16(PREFIX_BYTES - 2, header.length, true);
  bytes.set(Buffer.from(header, 'latin1'), PREFIX_BYTES);
  values.forEach((value, at) => view.setFloat32(begin + 4 * at, value, true));
  return bytes;
}
