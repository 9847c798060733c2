import { number, type Line } from '../results/summary-lines.js';
import type { Redrawn } from './redraw.js';

const MOST_LISTED = 5;
const MOST_NAMED = 10;

/** Writes a probability with three digits, rounded up. */
const probability = (value: number): string =>
  value === 0 ? '0' : (Math.ceil(value * 1000) / 1000).toFixed(3);

export function redrawLines(redrawn: Redrawn): Line[] {
  const { drawn, shards, samples, differentShards, differentVotes, missed, sameBits, numericClass } = redrawn;
  const same =
    differentShards === 0
      ? 'all votes the same'
      : `${number(differentVotes)} votes of ${number(differentShards)} shards differ`;
  const where = sameBits ? 'the numeric class of the job' : `${numericClass}, where near-ties may differ`;
  const lines: Line[] = [
    [
      'redrawn',
      `${number(drawn)} of ${number(shards)} shards, chosen at random: ${number(samples)} samples, ${same} (${where})`,
    ],
  ];
  if (missed !== null)
    lines.push([
      'missed',
      `had somebody forged 1 % of the shards, this would have missed it with probability ${probability(missed.onePercent)}; of 5 % with ${probability(missed.fivePercent)}; of one image alone with up to ${probability(missed.oneImage)}`,
    ]);
  return lines;
}

/** Returns what the first line of a report says of votes that were drawn again; nothing if all were, and are the same. */
export function redrawVerdict({ differentVotes, samples, failed }: Redrawn): string[] {
  const said: string[] = [];
  if (differentVotes > 0)
    said.push(`${number(differentVotes)} of the ${number(samples)} votes that were drawn again differ.`);
  if (failed > 0) said.push(`${number(failed)} shards could not be drawn again here.`);
  return said;
}

export function redrawRemarks(redrawn: Redrawn): string[] {
  const { sameBits, differentVotes, differing, unsteady, fallen, recordedFor, redrawnFor, unlabelled } =
    redrawn;
  const remarks: string[] = [];
  if (!sameBits && differentVotes > 0) {
    remarks.push(
      `Of the votes that differ ${number(recordedFor)} were recorded for the claimed class and ${number(redrawnFor)} redrawn for it. Near-ties, where two classes score about the same, differ on another numeric class; redraw on that of the job for votes that must be the same.`,
      ...differing.slice(0, MOST_LISTED),
    );
    if (differing.length > MOST_LISTED)
      remarks.push(`… and ${number(differing.length - MOST_LISTED)} more shards; --json has up to 1,000.`);
  }
  if (unsteady > 0)
    remarks.push(
      `${number(unsteady)} of the shards that differ are counted otherwise from one drawing to the next on this machine, too.`,
    );
  if (fallen.length > 0)
    remarks.push(
      `The certificates of ${number(fallen.length)} images would not stand on the votes that were drawn again: ${named(fallen)}.`,
    );
  if (unlabelled > 0)
    remarks.push(
      `${number(unlabelled)} rows have no label, and their images have one in the data set: the certify command of this folder, run again, adds them.`,
    );
  return remarks;
}

/** Names images, the first ones of many. */
export const named = (images: readonly number[]): string =>
  images.slice(0, MOST_NAMED).join(', ') + (images.length > MOST_NAMED ? ' …' : '');
