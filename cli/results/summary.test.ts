import { describe, expect, it } from 'vitest';

import { JobFold } from '../../coordinator/core/job-fold.js';
import { foldOfVotes } from '../../test/support/folds.js';
import {
  BUDGET,
  FIXED,
  TARGET,
  TWO_STAGE,
  allShards,
  certificate,
  counted,
  makeJob,
  makeRecord,
  voterOf,
  type Voter,
} from '../../test/support/jobs.js';
import type { NoiseSpec } from '../../shared/job.js';
import { scaleOf } from '../../statistics/noises/scale.js';
import { renderSummary } from './summary-text.js';
import { summarize } from './summary.js';

/** Images 0 and 1 certify class 4, 2 abstains, 3 fails; 4 certifies class 5. σ = 0.5. */
const JOB = makeJob({ images: 5, looks: [64, 96, 144], stop: { kind: 'gain', minGain: 0 } });
const voter: Voter = (image, sample) => [4, sample % 16 ? 4 : 0, sample % 2, sample % 20 ? 4 : -1, 5][image]!;
const LABELS = Int32Array.of(4, 4, 0, 4, 4);
const LABELS_OF_SIX = Int32Array.of(0, 1, 2, 3, 4, 5);
const RUN = { seconds: 2, samples: 500 };

const foldOf = (job = JOB, images = [0, 1, 2, 3, 4]) =>
  foldOfVotes(job, voter, ({ image }) => images.includes(image));

describe('the summary', () => {
  const fold = foldOf();
  const radius = (image: number) => certificate(fold, image).radius;
  const summary = summarize(fold, LABELS, RUN);

  it('counts the images by outcome', () => {
    expect(summary).toMatchObject({ images: 5, decided: 5, certified: 3, labelled: true, budget: 144 });
    expect(summary).toMatchObject({ right: 2, wrong: 1 });
    expect(summary.abstained).toEqual({ budget: 1 });
    expect(summary.failed).toEqual({ MODEL_OUTPUT_NOT_FINITE: 1 });
  });

  it('has the average certified radius over ALL images: abstained, failed and wrong ones count as 0', () => {
    expect(summary.acr).toBeCloseTo((radius(0) + radius(1)) / 5, 15);
    expect(summary.meanRadius).toBeCloseTo((radius(0) + radius(1) + radius(4)) / 5, 15);
    expect(radius(0)).toBeGreaterThan(0.7);
    expect(radius(1)).toBeGreaterThan(0.3);
    expect(radius(1)).toBeLessThan(0.6);
  });

  it('has the certified accuracy over all images at radii of round numbers that can be reached', () => {
    expect(summary.accuracy.map(({ radius: r }) => r)).toEqual([0, 0.25, 0.5, 0.75]);
    const at = (r: number) => [0, 1].filter((image) => radius(image) >= r).length / 5;
    expect(summary.accuracy.map(({ share }) => share)).toEqual([0, 0.25, 0.5, 0.75].map(at));
    expect(summary.accuracy[0]!.share).toBe(0.4);
  });

  it('counts the samples that outcomes rest on apart from those that were drawn', () => {
    expect(summary).toMatchObject({
      samples: 64 + 4 * 144,
      usualSamples: 4 * 144,
      seconds: 2,
      samplesPerSecond: 250,
    });
    expect(summary.drawn).toBe(fold.tally.samples);
    expect(summarize(fold, null, { seconds: 0, samples: 0 }).samplesPerSecond).toBe(0);
  });

  it('without labels has shares of certified images, whatever their class, and no ACR', () => {
    const unlabelled = summarize(fold, null, RUN);
    expect(unlabelled).toMatchObject({
      labelled: false,
      acr: null,
      right: null,
      wrong: null,
      meanRadius: summary.meanRadius,
    });
    expect(unlabelled.accuracy[0]!.share).toBe(0.6);
    const text = renderSummary(unlabelled);
    expect(text).toContain('certified share');
    expect(text).not.toMatch(/accuracy|average certified radius/);
  });

  it('forecasts the mean radius of the full budget, but not for `fixed`, which draws it', () => {
    expect(summary.forecastRadius).toBeCloseTo(summary.meanRadius!, 15);
    const stopped = makeJob({ images: 5, looks: [64, 96, 10_000], stop: { kind: 'gain', minGain: 1 } });
    const early = summarize(foldOf(stopped), LABELS, RUN);
    expect(early.forecastRadius).toBeGreaterThan(early.meanRadius!);
    const fixed = summarize(foldOf(makeJob({ ...FIXED, images: 5 })), LABELS, RUN);
    expect(fixed.forecastRadius).toBeNull();
  });

  it.each([
    [0.12, [0, 0.25]],
    [0.25, [0, 0.25, 0.5]],
    [1, [0, 0.25, 0.5, 0.75, 1, 1.5, 2]],
    [100, [0, 25, 50, 75, 100, 150, 200]],
  ])('chooses radii for σ = %f that are those of other σ, as far as it reaches', (scale, radii) => {
    const noise = { ...JOB.draw.noise, scale };
    const { accuracy } = summarize(new JobFold(makeJob({ draw: { noise } })), null, RUN);
    expect(accuracy.map(({ radius: r }) => r)).toEqual(radii);
  });
});

