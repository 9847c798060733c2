import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';

import type { SmoothcertError } from '../../shared/errors.js';
import { valuesFrom } from '../../test/support/verb-values.js';
import { certifyConfig } from './certify-flags.js';
import { CERTIFY } from './certify-verb.js';

const REQUIRED = ['--model', 'm.onnx', '--data', 'd.npz', '--sigma', '0.25', '--out', 'o'];

/** Returns the configuration that the command makes of these arguments. */
const config = (...args: string[]) => certifyConfig(valuesFrom(CERTIFY, [...REQUIRED, ...args]));

const refused = (code: string, message: RegExp): unknown =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as unknown });

describe('the flags', () => {
  it('name a job in 1 to 128 characters', () => {
    expect(config('--name', 'σ = 0.25, first try').name).toBe('σ = 0.25, first try');
    expect(config('--name', 'x'.repeat(128)).name).toHaveLength(128);
    for (const name of ['', '  ', 'x'.repeat(129)]) {
      expect(() => config('--name', name)).toThrow('--name is not 1 to 128 characters.');
    }
  });

  it('have the documented defaults', () => {
    expect(config()).toEqual({
      model: 'm.onnx',
      data: 'd.npz',
      noise: 'gaussian',
      labels: null,
      out: 'o',
      sigma: 0.25,
      alpha: 0.001,
      stop: { kind: 'gain', minGain: 0.02 },
      bound: 'spending',
      maxSamples: 100_000,
      name: null,
      runnerUp: false,
      simultaneous: false,
      images: { start: 0, stop: null, step: 1 },
      imagesNote: null,
      features: false,
      clip: false,
      bgr: false,
      check: true,
      strict: false,
      seed: null,
      output: null,
      layout: 'auto',
      batch: null,
      normalisation: { inputScale: 1, mean: [0], std: [1] },
      device: 'cpu',
      processes: availableParallelism(),
      hangMs: 60_000,
      auditShare: 1 / 256,
      topkRows: false,
      report: true,
      classNames: null,
      jsonLines: false,
      json: false,
      quiet: false,
      verbose: false,
    });
  });

  it('are all taken over', () => {
    const given = config(
      ...[
        '--labels',
        'l.npy',
        '--images',
        '1:5',
        '--noise',
        'laplace',
        '--alpha',
        '0.01',
        '--bound',
        'anytime',
        '--min-gain',
        '0.5',
      ],
      ...[
        '--max-samples',
        '5000',
        '--seed',
        '9',
        '--input-scale',
        '255',
        '--mean',
        '1,2,3',
        '--std',
        '4,5,6',
      ],
      ...['--layout', 'nhwc', '--output', 'y', '--batch', '8', '--device', 'webgpu', '--processes', '3'],
      ...['--hang-seconds', '0.5', '--audit-share', '0.1', '--json', '--quiet', '--verbose'],
    );
    expect(given).toMatchObject({
      labels: 'l.npy',
      images: { start: 1, stop: 5, step: 1 },
      noise: 'laplace',
      alpha: 0.01,
      bound: 'anytime',
      stop: { kind: 'gain', minGain: 0.5 },
      maxSamples: 5000,
      seed: '9',
      layout: 'nhwc',
      output: 'y',
      normalisation: { inputScale: 255, mean: [1, 2, 3], std: [4, 5, 6] },
      batch: 8,
      device: 'webgpu',
      processes: 3,
      hangMs: 500,
      auditShare: 0.1,
      json: true,
      quiet: true,
      verbose: true,
    });
  });

  it('take any stop of the images, as in Python', () =>
    expect(config('--images', '0:99999999').images).toEqual({ start: 0, stop: 99_999_999, step: 1 }));

  it('use one process on anything but a CPU', () => expect(config('--device', 'cuda').processes).toBe(1));

  it.each([
    ['quick', 0.1],
    ['default', 0.02],
    ['thorough', 0.01],
    ['0', 0],
  ])('--min-gain %s is %f', (text, minGain) =>
    expect(config('--min-gain', text).stop).toEqual({ kind: 'gain', minGain }),
  );

  it('--stop fixed takes Clopper–Pearson and a selection', () => {
    const fixed = { bound: 'clopper-pearson', stop: { kind: 'fixed', selection: 100 } };
    expect(config('--stop', 'fixed')).toMatchObject(fixed);
    expect(config('--stop', 'fixed', '--n0', '7').stop).toEqual({ kind: 'fixed', selection: 7 });
    const kept = { kind: 'fixed', selection: 100, keepCounts: true };
    expect(config('--stop', 'fixed', '--keep-counts').stop).toEqual(kept);
  });
});

