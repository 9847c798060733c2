import { describe, expect, it } from 'vitest';

import { JOB_RANGES } from '../../shared/job-limits.js';
import type { BoundName, Claim, RuleName, StoppingRule } from '../../shared/job.js';
import { makeJob } from '../../test/support/jobs.js';
import { checkJob, faultsOfClaim, faultsOfRadii, type JobChoices, type JobFault } from './check-job.js';

const JOB: JobChoices = {
  images: null,
  noise: 'gaussian',
  sigma: 0.5,
  seed: '1',
  normalisation: { inputScale: 1, mean: [0], std: [1] },
  layout: 'auto',
  output: null,
  batch: null,
  device: 'cpu',
  alpha: 0.001,
  bound: 'spending',
  stop: { kind: 'gain', minGain: 0.02 },
  maxSamples: 100_000,
  runnerUp: false,
  simultaneous: false,
};
const TWO_STAGE = { stop: { kind: 'two-stage', minGain: 0.02 }, bound: 'clopper-pearson' } as const;
const FIXED = { stop: { kind: 'fixed', selection: 100 }, bound: 'clopper-pearson' } as const;
const RULES: Readonly<Record<RuleName, StoppingRule>> = {
  gain: JOB.stop,
  target: { kind: 'target', radii: ['0.5'] },
  'two-stage': TWO_STAGE.stop,
  fixed: FIXED.stop,
  budget: { kind: 'budget', totalSamples: 1e6 },
  predict: { kind: 'predict' },
};
const target = (...radii: string[]) => ({ stop: { kind: 'target', radii }, bound: 'anytime' }) as const;
const normalisation = (more: Partial<JobChoices['normalisation']>) => ({
  normalisation: { ...JOB.normalisation, ...more },
});
const ascending = (length: number) => Array.from({ length }, (_, i) => `${i / 1000}`);
const faultsOf = (more: Partial<JobChoices>) => checkJob({ ...JOB, ...more });

describe('a job without faults', () => {
  it.each<[string, Partial<JobChoices>]>([
    ['of gain', {}],
    ['at the largest numbers', { sigma: 1e6, alpha: 0.25, batch: 4096, seed: '18446744073709551615' }],
    ['at the smallest numbers', { sigma: 1e-300, alpha: 1e-12, batch: 1, seed: '0' }],
    ['of all images from the third on', { images: { start: 2, stop: null, step: 16_777_216 } }],
    ['of some images', { images: { start: 0, stop: 16_777_216, step: 1 } }],
    ['of many channels', normalisation({ mean: new Array<number>(4096).fill(-1e9), std: [1e9, 0.1] })],
    ['of an output', { output: 'x'.repeat(4096) }],
    ['of target', target('0', '0.5', '1.00')],
    ['of as many radii as there may be', target(...ascending(1024))],
    ['of two-stage', TWO_STAGE],
    ['of fixed', FIXED],
    [
      'of fixed with as many samples as there may be, twice',
      { ...FIXED, stop: { kind: 'fixed', selection: 1e9 }, maxSamples: 1e9 },
    ],
    ['of fixed with clt, whatever its samples', { ...FIXED, bound: 'clt', maxSamples: 1 }],
  ])('%s', (_, more) => expect(faultsOf(more)).toEqual([]));
});

const outOfRange = (field: keyof typeof JOB_RANGES, value: number, at?: number): JobFault => ({
  reason: 'out-of-range',
  field,
  value,
  range: JOB_RANGES[field],
  ...(at === undefined ? {} : { at }),
});

