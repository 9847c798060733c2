import { expect, it } from 'vitest';
import { TWO_STAGE, makeJob } from '../../test/support/jobs.js';
import { foldOfVotes } from '../../test/support/folds.js';
import { standingsOf } from './standings.js';

const LOOKS = [64, 128, 256, 512];

it('puts images together that have drawn as much with as many failures, decided or not', () => {
  const job = makeJob({ images: 5, looks: LOOKS });
  // Images 0 and 1: 64 of one class; 2: half of each class; 3: all samples; 4: none.
  const fold = foldOfVotes(
    job,
    (image, sample) => (image === 2 ? sample % 2 : 3),
    ({ image, begin }) => image === 3 || (image < 3 && begin < 64),
  );
  const { groups, fresh, decidedSamples, plannedSamples } = standingsOf(fold);
  expect({ fresh, plannedSamples }).toEqual({ fresh: 1, plannedSamples: 0 });
  const ended = [...fold.images.values()].filter(({ ending }) => ending !== null);
  expect(ended.length).toBeGreaterThan(0);
  const samples = ended.map(({ prefixes }) => LOOKS[prefixes.length - 1]!);
  expect(decidedSamples).toBe(samples.reduce((a, b) => a + b, 0));
  const clear = groups.find(({ failures, look }) => failures === 0 && look === 1)!;
  expect(clear).toMatchObject({ samples: 64, images: 2, undecided: 2 });
  const torn = groups.find(({ failures }) => failures > 0)!;
  expect(torn).toMatchObject({ look: 1, samples: 64, images: 1 });
  expect(torn.failures).toBeCloseTo(32, 0);
  const all = groups.reduce((sum, { images }) => sum + images, 0);
  expect(all).toBe(4);
});

it('counts the samples that a pilot has planned', () => {
  const job = makeJob({ ...TWO_STAGE, images: 2 });
  const fold = foldOfVotes(
    job,
    () => 3,
    ({ begin }) => begin < 64,
  );
  const { due } = fold.images.get(0)!;
  expect(standingsOf(fold)).toMatchObject({ fresh: 0, plannedSamples: 2 * job.claim.looks[due]! });
  expect(standingsOf(fold).groups.map(({ undecided }) => undecided)).toEqual([0]);
});

it('of predict counts the votes of the two leading classes alone', () => {
  const job = makeJob({ images: 1, looks: [64, 96, 256], stop: { kind: 'predict' }, bound: 'anytime' });
  // Of four samples two for class 0, one each for two others: a third against the leader.
  const fold = foldOfVotes(
    job,
    (_, sample) => [0, 0, 1, 2][sample % 4]!,
    ({ begin }) => begin < 64,
  );
  const [group] = standingsOf(fold).groups;
  expect(group!.failures / group!.samples).toBeCloseTo(1 / 3, 1);
});

it('of predict with one class alone counts no votes against it', () => {
  const job = makeJob({ images: 1, looks: [64, 96, 256], stop: { kind: 'predict' }, bound: 'anytime' });
  const fold = foldOfVotes(
    job,
    () => 3,
    ({ begin }) => begin < 64,
  );
  expect(standingsOf(fold).groups).toMatchObject([{ samples: 64, failures: 0 }]);
});