describe('--stop target', () => {
  it('takes its radii as they are written, and anytime', () => {
    expect(config('--stop', 'target', '--radii', '0, 0.25,0.50,1.0', '--sigma', '0.5')).toMatchObject({
      bound: 'anytime',
      stop: { kind: 'target', radii: ['0', '0.25', '0.50', '1.0'] },
    });
  });
});

describe('--stop budget', () => {
  it('takes spending and its total, and is refused without one', () => {
    expect(config('--stop', 'budget', '--total-samples', '1000000')).toMatchObject({
      bound: 'spending',
      stop: { kind: 'budget', totalSamples: 1_000_000 },
      maxSamples: 100_000,
    });
    expect(() => config('--stop', 'budget')).toThrow(/^--stop budget needs --total-samples\.$/);
  });
});

describe('--topk-rows', () => {
  it.each([[['--stop', 'fixed']], [['--stop', 'two-stage']]])('is taken over with %j', (args) =>
    expect(config(...args, '--topk-rows').topkRows).toBe(true),
  );
});

describe('--stop two-stage', () => {
  it('takes Clopper–Pearson and a price, by its names too', () => {
    const claim = (minGain: number) => ({ bound: 'clopper-pearson', stop: { kind: 'two-stage', minGain } });
    expect(config('--stop', 'two-stage')).toMatchObject(claim(0.02));
    expect(config('--stop', 'two-stage', '--min-gain', 'quick')).toMatchObject(claim(0.1));
  });
});

describe('pairs', () => {
  const radiiFor = (stop: string) => (stop === 'target' ? ['--radii', '0.5'] : []);

  it.each([
    ['gain', 'spending'],
    ['gain', 'anytime'],
    ['target', 'anytime'],
    ['two-stage', 'clopper-pearson'],
    ['fixed', 'clopper-pearson'],
    ['fixed', 'clt'],
  ])('--stop %s with --bound %s is offered', (stop, bound) =>
    expect(config('--stop', stop, '--bound', bound, ...radiiFor(stop)).bound).toBe(bound),
  );

  it.each([
    ['gain', 'clopper-pearson'],
    ['gain', 'clt'],
    ['target', 'spending'],
    ['target', 'clopper-pearson'],
    ['target', 'clt'],
    ['two-stage', 'spending'],
    ['two-stage', 'anytime'],
    ['two-stage', 'clt'],
    ['fixed', 'spending'],
    ['fixed', 'anytime'],
  ])('--stop %s with --bound %s is refused with the reason', (stop, bound) =>
    expect(() => config('--stop', stop, '--bound', bound)).toThrow(
      refused('PAIR_NOT_OFFERED', new RegExp(`^--stop ${stop} is not offered with --bound ${bound}: .*\\.$`)),
    ),
  );
});