describe('a field of a job', () => {
  it.each<[Partial<JobChoices>, JobFault]>([
    [{ sigma: 0 }, outOfRange('sigma', 0)],
    [{ sigma: NaN }, outOfRange('sigma', NaN)],
    [{ sigma: 1e6 + 1 }, outOfRange('sigma', 1e6 + 1)],
    [{ alpha: 0.26 }, outOfRange('alpha', 0.26)],
    [{ alpha: 9e-13 }, outOfRange('alpha', 9e-13)],
    [{ batch: 0 }, outOfRange('batch', 0)],
    [{ batch: 1.5 }, outOfRange('batch', 1.5)],
    [{ batch: 4097 }, outOfRange('batch', 4097)],
    [{ maxSamples: 0 }, outOfRange('maxSamples', 0)],
    [{ maxSamples: 1e9 + 1 }, outOfRange('maxSamples', 1e9 + 1)],
    [{ stop: { kind: 'gain', minGain: -1 } }, outOfRange('minGain', -1)],
    [{ ...TWO_STAGE, stop: { kind: 'two-stage', minGain: Infinity } }, outOfRange('minGain', Infinity)],
    [{ ...FIXED, stop: { kind: 'fixed', selection: 0 } }, outOfRange('selection', 0)],
    [normalisation({ inputScale: 0 }), outOfRange('inputScale', 0)],
    [normalisation({ mean: [0, NaN] }), outOfRange('mean', NaN, 1)],
    [normalisation({ std: [0] }), outOfRange('std', 0, 0)],
    [normalisation({ mean: [] }), { reason: 'count', field: 'mean', count: 0, most: 4096 }],
    [
      normalisation({ std: new Array<number>(4097).fill(1) }),
      { reason: 'count', field: 'std', count: 4097, most: 4096 },
    ],
    [target(), { reason: 'count', field: 'radii', count: 0, most: 1024 }],
    [target(...ascending(1025)), { reason: 'count', field: 'radii', count: 1025, most: 1024 }],
    [target('0.5', '0.50'), { reason: 'not-radii', field: 'radii', radii: ['0.5', '0.50'] }],
    [target('1e-3'), { reason: 'not-radii', field: 'radii', radii: ['1e-3'] }],
    [target('-1'), { reason: 'not-radii', field: 'radii', radii: ['-1'] }],
    [target(`0.${'1'.repeat(63)}`), { reason: 'not-radii', field: 'radii', radii: [`0.${'1'.repeat(63)}`] }],
    [{ output: '' }, { reason: 'text-length', field: 'output', length: 0, most: 4096 }],
    [{ output: 'x'.repeat(4097) }, { reason: 'text-length', field: 'output', length: 4097, most: 4096 }],
  ])('is named with its numbers: %j', (more, fault) => expect(faultsOf(more)).toEqual([fault]));

  it.each(['18446744073709551616', '01', '', '-1', '1e3', 'x'])('is no seed: %j', (seed) =>
    expect(faultsOf({ seed })).toEqual([{ reason: 'not-a-seed', field: 'seed', seed, limit: 2n ** 64n }]),
  );

  it.each([
    { start: 1, stop: 1, step: 1 },
    { start: -1, stop: 1, step: 1 },
    { start: 0, stop: 16_777_217, step: 1 },
    { start: 0, stop: 1.5, step: 1 },
    { start: 0, stop: 1, step: 0 },
    { start: 0, stop: 1, step: 16_777_217 },
    { start: 16_777_216, stop: null, step: 1 },
  ])('is no range of images: %j', (images) =>
    expect(faultsOf({ images })).toEqual([
      { reason: 'not-a-range-of-images', field: 'images', images, most: 16_777_216 },
    ]),
  );

  it('is a pair that is not offered, with the reason and what proves something instead', () => {
    expect(faultsOf({ ...FIXED, bound: 'anytime' })).toEqual([
      {
        reason: 'pair-not-offered',
        field: 'bound',
        rule: 'fixed',
        bound: 'anytime',
        why: expect.stringMatching(/^it looks once/) as string,
        offered: ['clopper-pearson'],
      },
    ]);
    expect(faultsOf({ bound: 'clt' })).toMatchObject([{ offered: ['spending', 'anytime'] }]);
  });

  it.each<[RuleName, BoundName, RegExp, BoundName[]]>([
    ['gain', 'clopper-pearson', /35 times/, ['spending', 'anytime']],
    ['gain', 'clt', /is no bound/, ['spending', 'anytime']],
    ['target', 'spending', /more often than the tables/, ['anytime']],
    ['target', 'clopper-pearson', /35 times/, ['anytime']],
    ['target', 'clt', /is no bound/, ['anytime']],
    ['two-stage', 'spending', /looks once/, ['clopper-pearson']],
    ['two-stage', 'anytime', /looks once/, ['clopper-pearson']],
    ['two-stage', 'clt', /is no bound/, ['clopper-pearson']],
    ['fixed', 'spending', /looks once/, ['clopper-pearson']],
    ['fixed', 'anytime', /looks once/, ['clopper-pearson']],
  ])('is the pair of %s and %s', (rule, bound, why, offered) => {
    const fault = {
      reason: 'pair-not-offered',
      rule,
      bound,
      why: expect.stringMatching(why) as string,
      offered,
    };
    expect(faultsOf({ stop: RULES[rule], bound })).toMatchObject([fault]);
  });

  it.each<[Partial<JobChoices>, RegExp | null]>([
    [{}, null],
    [FIXED, null],
    [{ bound: 'anytime' }, /"anytime" bounds no probability below one half$/],
    [target('0.5'), /votes for the class alone$/],
    [TWO_STAGE, /votes for the class alone$/],
    [{ ...FIXED, bound: 'clt' }, /is no bound$/],
    [{ stop: { kind: 'budget', totalSamples: 1e6 } }, /votes for the class alone$/],
    [{ noise: 'laplace' }, /is about Gaussian noise$/],
    [{ ...FIXED, noise: 'uniform' }, /is about Gaussian noise$/],
  ])('is the runner-up with %j', (more, why) => {
    const { stop, bound, noise } = { ...JOB, ...more };
    const fault = { reason: 'runner-up-not-offered', field: 'runnerUp', rule: stop.kind, bound, noise };
    expect(faultsOf({ ...more, runnerUp: true })).toEqual(
      why === null ? [] : [{ ...fault, why: expect.stringMatching(why) as string }],
    );
  });

  it('is not told twice of a pair that is not offered at all', () => {
    const faults = faultsOf({ ...FIXED, bound: 'spending', runnerUp: true });
    expect(faults.map(({ reason }) => reason)).toEqual(['pair-not-offered']);
  });

  it('does not hide another one', () => {
    const faults = faultsOf({ sigma: -1, alpha: 0.5, bound: 'clt', seed: 'x', maxSamples: 1 });
    expect(faults.map(({ field }) => field)).toEqual(['sigma', 'seed', 'alpha', 'bound']);
  });
});

