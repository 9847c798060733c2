import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Certificate } from '../../coordinator/results/certificates.js';
import type { Job } from '../../shared/job.js';

export const MODELS = 'test/fixtures/models';
export const DIGITS = { model: 'examples/digits/digits.onnx', data: 'examples/digits/digits.npz' };
export const PICTURES = { model: `${MODELS}/free.onnx`, data: `${MODELS}/images.npz` };

export type Flags = Readonly<Record<string, string | number | true | undefined>>;

/** The arguments of `smoothcert certify`: a flag for each entry, `true` for one without a value. No report is written: it takes long. */
export function certifyArgs(flags: Flags): string[] {
  return [...certifyWithReport(flags), '--no-report'];
}

/** The arguments of `smoothcert certify`, which ends with the report. */
export function certifyWithReport(flags: Flags): string[] {
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  return [
    'certify',
    ...given.flatMap(([name, value]) => [`--${name}`, ...(value === true ? [] : [String(value)])]),
  ];
}

/** The certificates of results.jsonl. */
export async function rowsOf(folder: string): Promise<Certificate[]> {
  const text = await readFile(path.join(folder, 'results.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Certificate);
}

/** The cells of results.tsv, its header first. */
export async function tableOf(folder: string): Promise<string[][]> {
  const text = await readFile(path.join(folder, 'results.tsv'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
}

export async function jobOf(folder: string): Promise<Job> {
  return (JSON.parse(await readFile(path.join(folder, 'job.json'), 'utf8')) as { job: Job }).job;
}

/** Writes a one-byte-an-item array as NumPy saves it, uint8, format version 1. */
export async function writeUint8Npy(
  file: string,
  shape: readonly number[],
  items: Uint8Array,
): Promise<void> {
  const sizes = shape.length === 1 ? `${shape[0]!},` : shape.join(', ');
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${sizes}), }`;
  const header = text.padEnd(128 - 11) + '\n';
  const prefix = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0]);
  await writeFile(file, Buffer.concat([prefix, Buffer.from(header), items]));
}
