import { describe, expect, it } from 'vitest';
import { farthestRadius } from '../../analysis/results/farthest-radius.js';
import type { BoundName, StoppingRule } from '../../shared/job.js';
import { resultJob, type ResultJob } from '../../test/support/result-files.js';
import { flagsFurther } from './flags-further.js';

const offered = (options: ResultJob): string | null => {
  const job = resultJob(options);
  return flagsFurther(job, farthestRadius(job)!);
};

/** Returns what somebody asks for who types flags beside those of a job. */
function typed(flags: string, options: ResultJob): ResultJob {
  const value = (flag: string): string | undefined => new RegExp(`--${flag} (\\S+)`).exec(flags)?.[1];
  const maxSamples = Number(value('max-samples') ?? options.maxSamples);
  if (value('stop') === 'fixed')
    return { ...options, maxSamples, stop: { kind: 'fixed', selection: 100 }, bound: 'clopper-pearson' };
  const stop = { ...options.stop! } as { minGain?: number; totalSamples?: number };
  if (value('min-gain') !== undefined) stop.minGain = Number(value('min-gain'));
  if (value('total-samples') !== undefined) stop.totalSamples = Number(value('total-samples'));
  return { ...options, maxSamples, stop: stop as StoppingRule };
}

const KINDS = ['gaussian', 'laplace', 'uniform'] as const;
const RULES: readonly [StoppingRule, BoundName][] = [0.1, 0.02].flatMap((minGain) => [
  [{ kind: 'gain', minGain }, 'spending'],
  [{ kind: 'gain', minGain }, 'anytime'],
  [{ kind: 'two-stage', minGain }, 'clopper-pearson'],
]);

describe('flags that go further', () => {
  it.each(KINDS.flatMap((noise) => RULES.map(([stop, bound]) => ({ noise, stop, bound }))))(
    'go further than $noise noise with $stop.kind at $stop.minGain and $bound',
    (options) => {
      for (const maxSamples of [500, 4_096, 10_000, 16_384]) {
        const asked = { ...options, maxSamples };
        const flags = offered(asked);
        expect(flags).not.toBeNull();
        const further = farthestRadius(resultJob(typed(flags!, asked)))!;
        expect(further.radius, flags!).toBeGreaterThan(farthestRadius(resultJob(asked))!.radius);
      }
    },
  );

  it('are those of what ends the curve, where more of it goes further', () => {
    const gain = { kind: 'gain', minGain: 0.02 } as const;
    expect(offered({ stop: gain, maxSamples: 512 })).toBe('--max-samples 1024');
    // The rule stops at 16,384 although votes agree: more samples than 100,000 change nothing.
    expect(offered({ stop: gain, maxSamples: 100_000 })).toMatch(/^--min-gain 0\.0/);
    const fixed = { stop: { kind: 'fixed', selection: 20 }, bound: 'clopper-pearson' } as const;
    expect(offered({ ...fixed, maxSamples: 1_000 })).toBe('--max-samples 2000');
    const budget = { stop: { kind: 'budget', totalSamples: 1_000 }, bound: 'anytime' } as const;
    expect(offered({ ...budget, maxSamples: 100_000 })).toBe('--total-samples 2000');
    expect(offered({ ...budget, maxSamples: 512 })).toBe('--max-samples 1024');
  });

  it('are no larger --max-samples where rule and limit meet: α would be spent on more looks', () => {
    const stop = { kind: 'gain', minGain: 0.1 } as const;
    const most = (maxSamples: number) => farthestRadius(resultJob({ stop, maxSamples }))!.radius;
    expect(Math.max(...[6_144, 8_192, 16_384, 40_960].map(most))).toBeLessThanOrEqual(most(4_096));
    expect(offered({ stop, maxSamples: 4_096 })).not.toMatch(/^--max-samples/);
  });

  it('are none of target, and none beyond the most samples that there may be', () => {
    expect(offered({ stop: { kind: 'target', radii: ['0.5'] }, bound: 'anytime' })).toBeNull();
    const fixed = { stop: { kind: 'fixed', selection: 20 }, bound: 'clopper-pearson' } as const;
    expect(offered({ ...fixed, maxSamples: 1e9 })).toBeNull();
  });
});