describe('what is refused', () => {
  it.each([
    [['--alpha', '0.3'], /^--alpha 0\.3 is outside \[1e-12, 0\.25\]/],
    [['--alpha', '0'], /^--alpha 0 is outside \[1e-12, 0\.25\]/],
    [['--alpha', '1/4'], /^--alpha 1\/4 is not a number\.$/],
    [
      ['--sigma', '0'],
      /^--sigma 0 is not a number above 0 and of at most 1000000 \(pixels scaled to \[0, 1\]\)\.$/,
    ],
    [['--stop', 'gian'], /^--stop gian is not a choice\.$/],
    [['--bound', 'wald'], /^--bound wald is not a choice\.$/],
    [['--min-gain', 'slow'], /^--min-gain slow is not a choice\.$/],
    [['--min-gain', 'toString'], /^--min-gain toString is not a choice\.$/],
    [['--min-gain', '-1'], /^--min-gain -1 is not a number of at least 0 \(noise scales of radius/],
    [['--keep-counts'], /^--keep-counts has no meaning without --stop fixed\.$/],
    [['--n0', '5'], /^--n0 has no meaning without --stop fixed\.$/],
    [['--total-samples', '5000'], /^--total-samples has no meaning without --stop budget\.$/],
    [['--stop', 'budget', '--total-samples', '0.5'], /^--total-samples 0\.5 is not a whole number/],
    [
      ['--stop', 'fixed', '--min-gain', '1'],
      /^--min-gain has no meaning without --stop gain or --stop two-stage\.$/,
    ],
    [
      ['--stop', 'target', '--radii', '1', '--min-gain', '1'],
      /^--min-gain has no meaning without --stop gain/,
    ],
    [['--stop', 'two-stage', '--n0', '5'], /^--n0 has no meaning without --stop fixed\.$/],
    [['--radii', '0.5'], /^--radii has no meaning without --stop target\.$/],
    [['--stop', 'fixed', '--radii', '0.5'], /^--radii has no meaning without --stop target\.$/],
    [['--stop', 'target'], /^--stop target needs --radii\.$/],
    [['--stop', 'target', '--radii', '0.5,0.25'], /^--radii 0\.5,0\.25 is not an ascending list of radii/],
    [['--stop', 'target', '--radii', '1e-2'], /^--radii 1e-2 is not an ascending list/],
    [['--stop', 'target', '--radii=-1'], /^--radii -1 is not an ascending list/],
    [
      ['--stop', 'fixed', '--n0', '0'],
      /^--n0 0 is not a whole number of at least 1 and of at most 1000000000\.$/,
    ],
    [
      ['--stop', 'target', '--radii', Array.from({ length: 1025 }, (_, i) => i).join(',')],
      /^--radii has 1025 values, and at most 1024 are taken\.$/,
    ],
    [['--output', ''], /^--output is empty, or longer than 4096 characters\.$/],
    [['--max-samples', '0'], /^--max-samples 0 is not a whole number/],
    [['--max-samples', '1.5'], /^--max-samples 1\.5 is not a whole number/],
    [['--topk-rows'], /^--topk-rows is not offered with --stop gain: /],
    [['--stop', 'target', '--radii', '1', '--topk-rows'], /^--topk-rows is not offered with --stop target: /],
    [['--device', 'gpu'], /^--device gpu is not a choice\.$/],
    [['--layout', 'chw'], /^--layout chw is not a choice\.$/],
    [['--batch', '0'], /^--batch 0 is not a whole number/],
    [['--processes', '0'], /^--processes 0 is not a whole number/],
    [['--audit-share', '1.1'], /^--audit-share 1\.1 is not a number of at least 0 and of at most 1\.$/],
    [['--hang-seconds', '0'], /^--hang-seconds 0 is not a number above 0/],
    [['--std', '1,0,1'], /^--std 0 is not a number above 0/],
    [['--mean', 'a'], /^--mean a is not a number/],
    [['--input-scale', '-1'], /^--input-scale -1 is not a number above 0/],
    [['--images', '3:1'], /^--images 3:1 is not start:stop:step\.$/],
    [['--images', '99999999:'], /^--images 99999999: is not start:stop:step\.$/],
    [['--seed', '-1'], /^--seed -1 is not a whole number from 0 to 2\^64 − 1\.$/],
  ])('%j', (args, message) => expect(() => config(...args)).toThrow(refused('OPTION_INVALID', message)));

  it.each<[string[], string, string, string]>([
    [
      ['--max-samples', '10'],
      'BUDGET_TOO_SMALL',
      'With 10 samples and α = 0.001, not even votes that all agree would certify an image.',
      'Raise --max-samples or --alpha.',
    ],
    [
      ['--stop', 'two-stage', '--min-gain', '1000'],
      'BUDGET_TOO_SMALL',
      'With 100000 samples and α = 0.001, not even votes that all agree would certify an image.',
      'Raise --max-samples or --alpha, or lower --min-gain.',
    ],
    [
      ['--stop', 'two-stage', '--max-samples', '64'],
      'BUDGET_TOO_SMALL',
      'With 64 samples an image, nothing is left behind the pilot of 64 samples.',
      'Raise --max-samples.',
    ],
    [
      ['--stop', 'budget', '--total-samples', '3'],
      'BUDGET_TOO_SMALL',
      'No image can be certified from fewer than 64 samples, its first look, and all images together have 3.',
      'Raise --total-samples or --alpha.',
    ],
    [
      ['--simultaneous', '--max-samples', '10'],
      'BUDGET_TOO_SMALL',
      'With 10 samples and α = 0.001, not even votes that all agree would certify an image.',
      'Raise --max-samples or --alpha.',
    ],
    [
      ['--max-samples', '200000'],
      'SCHEDULE_TOO_LONG',
      'With 200000 samples an image, the bound "spending" would have 13 looks; it takes at most 12.',
      'Use a smaller --max-samples; or --bound anytime without --runner-up, which takes any number of looks.',
    ],
  ])('%j: a claim that no votes would fulfil', (args, code, message, remedy) =>
    expect(() => config(...args)).toThrow(expect.objectContaining({ code, message, remedy })),
  );
});

describe('a number of samples that is written with separators', () => {
  const remedyOf = (...args: string[]): string => {
    try {
      config(...args);
    } catch (error) {
      return (error as SmoothcertError).remedy;
    }
    return 'none is needed';
  };
  const total = (text: string) => remedyOf('--stop', 'budget', '--total-samples', text);

  it.each([
    ['30,000', '30000'],
    ['1 000 000', '1000000'],
    ['1.000.000', '1000000'],
    ['1_000_000', '1000000'],
    ["1'000'000", '1000000'],
    ['12\u202f345', '12345'],
  ])('as %s is refused with its digits', (text, digits) =>
    expect(total(text)).toBe(`Write it without separators, for example ${digits}.`),
  );

  it('is refused so of every flag that takes one', () => {
    const expected = 'Write it without separators, for example 4000.';
    expect(remedyOf('--max-samples', '4,000')).toBe(expected);
    expect(remedyOf('--stop', 'fixed', '--n0', '4,000')).toBe(expected);
    expect(remedyOf('--batch', '4,000')).toBe(expected);
  });

  it.each(['30,00', '1,000.000', '0,000', '3,000,000,000,000,000', '30k', '-30,000', '1,0000', 'x'])(
    '%s is none',
    (text) => expect(total(text)).toBe('See smoothcert certify --help.'),
  );

  it('is not asked for where no whole number is', () =>
    expect(remedyOf('--alpha', '1,000')).toMatch(/^Give the probability of a wrong certificate/));
});

describe('a seed', () => {
  it.each([
    ['0', '0'],
    ['007', '7'],
    ['18446744073709551615', '18446744073709551615'],
  ])('%s is %s', (text, seed) => expect(config('--seed', text).seed).toBe(seed));

  it.each(['', '1.5', '1e3', '18446744073709551616', '999999999999999999999', ' 1', 'x'])(
    '%j is none',
    (text) =>
      expect(() => config('--seed', text)).toThrow(
        expect.objectContaining({
          message: `--seed ${text} is not a whole number from 0 to 2^64 − 1.`,
          remedy: 'Leave it out to have one drawn at random, as you should unless you redraw an earlier job.',
        }),
      ),
  );
});
