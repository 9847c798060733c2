import { SmoothcertError } from '../shared/errors.js';
import { MAX_SAMPLES } from '../shared/job-limits.js';
import type { BoundName, StoppingRule } from '../shared/job.js';
import { ImpossibleClaim } from './impossible-claim.js';
import { MOST_LOOKS } from './spending.js';
import { PILOT, stageLengths } from './two-stage.js';

const FIRST_LOOK = 64;
/** `target` looks after every so many samples, up to DENSE_UP_TO; then at steps of a tenth, rounded up to it. */
const TARGET_STEP = 32;
const DENSE_UP_TO = 2048;

/**
 * The numbers of samples at which an image may be decided: integers, ascending, the last one the whole budget. Fixed
 * when the job is created; validity rests on that (the bounds hold at these looks and at no others).
 *
 * `gain` with `anytime`: ⌈64 · 1.5^j⌉ below `maxSamples`, then `maxSamples`. With `spending`: 64 · 2^j, then
 * `maxSamples`, less the look before it where the last step would be shorter than × 1.5.
 * `target`: every multiple of 32 to 2,048, then n ← 32 · ⌈(n + ⌈n/10⌉)/32⌉, all below `maxSamples`; then `maxSamples`.
 * `two-stage`: 64, then 64 + each length that the second stage may have, the last of them `maxSamples`. An image is
 * decided at the first and at one of the others.
 * `fixed`: [selection, selection + maxSamples], as `maxSamples` samples bound the class that others chose.
 *
 * Throws OPTION_INVALID unless the numbers are whole, from 1 to 1e9; SCHEDULE_TOO_LONG where `spending` would have more
 * than 12 looks; BUDGET_TOO_SMALL where nothing is left behind the pilot.
 */
export function looksFor(stop: StoppingRule, bound: BoundName, maxSamples: number): number[] {
  checkSamples('--max-samples', maxSamples);
  if (stop.kind === 'fixed') {
    checkSamples('--n0', stop.selection);
    return [stop.selection, stop.selection + maxSamples];
  }
  if (stop.kind === 'target') return targetLooks(maxSamples);
  if (stop.kind === 'two-stage') return twoStageLooks(maxSamples);
  if (bound === 'spending') return doublingLooks(maxSamples);
  const looks = [];
  for (let j = 0n; ; j++) {
    const n = Number((BigInt(FIRST_LOOK) * 3n ** j + 2n ** j - 1n) / 2n ** j);
    if (n >= maxSamples) return [...looks, maxSamples];
    looks.push(n);
  }
}

function checkSamples(option: string, samples: number): void {
  if (Number.isInteger(samples) && samples >= 1 && samples <= MAX_SAMPLES) return;
  throw new SmoothcertError(
    'OPTION_INVALID',
    `${option} ${samples} is not a number of samples.`,
    `Give a whole number from 1 to ${MAX_SAMPLES}.`,
  );
}

function targetLooks(maxSamples: number): number[] {
  const looks = [];
  for (let n = TARGET_STEP; n < maxSamples; n = afterTargetLook(n)) looks.push(n);
  return [...looks, maxSamples];
}

function afterTargetLook(n: number): number {
  const next = n < DENSE_UP_TO ? n + TARGET_STEP : n + Math.ceil(n / 10);
  return TARGET_STEP * Math.ceil(next / TARGET_STEP);
}

function twoStageLooks(maxSamples: number): number[] {
  if (maxSamples > PILOT) return [PILOT, ...stageLengths(maxSamples - PILOT).map((n) => PILOT + n)];
  throw new ImpossibleClaim({ reason: 'nothing-behind-pilot', samples: maxSamples, pilot: PILOT });
}

function doublingLooks(maxSamples: number): number[] {
  const looks = [];
  for (let n = FIRST_LOOK; n < maxSamples; n *= 2) looks.push(n);
  if (looks.length > 0 && 2 * maxSamples < 3 * looks.at(-1)!) looks.pop();
  looks.push(maxSamples);
  if (looks.length > MOST_LOOKS) {
    const counted = { looks: looks.length, most: MOST_LOOKS };
    throw new ImpossibleClaim({ reason: 'too-many-looks', samples: maxSamples, ...counted });
  }
  return looks;
}
