import { describe, expect, it } from 'vitest';
import type { Candidate } from './candidates.js';
import {
  canBeBettered,
  clearlyBetter,
  levelsOf,
  suspectWithoutLabels,
  type Tried,
} from './clearly-better.js';
import type { Evidence } from './evidence.js';

const labels = Array.from({ length: 100 }, (_, at) => at % 10);

/** Evidence that is right on the first images, with scores of this size for the class that is named. */
function right(count: number, size = 3): Evidence {
  const plain = labels.map((label, at) => (at < count ? label : (label + 1) % 10));
  const scores = plain.flatMap((vote) => labels.slice(0, 10).map((_, c) => (c === vote ? size : 0)));
  return { classes: 10, plain, noisy: plain, scores };
}

const candidate = (name: string, change: Candidate['change'] = 'usual'): Candidate => ({
  name,
  change,
  flags: 1,
  treatment: {
    normalisation: { inputScale: 1, mean: [0], std: [1] },
    layout: 'nchw',
    bgr: false,
    transposed: false,
  },
});
const [a, b, c] = ['a', 'b', 'c'].map((name) => candidate(name)) as [Candidate, Candidate, Candidate];
const tried = (one: Candidate, evidence: Evidence): Tried => ({ candidate: one, evidence });

describe('an alternative that is clearly better', () => {
  it('has so many more right answers that chance gives them rarely', () => {
    const found = clearlyBetter(right(20), [tried(a, right(70))], labels, [a, b, c]);
    expect(found).toEqual({ tried: tried(a, right(70)), by: 'answers', chance: 2 ** -50 });
    // One kind of change has a fifth of 0.01 for two tests: 0.001 for one alternative, 2^-10 < 0.001 < 2^-9.
    expect(clearlyBetter(right(60), [tried(a, right(70))], labels, [a])?.chance).toBe(2 ** -10);
    expect(clearlyBetter(right(61), [tried(a, right(70))], labels, [a])).toBeNull();
    expect(clearlyBetter(right(60), [tried(a, right(70))], labels, [a, b])).toBeNull();
  });

  it('is none where the model does as well as given', () => {
    expect(clearlyBetter(right(70), [tried(a, right(72)), tried(b, right(20))], labels, [a, b])).toBeNull();
    expect(clearlyBetter(right(70), [], labels, [])).toBeNull();
  });

  it('is the best of several, and of equals the likeliest, then the most usual', () => {
    const all = [a, b, c];
    const given = right(10);
    const best = (...these: Tried[]) => clearlyBetter(given, these, labels, all)?.tried.candidate.name;
    expect(best(tried(a, right(40)), tried(b, right(90)))).toBe('b');
    // Scores of 60 are far too sure for ten wrong answers of a hundred.
    expect(best(tried(a, right(90, 60)), tried(b, right(90, 4)))).toBe('b');
    expect(best(tried(a, right(90)), tried(b, right(90)))).toBe('a');
  });

  it('may be right as often, with scores that fit the labels clearly better', () => {
    const plain = Array.from(right(95).plain);
    // As given the label's score is hardly above the others'; in the alternative it is, but for the wrong ones.
    const vague = plain.flatMap((vote, at) =>
      labels.slice(0, 10).map((_, k) => (k === vote ? 1 : k === (vote + 1 + (at % 8)) % 10 ? 0.99 : 0)),
    );
    const given: Evidence = { classes: 10, plain, noisy: [], scores: vague };
    const better = clearlyBetter(given, [tried(a, right(95, 6))], labels, [a]);
    expect(better?.tried.candidate).toBe(a);
    expect(better?.by).toBe('scores');
    expect(clearlyBetter(right(95, 6), [tried(a, given)], labels, [a])).toBeNull();
    expect(clearlyBetter(right(95, 6), [tried(a, right(95, 600))], labels, [a])).toBeNull();
  });

  it('is of equals the one of fewest flags', () => {
    const fewer: Candidate = { ...c, name: 'fewer', flags: 0 };
    const all = [a, b, fewer];
    const found = clearlyBetter(right(60), [tried(a, right(90)), tried(fewer, right(90))], labels, all);
    expect(found?.tried.candidate.name).toBe('fewer');
    // One that is right 6 times less often is no equal.
    const chance = clearlyBetter(right(60), [tried(a, right(72)), tried(fewer, right(66))], labels, all);
    expect(chance?.tried.candidate).toBe(a);
  });

  it('needs only right answers where the model does not run as given', () => {
    expect(clearlyBetter(null, [tried(a, right(50))], labels, [a])?.tried.candidate).toBe(a);
    expect(clearlyBetter(null, [tried(a, right(5))], labels, [a])).toBeNull();
  });

  it('may be right at chance level once in a hundred uses at most', () => {
    const all = [a, b, candidate('s', 'several'), candidate('l', 'layout')];
    const levelOf = levelsOf(all);
    const both = 2 * all.reduce((sum, { change }) => sum + levelOf(change), 0);
    expect(both).toBeLessThanOrEqual(0.01);
    expect(levelOf('several')).toBe(0.001);
    expect(levelOf('usual')).toBe(0.0005);
  });
});

describe('something better', () => {
  it('cannot be found of a model that is nearly always right and says so', () => {
    expect(canBeBettered(right(97, 12), labels, [a])).toBe(true);
    expect(canBeBettered(right(100, 12), labels, [a])).toBe(false);
    expect(canBeBettered(right(50), labels, [a])).toBe(true);
  });
});

describe('a suspicion without labels', () => {
  const one = labels.map(() => 4);
  const same: Evidence = { classes: 10, plain: one, noisy: one, scores: [] };
  const spread: Evidence = { classes: 10, plain: labels, noisy: labels, scores: [] };

  it('falls on the first alternative that spreads the votes where as given they are of one class', () => {
    expect(suspectWithoutLabels(same, [tried(a, same), tried(b, spread), tried(c, spread)])).toEqual({
      tried: tried(b, spread),
      by: null,
      chance: null,
    });
  });

  it('falls on none where votes are spread as given, or no alternative spreads them', () => {
    expect(suspectWithoutLabels(spread, [tried(a, spread)])).toBeNull();
    expect(suspectWithoutLabels(same, [tried(a, same)])).toBeNull();
    expect(suspectWithoutLabels(same, [])).toBeNull();
  });

  it('falls on none of few images, of evidence without noise, or where no class has half of the votes', () => {
    const few = { ...same, plain: one.slice(0, 40), noisy: one.slice(0, 40) };
    expect(suspectWithoutLabels(few, [tried(a, spread)])).toBeNull();
    expect(suspectWithoutLabels({ ...same, noisy: [] }, [tried(a, spread)])).toBeNull();
    const mixed = {
      ...same,
      plain: labels,
      noisy: labels.map((_, at) => (at * 7 + Math.floor(at / 10)) % 10),
    };
    expect(suspectWithoutLabels(mixed, [tried(a, spread)])).toBeNull();
    const withoutNoise = tried(a, { ...spread, noisy: [] });
    expect(suspectWithoutLabels(same, [withoutNoise])).toBeNull();
  });
});
