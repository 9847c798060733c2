import { open, stat } from 'node:fs/promises';
import { optionError } from '../command/parse.js';
import type { ScoresConfig } from './scores-flags.js';

/** The first bytes of every .npy file. */
const NPY = Buffer.from('\x93NUMPY', 'latin1');

/**
 * Refuses to write scores over what they are made of, and over a file that holds no array: --out is then most likely another file than was meant.
 * @throws OPTION_INVALID
 */
export async function refuseLoss({ out, model, data, labels }: ScoresConfig): Promise<void> {
  const there = await stat(out).catch(() => null);
  if (there === null) return;
  const inputs = { '--model': model, '--data': data, '--labels': labels };
  for (const [flag, file] of Object.entries(inputs)) {
    const input = file === null ? null : await stat(file).catch(() => null);
    if (input?.ino === there.ino && input.dev === there.dev)
      throw optionError(`--out ${out} is the file of ${flag}.`, 'Name another file for the scores.');
  }
  if (!there.isFile() || !(await isNpy(out)))
    throw optionError(
      `--out ${out} is there and is no .npy file.`,
      'Name another file for the scores, or remove that one.',
    );
}

async function isNpy(file: string): Promise<boolean> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return false;
  try {
    const { buffer } = await handle.read(Buffer.alloc(NPY.length), 0, NPY.length, 0);
    return buffer.equals(NPY);
  } finally {
    await handle.close();
  }
}