describe('the norms of a summary', () => {
  const lattice = { step: '1/255', ratio: '127.5', largest: 1172, dimension: 3072 };
  const law = { scale: 0.5, generator: 'test', version: 1 };
  const of = (noise: NoiseSpec, more: Parameters<typeof makeJob>[0] = {}) =>
    summarize(foldOf(makeJob({ ...JOB.claim, ...more, images: 5, draw: { noise } })), LABELS, RUN);

  it('are that of the radii, and what a radius is worth in others', () => {
    const gaussian = of({ kind: 'gaussian', ...law, lattice });
    expect(gaussian).toMatchObject({
      norm: 'l2',
      otherNorms: [
        { norm: 'l1', divisor: '1', factor: 1 },
        { norm: 'linf', divisor: '√3072' },
      ],
    });
    expect(renderSummary(gaussian)).toMatch(
      /\n {2}norms +a radius R in L2 is one of R in L1 and of R\/√3072 in L∞, too\n/,
    );
    const laplace = of({ kind: 'laplace', ...law, lattice });
    expect(laplace.norm).toBe('l1');
    expect(renderSummary(laplace)).toMatch(
      /\n {2}norms +a radius R in L1 is one of R\/√3072 in L2 and of R\/3072 in L∞, too\n/,
    );
  });

  it('are no others where nobody says how many elements an input has, or nothing is proved', () => {
    const old = of({ kind: 'gaussian', ...law });
    const clt = of({ kind: 'gaussian', ...law, lattice }, { ...FIXED, bound: 'clt' });
    for (const summary of [old, clt]) {
      expect(summary).toMatchObject({ norm: 'l2', otherNorms: null });
      expect(renderSummary(summary)).not.toContain('norms');
    }
  });

  it.each([
    ['laplace', [0, 0.25]],
    ['uniform', [0, 0.25]],
  ] as const)('go with radii that %s noise reaches', (kind, radii) => {
    const scale = scaleOf(kind, 0.25);
    const { accuracy } = of({ kind, ...law, scale });
    expect(accuracy.map(({ radius: r }) => r)).toEqual(radii);
  });
});

