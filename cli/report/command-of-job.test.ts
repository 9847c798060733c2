import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobOf } from '../../coordinator/core/job-of.js';
import { jobDigest } from '../../shared/job.js';
import { latticeOf } from '../../statistics/noises/lattice.js';
import { scaleOf } from '../../statistics/noises/scale.js';
import { valuesFrom } from '../../test/support/verb-values.js';
import { certifyConfig, type CertifyConfig } from '../certify/certify-flags.js';
import { CERTIFY } from '../certify/certify-verb.js';
import { predictConfig } from '../certify/predict-flags.js';
import { PREDICT } from '../certify/predict-verb.js';
import { commandOfJob } from './command-of-job.js';
import { shellLine } from './shell-words.js';

const REQUIRED = ['--model', 'm.onnx', '--data', 'd.npz', '--out', 'o'];

/** Returns the job that certify, or predict, makes of a configuration. */
function jobFrom(config: CertifyConfig) {
  const images = { start: config.images.start, stop: config.images.stop ?? 300, step: config.images.step };
  const { lattice } = latticeOf(
    { numerator: 1, denominator: 255 },
    config.noise,
    scaleOf(config.noise, config.sigma),
    64,
  );
  const prepared = {
    modelDigest: 'aa',
    layout: config.layout === 'auto' ? 'nchw' : config.layout,
    output: config.output ?? 'logits',
    classes: 10,
    batch: config.batch ?? 32,
    batchNote: null,
    roundingNote: null,
    numericClass: `${config.device}/x64-avx2/ort-1.30.0`,
    fingerprint: 'bb',
    steady: true,
    batchMs: 1,
    generator: { name: 'philox4x32-10/lattice', version: 1 },
    lattice,
  } as const;
  return jobOf({ ...config, seed: config.seed ?? '7' }, 'cc', images, prepared);
}

const certifying = (args: readonly string[]) => certifyConfig(valuesFrom(CERTIFY, args));
const predicting = (args: readonly string[]) => predictConfig(valuesFrom(PREDICT, args));
const ABOUT = { model: 'm.onnx', data: 'd.npz', input: null };

describe('the command of a job', () => {
  it.each([
    ['the defaults', ['--sigma', '0.25']],
    ['gain', ['--sigma', '0.3', '--min-gain', 'thorough', '--max-samples', '5000', '--runner-up']],
    ['another bound', ['--sigma', '0.25', '--bound', 'anytime', '--simultaneous', '--alpha', '0.01']],
    ['target', ['--sigma', '1', '--stop', 'target', '--radii', '0.25,0.50,1']],
    ['two-stage', ['--sigma', '0.25', '--stop', 'two-stage', '--max-samples', '30000']],
    ['fixed', ['--sigma', '0.25', '--stop', 'fixed', '--n0', '50', '--max-samples', '900']],
    ['fixed with counts', ['--sigma', '0.25', '--stop', 'fixed', '--keep-counts', '--max-samples', '900']],
    ['clt', ['--sigma', '0.25', '--stop', 'fixed', '--bound', 'clt', '--max-samples', '900']],
    ['budget', ['--sigma', '0.25', '--stop', 'budget', '--total-samples', '40000', '--images', '3:90:2']],
    ['other noise', ['--sigma', '0.1234567', '--noise', 'laplace']],
    ['uniform noise', ['--sigma', '0.3', '--noise', 'uniform']],
    [
      'a model with wishes',
      [
        '--sigma',
        '0.25',
        '--input-scale',
        '255',
        '--mean',
        '125.3,123,113.9',
        '--std',
        '63,62.1,66.7',
        '--layout',
        'nhwc',
        '--output',
        'a b',
        '--batch',
        '8',
        '--device',
        'webgpu',
        '--seed',
        '18446744073709551615',
      ],
    ],
  ])('makes the same job again: %s', (_, flags) => {
    const job = jobFrom(certifying([...REQUIRED, ...flags]));
    const [name, verb, ...words] = commandOfJob(job, ABOUT);
    expect([name, verb]).toEqual(['smoothcert', 'certify']);
    expect(jobDigest(jobFrom(certifying(words)))).toBe(jobDigest(job));
  });

  it.each([
    [['--sigma', '0.5']],
    [['--sigma', '0.5', '--bound', 'two-sided', '--max-samples', '1000', '--simultaneous']],
  ])('makes the same predictions again: %j', (flags) => {
    const job = jobFrom(predicting([...REQUIRED, ...flags]));
    const [, verb, ...words] = commandOfJob(job, ABOUT);
    expect(verb).toBe('predict');
    expect(jobDigest(jobFrom(predicting(words)))).toBe(jobDigest(job));
  });

  it('names the data as they were read', () => {
    const job = jobFrom(certifying([...REQUIRED, '--sigma', '0.25']));
    const input = { data: 'my pictures', labels: 'y.csv', features: false, clip: true, bgr: true };
    const words = commandOfJob(job, { ...ABOUT, input });
    expect(certifying(words.slice(2))).toMatchObject({
      data: 'my pictures',
      labels: 'y.csv',
      clip: true,
      bgr: true,
    });
    expect(
      commandOfJob(job, { ...ABOUT, input: { ...input, clip: false, bgr: false, features: true } }),
    ).toContain('--features');
    expect(commandOfJob(job, { model: null, data: null, input: null })).toEqual(
      expect.arrayContaining(['MODEL.onnx', 'DATA.npz']),
    );
  });
});

describe('shellLine', () => {
  it('gives a shell the same words', () => {
    const word = fc
      .string({ unit: 'grapheme', minLength: 0, maxLength: 12 })
      .filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        const script = `for word in ${shellLine(words)}; do printf '%s\\0' "$word"; done`;
        expect(execFileSync('sh', ['-c', script]).toString()).toBe(words.map((one) => `${one}\0`).join(''));
      }),
      { numRuns: 60 },
    );
  });

  it('leaves plain words as they are', () => {
    expect(shellLine(['smoothcert', '--sigma', '0.25', 'a b', "it's", ''])).toBe(
      `smoothcert --sigma 0.25 'a b' 'it'\\''s' ''`,
    );
  });
});

it('the command of a job of a server has words in the place of digests and addresses', () => {
  const job = jobFrom(certifying([...REQUIRED, '--sigma', '0.25']));
  const wordsOf = (model: string, data: string) =>
    commandOfJob(job, { model, data, input: null }).slice(2, 6);
  const unknown = ['--model', 'MODEL.onnx', '--data', 'DATA.npz'];
  expect(wordsOf('sha256:c444', 'digest:519c')).toEqual(unknown);
  expect(wordsOf('https://store/m.onnx', 's3://bucket/d.npz')).toEqual(unknown);
  expect(wordsOf('a/m.onnx', 'C:/d.npz')).toEqual(['--model', 'a/m.onnx', '--data', 'C:/d.npz']);
});
