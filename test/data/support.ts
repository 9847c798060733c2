import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { importDataSet, type ImportedDataSet } from '../../input/convert.js';
import { HEADER_BYTES } from '../../shared/dataset/canonical.js';
import { DataSetFile } from '../../shared/dataset/data-set-file.js';
import type { ImageRange } from '../../shared/dataset/selection.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

/** Where pixels of 0 to 255 lie. */
export const PIXELS = { step: { numerator: 1, denominator: 255 }, rounding: { largest: 0, mean: 0 } };

export const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** A temporary folder into which data sets are imported. */
export class Workplace extends TemporaryFolder {
  readonly into = this.file('canonical');

  import(data: string, more: { labels?: string; range?: ImageRange } = {}): Promise<ImportedDataSet> {
    return importDataSet({ data, into: this.into, ...more });
  }

  /** Stored bytes of the images held, and their labels. */
  async canonical(): Promise<{ pixels: Buffer; labels: number[] | null; shape: readonly number[] }> {
    const file = await DataSetFile.open(this.into);
    try {
      const { header, geometry } = file;
      const labels = await file.labels();
      const pixels = readFileSync(this.into).subarray(HEADER_BYTES, geometry.labelsOffset);
      return { pixels, labels: labels && [...labels], shape: header.shape };
    } finally {
      await file.close();
    }
  }
}

/** Expects a refusal: its code, and its sentence without the folders in front of names. */
export async function expectRefusal(
  attempt: Promise<unknown>,
  code: string,
  sentence: string,
  ...folders: string[]
): Promise<void> {
  const error = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'SmoothcertError', code });
  const message = folders.reduce((text, folder) => text.replaceAll(folder, ''), (error as Error).message);
  expect(message).toBe(sentence);
}

/** The 128 bytes in front of the values of a uint8 .npy file. */
export function npyHeader(shape: readonly number[]): Buffer {
  const text =
    `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`.padEnd(117) + '\n';
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'), Buffer.from(text)]);
}

const CONVERT = new URL('../../dist/input/convert.js', import.meta.url).href;
const LONGEST_MS = 60_000;

/** The outcome of an import by the compiled code in a process of its own, and the largest memory of that process. */
export interface Alone {
  /** Code of the SmoothcertError; null if it went well. Any other error fails here. */
  readonly code: string | null;
  readonly message: string;
  readonly peakBytes: number;
}

export async function importAlone(options: {
  data: string;
  into: string;
  range?: ImageRange;
}): Promise<Alone> {
  // Not ru_maxrss: after fork and exec it begins at what this process takes.
  const script = `import { readFileSync } from 'node:fs';
    const { importDataSet } = await import(${JSON.stringify(CONVERT)});
    const error = await importDataSet(${JSON.stringify(options)}).then(() => null, (reason) => reason);
    if (error !== null && error.name !== 'SmoothcertError') throw error;
    const { code = null, message = '' } = error ?? {};
    const peakKib = /VmHWM:\\s*(\\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1];
    console.log(JSON.stringify({ code, message, peakBytes: 1024 * peakKib }));`;
  const alone = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    timeout: LONGEST_MS,
  });
  return JSON.parse((await alone).stdout) as Alone;
}
