import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../shared/ports/clock.js';

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal, ref: false }).catch(() => undefined),
};
