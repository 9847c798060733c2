import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { shardsOfSegment, type Shard } from '../../shared/shards.js';
import { compileBound } from '../../statistics/bounds/bounds.js';
import { anytimeDelta } from '../../statistics/confidence-sequence.js';
import { forecastZ, hopefulZ } from '../../statistics/forecast.js';
import { gaussian } from '../../statistics/noises/gaussian.js';
import { looksFor } from '../../statistics/schedule.js';
import { split } from '../../test/support/deliveries.js';
import { foldOf } from '../../test/support/folds.js';
import {
  allShards,
  certificate,
  counted,
  makeJob,
  makeRecord,
  rowsOf,
  voterOf,
  type Voter,
} from '../../test/support/jobs.js';
import { JobFold } from './job-fold.js';

type SharedBound = 'spending' | 'anytime';

function jobOf(bound: SharedBound, images: number, totalSamples: number, maxSamples: number) {
  const stop = { kind: 'budget', totalSamples } as const;
  return makeJob({ bound, images, stop, looks: looksFor(stop, bound, maxSamples), alpha: 0.01 });
}

const P = [1, 0.999, 0.97, 0.9, 0.7, 0.55, 0.5, 0.3];
const voter = voterOf(3, (image) => P[image % P.length]!);

/** Draws what may be drawn, one shard at a time, those first that `pick` names, until the job is done. Returns the shards drawn. */
function drawInOrder(fold: JobFold, votes: Voter, pick: () => number): Shard[] {
  const drawn = [];
  for (let wanted = wantedOf(fold); wanted.length > 0; wanted = wantedOf(fold)) {
    const shard = wanted[pick() % wanted.length]!;
    drawn.push(shard);
    fold.apply(makeRecord(fold.job, { counted: [counted(votes, shard)] }));
  }
  return drawn;
}

/** Draws round by round, until the job is done. Returns the shards drawn. */
function drawAll(fold: JobFold, votes: Voter): Shard[] {
  const drawn = [];
  for (let wanted = wantedOf(fold); wanted.length > 0; wanted = wantedOf(fold)) {
    drawn.push(...wanted);
    fold.apply(makeRecord(fold.job, { counted: wanted.map((shard) => counted(votes, shard)) }));
  }
  return drawn;
}

const wantedOf = (fold: JobFold): Shard[] =>
  [...fold.images].flatMap(([image, { look, due, ending }]) =>
    ending !== null || look > due ? [] : fold.missing(image, look),
  );

const samplesOf = (fold: JobFold): number[] =>
  [...fold.images.keys()].map((image) => certificate(fold, image).samples);
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/**
 * The allocation a second time, from its definition alone: it asks the votes themselves, knows no shards that come and go, and sorts anew
 * for each image that it moves. Returns how many samples each image gets.
 */
function definition(bound: SharedBound, images: number, total: number, max: number, votes: Voter): number[] {
  const looks = looksFor({ kind: 'budget', totalSamples: total }, bound, max);
  const compiled = compileBound({ bound, alpha: 0.01, looks }, gaussian);
  const all = Array.from({ length: images }, (_, image) => ({
    image,
    look: -1,
    z: 0,
    gain: 0,
    failing: 1,
    n: 0,
  }));
  type Image = (typeof all)[number];
  let left = total;
  const failuresOf = (image: number, n: number): number => {
    const times = new Map<number, number>();
    for (let sample = 0; sample < n; sample++) {
      const vote = votes(image, sample);
      times.set(vote, (times.get(vote) ?? 0) + 1);
    }
    return n - Math.max(...times.values());
  };
  const costOf = ({ look, n }: Image): number => (looks[look + 1] ?? Infinity) - n;
  const move = (one: Image): void => {
    left -= costOf(one);
    one.look += 1;
    one.n = looks[one.look]!;
    const failures = failuresOf(one.image, one.n);
    one.failing = failures / one.n;
    one.z = Math.max(one.z, compiled.certify(one.look, failures, one.n)?.z ?? 0);
    const later = looks.map((_, k) => k).filter((k) => k > one.look && (one.z === 0 || k === one.look + 1));
    const forecast = one.z === 0 ? hopefulZ : forecastZ;
    const gains = later.map(
      (k) => (forecast(compiled, looks, k, failures, one.n) - one.z) / (looks[k]! - one.n),
    );
    one.gain = Math.max(0, ...gains);
  };
  for (const one of all) if (costOf(one) <= left) move(one);
  const better = (a: Image, b: Image): boolean => {
    if (a.gain !== b.gain) return a.gain > b.gain;
    return a.gain > 0 || a.failing === b.failing ? a.image < b.image : a.failing < b.failing;
  };
  const best = (some: readonly Image[]) =>
    some.reduce((a: Image | null, b) => (a !== null && better(a, b) ? a : b), null);
  const round = (may: (one: Image) => boolean): boolean => {
    const chosen: Image[] = [];
    let spare = left;
    while (chosen.length < Math.ceil(images / 16)) {
      const next = best(all.filter((one) => !chosen.includes(one) && may(one) && costOf(one) <= spare));
      if (next === null) break;
      spare -= costOf(next);
      chosen.push(next);
    }
    chosen.forEach(move);
    return chosen.length > 0;
  };
  while (round(({ gain }) => gain > 0) || round(() => true));
  const rest = all.filter(({ look }) => look + 1 < looks.length);
  while (rest.length > 0) {
    const next = best(rest)!;
    rest.splice(rest.indexOf(next), 1);
    for (const { begin, end } of shardsOfSegment(next.n, looks[next.look + 1]!)) {
      if (end - begin > left) break;
      left -= end - begin;
      next.n = end;
    }
  }
  return all.map(({ n }) => n);
}

