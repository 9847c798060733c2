import { access, readFile, stat, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { contentOf, runCommand, startCommand, temporaryFolder } from '../harness/command.js';
import type { RunningCommand, TemporaryFolder } from '../harness/command.js';
import { DIGITS, MODELS, PICTURES, certifyArgs, jobOf, rowsOf, type Flags } from '../harness/results.js';

const QUICK: Flags = {
  ...{ ...PICTURES, sigma: 0.25, images: '0:4', seed: 5 },
  ...{ 'max-samples': 128, 'min-gain': 'quick', processes: 1 },
};

describe('another job in the folder is refused, naming what differs, and no byte of the folder changes', () => {
  const LOOKS =
    'the looks, which follow from --stop, --bound, --n0 and --max-samples (up to 128 there, up to';
  const cases: [name: string, flags: Flags, differs: string][] = [
    ['σ', { sigma: 0.5 }, '--sigma (0.25 there, 0.5 here)'],
    ['α', { alpha: 0.01 }, '--alpha (0.001 there, 0.01 here)'],
    ['seed', { seed: 6 }, '--seed (5 there, 6 here)'],
    ['model', { model: `${MODELS}/slow.onnx`, batch: 64 }, 'the model file'],
    ['data set', { data: `${MODELS}/../npz/digits` }, 'the data set'],
    ['fewer images', { images: '0:3' }, '--images (4 there, 3 here)'],
    ['every second image', { images: '0:4:2' }, '--images (1 there, 2 here)'],
    ['other images', { images: '1:4' }, '--images (0 there, 1 here)'],
    ['gain', { 'min-gain': 'thorough' }, '--min-gain (0.1 there, 0.01 here)'],
    ['more samples', { 'max-samples': 256 }, `${LOOKS} 256 here)`],
    ['input scale', { 'input-scale': 2 }, '--input-scale (1 there, 2 here)'],
    ['mean', { mean: 0.5 }, '--mean ([0] there, [0.5] here)'],
    ['standard deviation', { std: 2 }, '--std ([1] there, [2] here)'],
    ['layout', { layout: 'nhwc' }, '--layout (nchw there, nhwc here)'],
    ['batch', { batch: 16 }, '--batch (64 there, 16 here)'],
  ];

  it.each(cases)('%s', async (...args) => {
    console.log(args);
  });
});
