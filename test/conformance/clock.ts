import { describe, expect, it } from 'vitest';

import type { Clock } from '../../shared/ports/clock.js';
import { never } from '../support/never.js';

/** Timers may count whole milliseconds from a moment that has begun. */
const TIMER_MS = 1;

/** Tests the promises of every clock. */
export function describeClock(name: string, create: () => Clock): void {
  describe(`the clock: ${name}`, () => {
    it('never goes back', async () => {
      const clock = create();
      const times = [clock.now()];
      for (let k = 0; k < 5; k++) {
        times.push(clock.now());
        await clock.sleep(1, never);
        times.push(clock.now());
      }
      expect(times).toEqual([...times].sort((a, b) => a - b));
    });

    it('lets nobody sleep shorter than asked', async () => {
      const clock = create();
      const before = clock.now();
      await clock.sleep(20, never);
      expect(clock.now() - before).toBeGreaterThanOrEqual(20 - TIMER_MS);
    });

    it('wakes the sleeper whose signal aborts, and none of the others', async () => {
      const clock = create();
      const [one, other] = [new AbortController(), new AbortController()];
      const woken: string[] = [];
      const asleep = clock.sleep(1e9, one.signal).then(() => woken.push('one'));
      const longer = clock.sleep(1e9, other.signal).then(() => woken.push('other'));
      one.abort();
      await asleep;
      expect(woken).toEqual(['one']);
      other.abort();
      await longer;
    });

    it('lets nobody sleep whose signal has aborted', async () => {
      await expect(create().sleep(1e9, AbortSignal.abort())).resolves.toBeUndefined();
    });
  });
}