describe('a claim that no votes would fulfil', () => {
  it.each<[string, Partial<JobChoices>, JobFault]>([
    [
      'has too few samples',
      { maxSamples: 10 },
      {
        reason: 'budget-too-small',
        field: 'maxSamples',
        samples: 10,
        alpha: 0.001,
        together: null,
        rule: 'gain',
        wanted: null,
      },
    ],
    [
      'asks for a radius that is too large',
      { ...target('0.5', '2.50'), maxSamples: 1000 },
      {
        reason: 'budget-too-small',
        field: 'maxSamples',
        samples: 1000,
        alpha: 0.001,
        together: null,
        rule: 'target',
        wanted: { radius: '2.50', noise: { kind: 'gaussian', scale: 0.5 } },
      },
    ],
    [
      'asks for more than a second stage gives',
      { ...TWO_STAGE, stop: { kind: 'two-stage', minGain: 1000 } },
      {
        reason: 'budget-too-small',
        field: 'maxSamples',
        samples: 100_000,
        alpha: 0.001,
        together: null,
        rule: 'two-stage',
        wanted: null,
      },
    ],
    [
      'ends with the pilot',
      { ...TWO_STAGE, maxSamples: 64 },
      { reason: 'nothing-behind-pilot', field: 'maxSamples', samples: 64, pilot: 64 },
    ],
    [
      'has too many looks for spending',
      { maxSamples: 200_000 },
      { reason: 'too-many-looks', field: 'maxSamples', samples: 200_000, looks: 13, most: 12 },
    ],
  ])('%s', (_, more, fault) => expect(faultsOf(more)).toEqual([fault]));

  it('is a radius of more noise scales than a number holds', () => {
    expect(faultsOf({ ...target('0.25'), sigma: 1e-310 })).toMatchObject([
      { reason: 'budget-too-small', field: 'maxSamples', wanted: { radius: '0.25' } },
    ]);
  });

  it('asks for a radius that the noise cannot reach, whatever the votes', () => {
    const scale = 0.5 / (1 / Math.sqrt(3));
    expect(scale).toBeCloseTo(0.5 * Math.sqrt(3), 15);
    expect(faultsOf({ ...target('0.25', '0.87'), noise: 'uniform' })).toEqual([
      {
        reason: 'out-of-reach',
        field: 'radii',
        wanted: { radius: '0.87', noise: { kind: 'uniform', scale } },
        farthest: scale,
      },
    ]);
    expect(faultsOf({ ...target('0.25', '0.86'), noise: 'uniform' })).toEqual([]);
    expect(faultsOf({ ...target('0.25', '0.87'), noise: 'laplace' })).toEqual([]);
  });

  it('names σ and λ where the samples are too few for a radius of Laplace noise', () => {
    expect(faultsOf({ ...target('9'), noise: 'laplace', maxSamples: 1000 })).toMatchObject([
      {
        reason: 'budget-too-small',
        wanted: { radius: '9', noise: { kind: 'laplace', scale: 0.5 / Math.SQRT2 } },
      },
    ]);
  });

  it('names the total where it brings no image to a look, or the samples of an image where no total would', () => {
    const budget = (totalSamples: number) => ({ stop: { kind: 'budget', totalSamples } }) as const;
    expect(faultsOf(budget(63))).toEqual([
      {
        reason: 'total-too-small',
        field: 'totalSamples',
        total: 63,
        least: 64,
        isFirstLook: true,
        alpha: JOB.alpha,
        together: null,
      },
    ]);
    expect(faultsOf({ ...budget(63), maxSamples: 5 })).toMatchObject([
      { reason: 'budget-too-small', field: 'maxSamples', samples: 5 },
    ]);
    expect(faultsOf(budget(64))).toEqual([]);
    expect(faultsOf(budget(0.5))).toMatchObject([{ reason: 'out-of-range', field: 'totalSamples' }]);
    expect(faultsOf(budget(1e15 + 1))).toMatchObject([{ reason: 'out-of-range', field: 'totalSamples' }]);
  });

  it('is not looked for where a field is wrong', () => {
    expect(faultsOf({ maxSamples: 1, sigma: 0 }).map(({ field }) => field)).toEqual(['sigma']);
  });

  it('is not confused with a fault of ours', () => {
    const broken = { ...JOB, stop: { kind: 'fixed' } } as unknown as JobChoices;
    expect(() => checkJob({ ...broken, stop: null } as unknown as JobChoices)).toThrow(TypeError);
  });
});

