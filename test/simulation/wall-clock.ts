import { vi } from 'vitest';

import { Random } from './random.js';

const HOUR_MS = 3_600_000;
/** Share of the steps before which the wall clock jumps. */
const JUMP_SHARE = 0.02;
const START = Date.UTC(2026, 0, 1);

/**
 * The `Date` of a run: it jumps an hour forth or back now and then, with random numbers of its own, so that two
 * runs that differ in nothing else must do the same. Only monotonic time may be looked at.
 */
export class WallClock {
  jumps = 0;
  private readonly random: Random;

  constructor(seed: number) {
    this.random = new Random(seed);
    vi.useFakeTimers({ toFake: ['Date'], now: START });
  }

  /** Before each step. */
  step(): void {
    if (!this.random.chance(JUMP_SHARE)) return;
    this.jumps += 1;
    vi.setSystemTime(Date.now() + (this.random.chance(0.5) ? HOUR_MS : -HOUR_MS));
  }

  /** `Date` says the truth again. */
  end(): void {
    vi.useRealTimers();
  }
}
