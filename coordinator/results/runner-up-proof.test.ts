import { describe, expect, it } from 'vitest';

import { clopperPearsonDelta } from '../../statistics/bounds/clopper-pearson.js';
import { gaussian } from '../../statistics/noises/gaussian.js';
import { certifiedRadius, publishedDelta } from '../../statistics/radius.js';
import { foldOfVotes } from '../../test/support/folds.js';
import { FIXED, certificate, makeJob, type Voter } from '../../test/support/jobs.js';
import { forecastRadius } from '../core/forecast-radius.js';

const unanimous: Voter = () => 4;

describe('a certificate with the runner-up', () => {
  /** Four of ten votes for class 4, the others spread over six classes. */
  const spread: Voter = (_, sample) => [4, 4, 4, 4, 0, 1, 2, 3, 5, 6][sample % 10]!;
  const gain = makeJob({
    images: 1,
    looks: [64, 128, 256, 1024],
    bound: 'spending',
    stop: { kind: 'gain', minGain: 0 },
    claim: { matchedGain: 0.02, runnerUp: true },
  });

  it('states both counts, both bounds, and what one count would give', () => {
    const fold = foldOfVotes(gain, spread);
    const found = certificate(fold, 0, 4);
    const held = fold.decision.bound.certify(3, 1024 - 412, 1024, 102)!;
    expect(found.outcome).toBe('certified');
    expect(found.counts).toMatchObject({ classes: [0, 1, 2, 3, 4, 5, 6] });
    expect(found.runner_up).toEqual({
      class_votes: 412,
      outcome: 0,
      votes: 102,
      p_upper: found.runner_up!.p_upper,
      radius_of_class_alone: 0,
    });
    const upper = publishedDelta(held.runnerUpUpper!, 0);
    expect(Number(found.runner_up!.p_upper)).toBeGreaterThanOrEqual(upper);
    expect(Number(found.runner_up!.p_upper)).toBeCloseTo(upper, 11);
    expect(Number(found.p_lower)).toBeLessThan(0.5);
    expect(Number(found.delta_upper)).toBeGreaterThanOrEqual(publishedDelta(held.deltaUpper, 0));
    expect(found.radius).toBe(certifiedRadius(held.deltaUpper, 0, gaussian, 0.5, held.runnerUpUpper));
    expect(found.radius).toBeGreaterThan(0);
    const keys = Object.keys(found);
    expect(keys[keys.indexOf('p_lower') + 1]).toBe('runner_up');
  });

  it('of `fixed` states those of the samples behind the selection, and the radius of one count', () => {
    const job = makeJob({ ...FIXED, images: 1, claim: { runnerUp: true } });
    const voter: Voter = (_, sample) => (sample < 20 ? 4 : sample % 5 ? 4 : [5, 6][(sample / 5) % 2]!);
    const found = certificate(foldOfVotes(job, voter), 0);
    expect(found.runner_up).toMatchObject({ class_votes: 80, outcome: 5, votes: 10 });
    const delta = clopperPearsonDelta(20, 100, 0.0005);
    const upper = clopperPearsonDelta(10, 100, 0.0005);
    expect(found.radius).toBe(certifiedRadius(delta, 0, gaussian, 0.5, upper));
    expect(found.runner_up!.radius_of_class_alone).toBe(certifiedRadius(delta, 0, gaussian, 0.5));
    expect(found.radius).toBeGreaterThan(found.runner_up!.radius_of_class_alone);
  });

  it('names invalid votes, and no outcome where all votes agree', () => {
    const job = makeJob({ ...FIXED, images: 1, claim: { runnerUp: true } });
    const invalid: Voter = (_, sample) => (sample === 77 ? -1 : 4);
    const found = certificate(foldOfVotes(job, invalid), 0);
    expect(found.runner_up).toMatchObject({ class_votes: 99, outcome: 'invalid', votes: 1 });
    expect(found.runner_up!.p_upper).toBe(found.delta_upper);
    const all = certificate(foldOfVotes(job, unanimous), 0);
    expect(all.runner_up).toMatchObject({ class_votes: 100, outcome: null, votes: 0 });
    expect(all.runner_up!.radius_of_class_alone).toBe(all.radius);
  });

  it('has nothing of it without a certificate, and no such field in other jobs', () => {
    const halves: Voter = (_, sample) => sample % 2;
    expect(certificate(foldOfVotes(gain, halves), 0)).toMatchObject({
      outcome: 'abstained',
      runner_up: null,
    });
    const failed = certificate(
      foldOfVotes(gain, () => -1),
      0,
    );
    expect(failed).toMatchObject({ outcome: 'failed', runner_up: null });
    expect(certificate(foldOfVotes(makeJob({ images: 1 }), unanimous), 0)).not.toHaveProperty('runner_up');
  });

  it('comes with a forecast from both counts', () => {
    const job = makeJob({ ...gain.claim, images: 1, looks: [64, 128, 100_000], stop: { kind: 'gain', minGain: 20 }, claim: { matchedGain: 0.02, runnerUp: true } }); // prettier-ignore
    const voter: Voter = (_, sample) => (sample % 4 ? 4 : [5, 6][(sample / 4) % 2]!);
    const fold = foldOfVotes(job, voter, ({ end }) => end <= 64);
    expect(certificate(fold, 0)).toMatchObject({ outcome: 'certified', stop: 'gain', samples: 64 });
    const forecast = fold.decision.bound.certify(2, 25_000, 100_000, 12_500)!;
    expect(forecastRadius(fold, 0)).toBe(certifiedRadius(forecast.deltaUpper, 0, gaussian, 0.5, forecast.runnerUpUpper)); // prettier-ignore
    expect(forecastRadius(fold, 0)).toBeGreaterThan(certifiedRadius(forecast.deltaUpper, 0, gaussian, 0.5)!);
  });
});
