import { expect, it } from 'vitest';

import type { Claim } from '../../shared/job.js';
import { targetRule } from './repeated-looks.js';

const target = (radii: readonly string[]): Claim => ({
  alpha: 0.001,
  bound: 'anytime',
  stop: { kind: 'target', radii },
  looks: [32, 64, 1000],
  images: { start: 0, stop: 1, step: 1 },
});

it('target is refused where the noise cannot reach a radius, whatever the votes', () => {
  const ruleOf = (...radii: string[]) => targetRule(target(radii), radii, { kind: 'uniform', scale: 0.5 });
  expect(() => ruleOf('0.25', '0.5')).toThrow(
    expect.objectContaining({
      code: 'OPTION_INVALID',
      message:
        'With uniform noise of σ = 0.288675134594813 (λ = 0.5), no votes certify a radius of 0.5: all radii are below 0.5.',
    }),
  );
  expect(() => ruleOf('0.25', '0.45')).not.toThrow();
});
