import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { parseImages } from '../../cli/command/parse.js';
import { importDataSet } from '../../input/convert.js';
import { SmoothcertError } from '../../shared/errors.js';
import { PYTHON, installedPython } from '../harness/python.js';
import { folderOfEachTest } from '../support/temporary-folder.js';

interface Case {
  readonly name: string;
  readonly file: string;
  readonly features: boolean;
  readonly clip: boolean;
  readonly bgr: boolean;
  readonly sigma: number;
  readonly images: string | null;
  /** The digest, or the code of an error. */
  readonly found: string;
}

const folder = folderOfEachTest();

/** Any other number makes other numbers of the same kinds. */
const SEED = 1;

it.skipIf(PYTHON === undefined)(
  'Python makes of arrays the data sets that the command makes, byte for byte',
  async () => {
    const args = ['test/python/write_data_sets.py', folder.path, `${SEED}`];
    const { stdout } = await promisify(execFile)(await installedPython(), args);
    const cases = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Case);
    expect(cases.length).toBeGreaterThan(25);
    const expected = await Promise.all(
      cases.map(async (one, at) => ({ ...one, found: await importing(one, at) })),
    );
    expect(cases).toEqual(expected);
    // An error would agree with any other of its code.
    expect(cases.filter(({ found }) => found.length !== 64)).toEqual([]);
  },
);

async function importing({ file, features, clip, bgr, sigma, images }: Case, at: number): Promise<string> {
  try {
    const { digest } = await importDataSet({
      data: file,
      into: folder.file(`canonical-${at}`),
      lattice: { features, noiseScale: sigma },
      reading: { clip, bgr },
      ...(images === null ? {} : { range: parseImages(images) }),
    });
    return digest;
  } catch (error) {
    if (error instanceof SmoothcertError) return error.code;
    throw error;
  }
}