it('radii that are asked for later are checked alike', () => {
  expect(faultsOfRadii(['0.25', '0.5'])).toEqual([]);
  expect(faultsOfRadii([])).toEqual([{ reason: 'count', field: 'radii', count: 0, most: 1024 }]);
});

describe('the claim of a job that was read', () => {
  const job = makeJob();
  const faultsWith = (change: Partial<Claim>) => {
    const claim = { ...job.claim, ...change };
    return faultsOfClaim({ ...job, draw: { ...job.draw, segments: claim.looks }, claim });
  };

  it('is checked like that of a new one', () => {
    expect(faultsWith({})).toEqual([]);
    expect(faultsWith({ alpha: 0.5 })).toEqual([outOfRange('alpha', 0.5)]);
    expect(faultsWith({ bound: 'clt' })).toMatchObject([{ reason: 'pair-not-offered' }]);
    expect(faultsWith({ looks: [2] })).toMatchObject([{ reason: 'budget-too-small', samples: 2 }]);
  });

  it('has the runner-up only where it is offered', () => {
    expect(faultsWith({ runnerUp: true, bound: 'spending' })).toEqual([]);
    expect(faultsWith({ runnerUp: true, bound: 'anytime' })).toMatchObject([
      { reason: 'runner-up-not-offered', noise: 'gaussian' },
    ]);
  });

  it('is about samples that are drawn look by look', () => {
    const draw = { ...job.draw, segments: [...job.draw.segments.slice(0, -1), 1e6] };
    expect(() => faultsOfClaim({ ...job, draw })).toThrow(/samples that are not drawn look by look/);
  });

  it('has looks that are a schedule of its rule', () => {
    expect(() => faultsWith({ stop: { kind: 'fixed', selection: 10 }, bound: 'clopper-pearson' })).toThrow(
      /No theorem covers this claim: the looks/,
    );
  });
});

describe('a job about all its images together', () => {
  it('is refused with a bound that proves nothing', () => {
    expect(faultsOf({ ...FIXED, bound: 'clt', simultaneous: true })).toEqual([
      { reason: 'nothing-to-claim', field: 'simultaneous', bound: 'clt' },
    ]);
  });

  const together = (alpha: number, maxSamples: number, stop: number) =>
    checkJob({ ...JOB, alpha, maxSamples, simultaneous: true }, { start: 0, stop, step: 1 });

  it('is held against the level of one of them', () => {
    expect(together(0.001, 100_000, 500)).toEqual([]);
    expect(together(1e-10, 100_000, 500)).toEqual([
      {
        reason: 'level-too-small',
        field: 'alpha',
        together: { alpha: 1e-10, images: 500 },
        level: expect.closeTo(2e-13, 20) as number,
        least: 1e-12,
      },
    ]);
    expect(together(0.001, 11, 1)).toEqual([]);
    expect(together(0.001, 11, 500)).toMatchObject([
      { reason: 'budget-too-small', field: 'maxSamples', together: { alpha: 0.001, images: 500 } },
    ]);
  });
});
