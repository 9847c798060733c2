import type { Job } from '../../../shared/job.js';
import type { Findings } from '../findings.js';
import type { RecordedVotes } from '../folder/record.js';
import type { WrittenCounts } from '../folder/tally.js';
import { RowContext } from '../rows/context.js';
import type { Row } from '../rows/row.js';
import { chanceOf, countsText, differenceOf, type Difference } from './differences.js';
import { provingSamples, standsWithFewer } from './standing-certificate.js';

/** A shard of a ledger with what was drawn of the same samples here. */
export interface RedrawnShard {
  readonly recorded: RecordedVotes;
  readonly redrawn: WrittenCounts;
  /** Of a shard that differs a second drawing; null where none was made. */
  readonly again: WrittenCounts | null;
}

/** The outcome of a redraw. Its findings stand among those of the folder. */
export interface RedrawVerdict {
  readonly samples: number;
  /** Shards, and votes in them, that were counted otherwise. */
  readonly differentShards: number;
  readonly differentVotes: number;
  /** Differing votes that were recorded for the class that a certificate claims, and that were redrawn for it. */
  readonly recordedFor: number;
  readonly redrawnFor: number;
  /** Differing shards that this machine itself counts otherwise from one drawing to the next. */
  readonly unsteady: number;
  /** Images whose certificates would not stand on the redrawn votes. */
  readonly fallen: readonly number[];
  /** Each differing shard with its votes, as far as they are kept. */
  readonly differing: readonly string[];
}

/** Near-ties explain so many different votes of an image, and one more in so many samples. */
const NEAR_TIES = 2;
const SAMPLES_A_NEAR_TIE = 2000;
/** Differences that favour the claimed classes with less probability than this are no chance. */
const LEAST_CHANCE = 1e-3;
const MOST_KEPT = 1000;

/** The differences of one image. */
interface ImageSum {
  samples: number;
  votes: number;
  recordedFor: number;
  redrawnFor: number;
}

/**
 * Judges votes that were drawn again. `exact`: the same bits are computed here as where the job was drawn, and every vote that differs is a
 * finding. Elsewhere near-ties differ, a few votes an image, and as often for the claimed class as against it: more of one image, or
 * differences that favour the claim beyond chance, are findings.
 */
export function judgeRedraw(
  { job, rows, exact }: { readonly job: Job; readonly rows: readonly Row[]; readonly exact: boolean },
  shards: readonly RedrawnShard[],
  findings: Findings,
): RedrawVerdict {
  const byImage = new Map(rows.map((row) => [row.image, row]));
  const sums = new Map<number, ImageSum>();
  const differing: string[] = [];
  let [differentShards, unsteady] = [0, 0];
  for (const { recorded, redrawn, again } of shards) {
    const row = byImage.get(recorded.image);
    const difference = differenceOf(recorded, redrawn, claimedBy(row, recorded));
    addTo(sums, recorded, difference);
    if (difference.votes === 0) continue;
    differentShards += 1;
    unsteady += again !== null && differenceOf(redrawn, again, null).votes > 0 ? 1 : 0;
    const place = `image ${recorded.image}, samples ${recorded.begin} to ${recorded.end - 1}`;
    const said = `The model votes otherwise: the ledger has ${countsText(recorded)}; drawn again ${countsText(redrawn)}.`;
    if (differing.length < MOST_KEPT) differing.push(`${place}: ${said}`);
    if (exact) findings.add(`ledger, ${place}`, said);
  }
  const total = { samples: 0, votes: 0, recordedFor: 0, redrawnFor: 0 };
  for (const sum of sums.values()) into(total, sum);
  if (!exact) judgeNearTies(sums, total, findings);
  const { samples, votes: differentVotes, recordedFor, redrawnFor } = total;
  const fallen = fallenOf(job, byImage, sums);
  return { samples, differentShards, differentVotes, recordedFor, redrawnFor, unsteady, fallen, differing };
}

/** Returns the class of the certificate that rests on a shard; null if none does. */
function claimedBy(row: Row | undefined, { begin, end }: RecordedVotes): number | null {
  const proving = row === undefined ? null : provingSamples(row);
  const isPart = proving !== null && begin >= proving.begin && end <= proving.end;
  return isPart ? row!.class : null;
}

function addTo(sums: Map<number, ImageSum>, { image, begin, end }: RecordedVotes, one: Difference): void {
  const sum = sums.get(image) ?? { samples: 0, votes: 0, recordedFor: 0, redrawnFor: 0 };
  sums.set(image, sum);
  into(sum, { ...one, samples: end - begin });
}

function into(sum: ImageSum, { samples, votes, recordedFor, redrawnFor }: ImageSum): void {
  sum.samples += samples;
  sum.votes += votes;
  sum.recordedFor += recordedFor;
  sum.redrawnFor += redrawnFor;
}

function judgeNearTies(sums: ReadonlyMap<number, ImageSum>, total: ImageSum, findings: Findings): void {
  const chance = chanceOf(total.recordedFor, total.redrawnFor);
  const favour = `${total.recordedFor} of the votes that differ were recorded for the claimed class and ${total.redrawnFor} redrawn for it`;
  const said = `${favour}: near-ties favour a claim so with a probability of at most ${chance.toExponential(1)}.`;
  findings.require(chance >= LEAST_CHANCE, 'ledger', said);
  const differing = [...sums].filter(([, { votes }]) => votes > 0);
  for (const [image, { samples, votes, recordedFor, redrawnFor }] of differing) {
    const most = NEAR_TIES + Math.floor(samples / SAMPLES_A_NEAR_TIE);
    const few = `${votes} of ${samples} redrawn votes differ: more than near-ties explain (${most}).`;
    findings.require(votes <= most, `ledger, image ${image}`, few);
    const ofImage = chanceOf(recordedFor, redrawnFor) >= LEAST_CHANCE / differing.length;
    const onesided = `Its ${votes} votes that differ favour its class more than near-ties do.`;
    findings.require(ofImage, `ledger, image ${image}`, onesided);
  }
}

/** Returns the images whose certificates are not proved once the votes that only the ledger has are taken from them. */
function fallenOf(job: Job, rows: ReadonlyMap<number, Row>, sums: ReadonlyMap<number, ImageSum>): number[] {
  const fewer = [...sums].filter(([, { recordedFor, redrawnFor }]) => recordedFor > redrawnFor);
  const [first] = fewer;
  const context = first === undefined ? null : RowContext.of(job, rows.get(first[0])!.alpha);
  if (context === null) return [];
  const stands = (image: number, { recordedFor, redrawnFor }: ImageSum) =>
    standsWithFewer(rows.get(image)!, recordedFor - redrawnFor, context);
  return fewer.flatMap(([image, sum]) => (stands(image, sum) ? [] : [image]));
}