describe('the summary of other rules', () => {
  const valid: Voter = (image, sample) => (image === 3 ? 4 : voter(image, sample));
  const of = (
    options: Parameters<typeof makeJob>[0],
    radii?: number[],
    labels: Int32Array | null = LABELS,
  ) => {
    const job = makeJob({ ...options, images: 5 });
    const fold = new JobFold(job);
    fold.apply(makeRecord(job, { counted: allShards(fold).map((shard) => counted(valid, shard)) }));
    return summarize(fold, labels, radii ? null : RUN, radii);
  };

  it('target: accuracy at its radii, no mean of radii, and the median of the samples', () => {
    const summary = of(TARGET);
    expect(summary).toMatchObject({ certified: 4, abstained: { futile: 1 }, approximate: 0 });
    expect(summary).toMatchObject({ acr: null, meanRadius: null, forecastRadius: null, medianSamples: 512 });
    expect(summary.accuracy).toEqual([
      { radius: 0, share: 0.6 },
      { radius: 0.5, share: 0.6 },
      { radius: 1, share: 0.4 },
    ]);
    const text = renderSummary(summary);
    expect(text).toMatch(/certified accuracy +60\.0 % at 0, 60\.0 % at 0\.5, 40\.0 % at 1\n/);
    expect(text).toMatch(/1 \(the smallest radius was forecast to be out of reach\)\n/);
    expect(text).toContain('; half of the images took at most 512');
    expect(text).not.toMatch(/mean radius|average certified radius/);
  });

  it('target at other radii: what its votes prove there', () => {
    const { accuracy } = of(TARGET, [0.4, 0.5, 0.6, 1, 1.01]);
    expect(accuracy.map(({ share }) => share)).toEqual([0.6, 0.6, 0.4, 0.4, 0.4]);
    const unlabelled = of(TARGET, [0.5], null).accuracy;
    expect(unlabelled).toEqual([{ radius: 0.5, share: 0.8 }]);
  });

  it('two-stage: as gain, without a forecast', () => {
    const summary = of(TWO_STAGE);
    expect(summary).toMatchObject({ certified: 4, abstained: { abstain: 1 }, forecastRadius: null });
    expect(summary.acr).toBeGreaterThan(0.5);
    expect(renderSummary(summary)).toMatch(/mean radius +[.0-9]+\n/);
  });

  it('clt: approximate radii in a line of their own, in no count, share or mean', () => {
    const summary = of({ ...FIXED, bound: 'clt' });
    expect(summary).toMatchObject({ certified: 0, approximate: 4, abstained: { budget: 1 } });
    expect(summary).toMatchObject({ accuracy: [], acr: null, meanRadius: null, forecastRadius: null });
    const text = renderSummary(summary);
    expect(text).toMatch(/\n {2}approximate, no certificate +4\n/);
    expect(text).toMatch(/\n {2}certified +0\n/);
    expect(text).not.toMatch(/accuracy|radius/);
  });

  it('of nothing drawn in this run has no time', () => {
    const summary = of(TARGET, [0.5]);
    expect(summary).toMatchObject({ seconds: null, samplesPerSecond: null });
    expect(renderSummary(summary)).not.toContain('time');
  });
});

describe('the summary of a shared total', () => {
  const job = makeJob({ ...BUDGET, images: 6, stop: { kind: 'budget', totalSamples: 1000 } });
  const samplesOf = (text: string) => text.split('\n').find((line) => line.includes('  samples  '))!;

  it('says what was planned, what was spent, and how it was spread', () => {
    const shared = foldOfVotes(
      job,
      voterOf(5, (image) => (image < 3 ? 1 : 0.2)),
    );
    const summary = summarize(shared, LABELS_OF_SIX, RUN);
    const taken = [0, 1, 2, 3, 4, 5].map((image) => certificate(shared, image).samples).sort((a, b) => a - b);
    const [samples, medianSamples, mostSamples] = [taken.reduce((a, b) => a + b), taken[2]!, taken[5]!];
    expect(summary).toMatchObject({ totalSamples: 1000, samples, medianSamples, mostSamples });
    expect(medianSamples).toBeLessThan(mostSamples);
    expect(samplesOf(renderSummary(summary))).toMatch(
      new RegExp(
        ` ${samples} of a total of 1,000, where .* fewer\\); half of the images took at most ${medianSamples}, none more than ${mostSamples}(;|$)`,
      ),
    );
  });

  it('forecasts what more samples would give, but not for images that got none', () => {
    const voter = voterOf(5, (image) => (image < 3 ? 1 : 0.9));
    const whole = summarize(foldOfVotes(job, voter), LABELS_OF_SIX, RUN);
    expect(whole.forecastRadius).toBeGreaterThan(whole.meanRadius!);
    const fewer = makeJob({ ...BUDGET, images: 6, stop: { kind: 'budget', totalSamples: 320 } });
    expect(summarize(foldOfVotes(fewer, voter), LABELS_OF_SIX, RUN).forecastRadius).toBeNull();
  });

  it('says how many images it did not reach, and compares with nothing then', () => {
    const first = BUDGET.looks[0];
    const few = makeJob({ ...BUDGET, images: 6, stop: { kind: 'budget', totalSamples: 2 * first } });
    const summary = summarize(
      foldOfVotes(
        few,
        voterOf(5, () => 1),
      ),
      LABELS_OF_SIX,
      RUN,
    );
    expect(summary).toMatchObject({ samples: 2 * first, undrawn: 4, abstained: { budget: 4 } });
    const text = renderSummary(summary);
    expect(text).toContain('4 (nothing certified within the budget, 4 of them without a sample)\n');
    expect(text).not.toContain('fewer');
    expect(text).toContain('half of the images took at most 0, none more than');
  });

  it('says before its end how much of it is drawn: its images are decided together', () => {
    const shared = foldOfVotes(
      job,
      voterOf(5, () => 0.8),
      ({ image }) => image < 3,
    );
    const summary = summarize(shared, LABELS_OF_SIX, RUN);
    expect(summary.decided).toBe(0);
    expect(samplesOf(renderSummary(summary))).toMatch(
      new RegExp(
        ` ${shared.tally.samples.toLocaleString('en-US')} of a total of 1,000 drawn; most images are decided at the end, together$`,
      ),
    );
  });
});

