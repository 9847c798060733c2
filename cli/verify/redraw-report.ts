import { number, type Line } from '../results/summary-lines.js';
import type { Redrawn } from './redraw.js';

/** Writes a probability with three digits, rounded up. */
const probability = (value: number): string =>
  value === 0 ? '0' : (Math.ceil(value * 1000) / 1000).toFixed(3);

export function redrawLines(redrawn: Redrawn): Line[] {
  const { drawn, shards, samples, differentShards, differentVotes, missed, sameBits, numericClass } = redrawn;
  const same =
    differentShards === 0
      ? 'all votes the same'
      : `${number(differentVotes)} votes of ${number(differentShards)} shards differ`;
  const where = sameBits
    ? 'the numeric class of the job'
    : `${numericClass}, which computes other bits than the job's`;
  return [
    [
      'redrawn',
      `${number(drawn)} of ${number(shards)} shards, chosen at random: ${number(samples)} samples, ${same} (${where})`,
    ],
    [
      'missed',
      `had somebody forged 1 % of the shards, this would have missed it with probability ${probability(missed.onePercent)}; of 5 % with ${probability(missed.fivePercent)}`,
    ],
  ];
}

export function redrawRemarks({ sameBits, differentVotes, samples, failed }: Redrawn): string[] {
  const remarks: string[] = [];
  if (!sameBits && differentVotes > 0)
    remarks.push(
      `${number(differentVotes)} of ${number(samples)} redrawn votes differ: as few as near-ties explain, where two classes score about the same. Redraw on the numeric class of the job for votes that must be the same.`,
    );
  if (failed > 0) remarks.push(`${number(failed)} shards could not be drawn here.`);
  return remarks;
}