const setups = fc.record({
  bound: fc.constantFrom('spending', 'anytime' as const),
  images: fc.integer({ min: 1, max: 40 }),
  mean: fc.integer({ min: 20, max: 1500 }),
  max: fc.integer({ min: 70, max: 1500 }),
  seed: fc.nat(),
});

const picksOf: fc.Arbitrary<Iterator<number, number>> = fc.infiniteStream(fc.nat());

describe('samples that are shared out', () => {
  it('go where the definition says', () => {
    fc.assert(
      fc.property(setups, ({ bound, images, mean, max, seed }) => {
        const total = Math.max(64, images * mean);
        const votes = voterOf(seed, (image) => P[(image + seed) % P.length]!);
        const job = jobOf(bound, images, total, max);
        if (total < job.claim.looks[0]!) return;
        const fold = new JobFold(job);
        drawAll(fold, votes);
        expect(samplesOf(fold)).toEqual(definition(bound, images, total, max, votes));
      }),
      { numRuns: 25 },
    );
  });

  it('are never more than the total, and no shard more would fit, whatever the order of arrival', () => {
    fc.assert(
      fc.property(setups, picksOf, ({ bound, images, mean, max, seed }, picks) => {
        const total = Math.max(90, Math.ceil((images * mean) / 4));
        const votes = voterOf(seed, (image) => P[(image + seed) % P.length]!);
        const job = jobOf(bound, Math.min(images, 12), total, max);
        const [some, other] = [new JobFold(job), new JobFold(job)];
        const drawn = drawInOrder(some, votes, () => picks.next().value);
        drawAll(other, votes);
        expect(rowsOf(some)).toEqual(rowsOf(other));
        expect(some.isDone()).toBe(true);
        const spent = sum(drawn.map(({ begin, end }) => end - begin));
        expect(sum(samplesOf(some))).toBe(spent);
        expect(spent).toBeLessThanOrEqual(total);
        const next = samplesOf(some).map((n) => some.grid.segments.flat().find(({ begin }) => begin === n));
        const lengths = next.filter((shard) => shard !== undefined).map(({ begin, end }) => end - begin);
        for (const length of lengths) expect(spent + length).toBeGreaterThan(total);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a total', () => {
  const job = jobOf('spending', 4, 200, 1000);

  it('that does not reach all images leaves the last ones without a sample, and they abstain', () => {
    const fold = new JobFold(job);
    drawAll(fold, () => 3);
    expect(samplesOf(fold)).toEqual([64, 64, 64, 0]);
    const none = {
      outcome: 'abstained',
      stop: 'budget',
      samples: 0,
      looks: [],
      proved_by: null,
      class: null,
    };
    expect(certificate(fold, 3)).toMatchObject({ ...none, counts: { classes: [], votes: [], invalid: 0 } });
    expect(certificate(fold, 0)).toMatchObject({ outcome: 'certified', stop: 'budget' });
  });

  it('that is enough for all draws all of them to the end', () => {
    const fold = new JobFold(jobOf('anytime', 3, 1e15, 500));
    drawAll(fold, voter);
    expect(samplesOf(fold)).toEqual([500, 500, 500]);
  });

  it('is charged for an image that fails, and not spent again', () => {
    const fold = new JobFold(jobOf('spending', 2, 320, 1000));
    const failedImages = [{ image: 0, code: 'CHILD_DIED', detail: '' }] as const;
    fold.apply(makeRecord(fold.job, { failedImages }));
    const drawn = drawAll(fold, () => 3);
    expect(sum(drawn.map(({ begin, end }) => end - begin))).toBe(256);
    expect(fold.images.get(0)!.ending).toMatchObject({ outcome: 'failed' });
    expect(samplesOf(fold)).toEqual([0, 256]);
  });

  it('goes on without an image that fails in a round that all others have drawn', () => {
    const fold = new JobFold(jobOf('spending', 3, 512, 1000));
    const [first, ...others] = wantedOf(fold);
    fold.apply(makeRecord(fold.job, { counted: others.map((shard) => counted(() => 3, shard)) }));
    expect(wantedOf(fold)).toEqual([first]);
    const failed = [1, 2, 3].map(() => ({ shard: first!, code: 'INFERENCE_FAILED', detail: 'x' }) as const);
    fold.apply(makeRecord(fold.job, { failed }));
    const toGiveUp = [...fold.toGiveUp.values()];
    expect(toGiveUp).toEqual([{ image: 0, code: 'INFERENCE_FAILED', detail: 'x' }]);
    const { decided, allotted } = fold.apply(makeRecord(fold.job, { failedImages: toGiveUp }));
    expect(decided).toEqual([0]);
    expect(allotted).toEqual([1]);
  });

  it('goes on without an image that has too many invalid votes', () => {
    const fold = new JobFold(jobOf('anytime', 2, 700, 400));
    drawAll(fold, (image, sample) => (image === 0 && sample % 5 === 0 ? -1 : 3));
    expect(certificate(fold, 0)).toMatchObject({ outcome: 'failed', samples: 64 });
    expect(certificate(fold, 1)).toMatchObject({ outcome: 'certified', samples: 400 });
  });
});

describe('the last look of an image, if it is not whole', () => {
  it('sees exactly the shards that were allotted, also where others came before', () => {
    const fold = new JobFold(jobOf('anytime', 1, 5000, 10_000));
    const all = allShards(fold).map((shard) => counted(voter, shard));
    const expected = drawn('anytime', 5000);
    const shuffled = [...all.slice(3), ...all.slice(0, 3)];
    expect(rowsOf(foldOf(fold.job, split(fold.job, shuffled, [7])))).toEqual(rowsOf(expected));
    const row = certificate(expected, 0);
    expect(fold.job.claim.looks).not.toContain(row.samples);
    expect(row.looks.at(-1)!.n).toBe(row.samples);
    expect(5000 - row.samples).toBeLessThan(160);
  });

  it('of anytime is asked at the number that was drawn', () => {
    const row = certificate(drawn('anytime', 5000), 0);
    expect(row.samples).toBe(4971);
    expect(row.proved_by).toEqual({ begin: 0, end: row.samples });
    const radius = 0.5 * gaussian.radiusOf(anytimeDelta(0, row.samples, 0.01)!);
    expect(Math.abs(row.radius / radius - 1)).toBeLessThan(1e-7);
  });

  it('of spending counts what was not drawn as failures', () => {
    const claim = { bound: 'spending', alpha: 0.01, looks: [64, 128, 256] } as const;
    const bound = compileBound(claim, gaussian);
    for (const undrawn of [0, 1, 64, 100]) {
      expect(bound.certify(2, 3, 256 - undrawn)).toEqual(bound.certify(2, 3 + undrawn, 256));
    }
    expect(bound.certify(2, 3, 255)!.z).toBeLessThan(bound.certify(2, 3, 256)!.z);
    // More samples than the look has prove no more than the look.
    expect(bound.certify(2, 3, 1000)).toEqual(bound.certify(2, 3, 256));
  });

  function drawn(bound: SharedBound, total: number): JobFold {
    const fold = new JobFold(jobOf(bound, 1, total, 10_000));
    drawAll(fold, voter);
    return fold;
  }
});