describe('the printed summary', () => {
  const rowsOf = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => line.trim().split(/ {2,}/));

  it('says what each figure is of', () => {
    const summary = summarize(foldOf(), LABELS, RUN);
    const rows = rowsOf(renderSummary(summary));
    expect(rows).toEqual([
      ['images', '5'],
      ['certified', '3 (2 right, 1 wrong)'],
      [
        'guarantee',
        'an image gets a certificate that is wrong about the smoothed classifier with probability at most 0.001',
      ],
      ['abstained', '1 (nothing certified within the budget)'],
      ['failed', '1 (MODEL_OUTPUT_NOT_FINITE)'],
      ['certified accuracy', '40.0 % at 0, 40.0 % at 0.25, 20.0 % at 0.5, 20.0 % at 0.75'],
      [
        'rule can reach',
        expect.stringMatching(
          /^0\.\d{4} \(1\.\d\d σ\), which 144 unanimous votes prove; --max-samples 288 goes further$/,
        ),
      ],
      ['average certified radius', summary.acr!.toFixed(4)],
      ['mean radius', expect.stringMatching(/: 100\.0 % of the .* forecast at 144 samples an image$/)],
      ['samples', expect.stringMatching(/^640(;|$)/)],
      ['time', '2.0 s, 250 samples/s in this run'],
    ]);
  });

  it('compares cost and radius with the same number of samples, and says where nothing was saved', () => {
    const stop = { kind: 'gain', minGain: 0.02 } as const;
    const few = (samples: number) => {
      const looks = [64, 96, 144, 200, 300, 500].filter((n) => n <= samples);
      const job = makeJob({ images: 2, looks, stop });
      return summarize(
        foldOfVotes(job, (_, sample) => (sample % 8 === 7 ? 1 : 0)),
        LABELS.slice(0, 2),
        RUN,
      );
    };
    const all = few(500);
    expect(all).toMatchObject({ budget: 500, samples: 1000, usualSamples: 1000 });
    const text = renderSummary(all);
    // Nothing was stopped early, and so there is no word of what that costs or of what would have saved it.
    expect(text).toMatch(/\n {2}mean radius +[.0-9]+\n/);
    expect(text).not.toContain('fixed number');
    expect(text).toMatch(/\n {2}samples +1,000, as many as a fixed 500 an image\n/);
    expect(text).not.toContain('100,000');
    // One bound at the end, with the whole α, is worth more than one at each look.
    expect(all.fixedInstead).toMatchObject({ maxSamples: 400 });
    const early = { ...all, samples: 990 };
    expect(renderSummary(early)).toMatch(
      /\n {2}mean radius +[.0-9]+: 100\.0 % of the [.0-9]+ forecast at 500 samples an image\n/,
    );
    expect(renderSummary(early)).toMatch(
      /\n {2}fixed number +as good here: --stop fixed --max-samples 400 is forecast to give a mean radius of 0\.\d{4}, where this job has 0\.\d{4}, for as many samples\n/,
    );
    const forecast = all.fixedInstead!.meanRadius;
    expect(forecast).toBeGreaterThan(all.meanRadius!);
    const more = renderSummary({ ...early, meanRadius: forecast + 1e-4 });
    expect(more).toMatch(/\n {2}fixed number +nearly as good here: --stop fixed /);
    expect(renderSummary({ ...early, meanRadius: forecast })).toMatch(/\n {2}fixed number +as good here: /);
    expect(renderSummary(early)).toContain('990 where a fixed 500 an image draw 1,000;');
    expect(renderSummary({ ...all, samples: 100 })).toContain('draw 1,000 (10.0 × fewer);');
  });

  it('has shares of 0 at the end of the curve as one', () => {
    const whole = summarize(foldOf(), LABELS, RUN);
    const accuracy = [0.5, 0, 0.25, 0, 0].map((share, at) => ({ radius: at / 4, share }));
    expect(renderSummary({ ...whole, accuracy })).toContain(
      '  50.0 % at 0, 0.0 % at 0.25, 25.0 % at 0.5, 0.0 % from 0.75 on\n',
    );
    expect(renderSummary({ ...whole, accuracy: accuracy.slice(0, 4) })).toContain(', 0.0 % at 0.75\n');
  });

  it('of an unfinished job has no shares and no means: the images decided first are special', () => {
    const rows = rowsOf(renderSummary(summarize(foldOf(JOB, [0, 2]), LABELS, RUN)));
    expect(rows.map(([name]) => name)).toEqual(['images', 'certified', 'guarantee', 'abstained', 'time']);
    expect(rows[0]![1]).toBe('5, 2 decided so far');
  });

  it('of nothing at all prints no nonsense', () => {
    const broken = new JobFold(JOB);
    const failedImages = [0, 1, 2, 3, 4].map((image) => ({ image, code: 'CHILD_DIED' as const, detail: '' }));
    broken.apply(makeRecord(JOB, { failedImages }));
    const text = renderSummary(summarize(broken, LABELS, RUN));
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
    // One line for both means: they are equal, as they are wherever no certificate is wrong.
    expect(text).toMatch(/\n {2}average certified radius +0\.0000\n/);
    expect(text).not.toContain('mean radius');
    const right = { ...summarize(foldOf(), LABELS, RUN), acr: 0.25, meanRadius: 0.25, forecastRadius: 0.5 };
    expect(renderSummary(right)).toMatch(
      /average certified radius +0\.2500: 50\.0 % of the 0\.5000 forecast at/,
    );
    const whole = summarize(foldOf(), LABELS, RUN);
    expect(renderSummary({ ...whole, abstained: { abstain: 2, other: 1 } })).toMatch(
      /2 \(more samples were forecast not to pay\)\n +abstained +1 \(other\)\n/,
    );
    expect(renderSummary({ ...whole, drawn: whole.samples + 1000 })).toContain(
      '; 1,640 drawn with work ahead',
    );
    expect(renderSummary({ ...whole, forecastRadius: null })).toMatch(/mean radius +[.0-9]+\n/);
  });
});

describe('the summary of a job with the runner-up', () => {
  const job = makeJob({ ...FIXED, images: 5, claim: { runnerUp: true } });

  it('says so beside the radii, and of no other job', () => {
    const summary = summarize(foldOf(job), LABELS, RUN);
    expect(summary.runnerUp).toBe(true);
    expect(renderSummary(summary)).toMatch(
      /\n {2}proved by +a bound on the class and one on the runner-up \(--runner-up\)\n/,
    );
    const other = summarize(foldOf(makeJob({ ...FIXED, images: 5 })), LABELS, RUN);
    expect(other.runnerUp).toBe(false);
    expect(renderSummary(other)).not.toContain('runner-up');
  });
});
