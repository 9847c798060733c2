import { describe, expect, it } from 'vitest';

import { foldOf } from '../../test/support/folds.js';
import { TWO_STAGE, allShards, counted, makeJob, makeRecord } from '../../test/support/jobs.js';
import { JobFold } from './job-fold.js';

describe('invalid votes', () => {
  const job = makeJob({ images: 1, looks: [100, 200], stop: { kind: 'gain', minGain: 0 } });
  const withInvalid = (invalid: number) => (_: number, sample: number) => (sample < invalid ? -1 : 3);
  const foldWith = (invalid: number) =>
    foldOf(job, [
      makeRecord(job, { counted: allShards(new JobFold(job)).map((s) => counted(withInvalid(invalid), s)) }),
    ]);

  it('of more than 1 % at a look fail the image', () => {
    const state = foldWith(2).images.get(0)!;
    const detail = '2 of 100 samples had a score that is NaN or +∞, or no finite score.';
    expect(state.ending).toEqual({ outcome: 'failed', code: 'MODEL_OUTPUT_NOT_FINITE', detail });
    expect(state.look).toBe(1);
  });

  it('of exactly 1 % are failures to vote for the leader', () => {
    const state = foldWith(1).images.get(0)!;
    expect(state.ending?.outcome).toBe('certified');
    expect(state.prefixes.map(({ invalid }) => invalid)).toEqual([1, 1]);
    expect(state.held!.deltaUpper).toBeGreaterThan(foldWith(0).images.get(0)!.held!.deltaUpper);
  });

  it('of exactly 1 % are within the limit at any length', () => {
    for (let n = 100; n <= 10_000; n += 100) {
      const one = makeJob({ images: 1, looks: [n] });
      const shards = allShards(new JobFold(one));
      const fold = foldOf(one, [
        makeRecord(one, { counted: shards.map((s) => counted(withInvalid(n / 100), s)) }),
      ]);
      expect(fold.images.get(0)!.ending?.outcome).toBe('certified');
    }
  });

  it('count only where something may be decided', () => {
    const two = makeJob({ ...TWO_STAGE, images: 1 });
    const shards = allShards(new JobFold(two));
    const voter = (_: number, sample: number) => (sample === 70 ? -1 : 3);
    const fold = foldOf(two, [makeRecord(two, { counted: shards.map((s) => counted(voter, s)) })]);
    const state = fold.images.get(0)!;
    // 1 of 80 is more than 1 %, but behind the pilot the image is looked at only once.
    expect(state.prefixes[1]).toMatchObject({ invalid: 1 });
    expect(state.ending).toMatchObject({ outcome: 'certified', stop: 'planned' });
    expect(state.prefixes).toHaveLength(state.due + 1);
  });
});
