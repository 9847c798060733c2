import { describe, expect, it } from 'vitest';
import { Turns } from './turns.js';

describe('turns', () => {
  /** Returns how many of 1000 steps were done before a timer of 0 ms fired. @param stepMs of a clock that moves with the steps */
  async function stepsBeforeTimer(stepMs: number): Promise<number> {
    let now = 0;
    const timer = { fired: false };
    let before = 0;
    setTimeout(() => (timer.fired = true), 0);
    // The timer is due from here on.
    for (const start = performance.now(); performance.now() - start < 5;);
    const turns = new Turns(() => now);
    for (let step = 0; step < 1000; step++) {
      now += stepMs;
      await turns.next();
      if (!timer.fired) before += 1;
    }
    return before;
  }

  it('are given to a timer in the midst of long work', async () => {
    expect(await stepsBeforeTimer(5)).toBeLessThan(50);
  });

  it('are not given where the work is short', async () => {
    expect(await stepsBeforeTimer(0.001)).toBe(1000);
  });
});
