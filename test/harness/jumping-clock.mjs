import { appendFileSync } from 'node:fs';

/**
 * Loaded into every process of a command (NODE_OPTIONS=--import=…): the wall clock jumps by an hour, forth or back, at
 * random calls, as a clock does that somebody sets. JUMPING_CLOCK_LOG names the file that gets the pid of each such process.
 */
const HOUR_MS = 3_600_000;
const JUMP_SHARE = 0.3;

const WallClock = Date;
const now = WallClock.now;
let offset = 0;

function jumpingNow() {
  if (Math.random() < JUMP_SHARE) offset += Math.random() < 0.5 ? HOUR_MS : -HOUR_MS;
  return now() + offset;
}

globalThis.Date = class Date extends WallClock {
  constructor(...given) {
    super(...(given.length === 0 ? [jumpingNow()] : given));
  }

  static now() {
    return jumpingNow();
  }
};

appendFileSync(process.env.JUMPING_CLOCK_LOG, `${process.pid}\n`);
