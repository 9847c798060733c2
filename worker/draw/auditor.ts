import { randomInt } from 'node:crypto';
import { SmoothcertError } from '../../shared/errors.js';
import { disagreement } from '../model/batch/agreement.js';
import type { BatchAudit, Instruments, RunBatch } from './drawer.js';
import { PROBE_SAMPLES } from './probe.js';

/** Samples that fill up an audit are numbered from here: none of them is ever drawn for a job, or by a probe. */
const FILLING_SAMPLES = PROBE_SAMPLES + 2 ** 40;
/** Batches whose scores are kept, each of another image, to be mixed with those that are audited. */
const BATCHES_KEPT = 8;
const PRECISION = 2 ** 32;

/** The share of the batches that are audited, and the differences that are none. */
export interface AuditTerms {
  /** Share of batches to audit, 0 to 1. With any share above 0 the first batch is audited, too. */
  readonly share: number;
  /** Scale of the model's scores, and the share of it that rounding explains (agreement.ts). */
  readonly scale: number;
  readonly tolerance: number;
  /** Returns a random whole number from 0 to below `below`: private to this process unless given, so that no model can foresee it. */
  readonly random?: (below: number) => number;
}

/** A sample that an audit runs again. `scores` are those of its first run; null for one that only fills the batch. */
interface Rerun {
  readonly image: number;
  readonly sample: number;
  readonly scores: Float32Array | null;
}

/** A sample whose scores differ in two runs. */
interface Changed {
  readonly image: number;
  readonly sample: number;
  /** In units of what rounding explains; above 1. */
  readonly excess: number;
}

/**
 * Runs some batches' rows a second time, in other places and among other rows, and compares all their scores with the first
 * ones: votes are only independent if that changes nothing but rounding. Which batches, which rows and which places is drawn at
 * random in this process. That decides no vote: the counts are always those of the first run.
 */
export class Auditor implements BatchAudit {
  private first = true;
  /** Batches by the image of their first row. */
  private readonly kept = new Map<number, RunBatch>();
  private readonly random: (below: number) => number;
  private filled = 0;

  constructor(
    private readonly instruments: Instruments,
    private readonly terms: AuditTerms,
  ) {
    this.random = terms.random ?? ((below) => randomInt(below));
  }

  /** Returns true if the batch that is drawn next is to be audited. To be called once for each batch. */
  chooses(): boolean {
    const { first } = this;
    const { share } = this.terms;
    this.first = false;
    return share > 0 && (first || this.random(PRECISION) < share * PRECISION);
  }

  /** Remembers a batch, to mix its rows with later ones. */
  keep(batch: RunBatch): void {
    const { image } = batch.spans[0]!;
    if (this.terms.share === 0 || this.kept.has(image)) return;
    if (this.kept.size >= BATCHES_KEPT) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(image, { ...batch, scores: batch.scores.slice() });
  }

  /**
   * Runs half of the batch's rows again, in random places: among rows of an earlier batch, of other images if there is one, or
   * among further samples of the same images, always so where the batch's shard is to be alone. Of a batch of 1 the row is run again.
   * Returns the error that its scores, or those of the earlier batch, have changed; null if they have not.
   * @throws what `baseOf` and `run` throw
   */
  async audit(batch: RunBatch): Promise<SmoothcertError | null> {
    const reruns = this.choose(batch);
    const scores = await this.run(reruns);
    const { classes } = this.instruments;
    const { scale, tolerance } = this.terms;
    let worst: Changed | null = null;
    for (const [row, rerun] of reruns.entries()) {
      if (rerun.scores === null) continue;
      const found = scores.subarray(row * classes, (row + 1) * classes);
      const { excess } = disagreement(rerun.scores, found, scale, tolerance);
      if (excess > (worst?.excess ?? 1)) worst = { image: rerun.image, sample: rerun.sample, excess };
    }
    return worst && notDeterministic(worst);
  }

  /**
   * Returns what each row of the second run holds: half of the batch's rows, and others. Every second time, at random, these are
   * rows of another batch, and otherwise further samples of the same images, so that no model can tell the run from a first one.
   */
  private choose(batch: RunBatch): Rerun[] {
    const rows = rowsOf(batch, this.instruments.classes);
    const own = this.shuffled(rows).slice(0, Math.max(1, this.instruments.batch >> 1));
    const partner = batch.alone || this.random(2) === 0 ? null : this.partnerOf(batch);
    return partner === null ? this.amongLike(own, rows) : this.amongOthers(own, partner);
  }

  /** Puts the rows into random places that their images had, and further samples of these images into the other places. */
  private amongLike(own: readonly Rerun[], rows: readonly Rerun[]): Rerun[] {
    const { batch } = this.instruments;
    const reruns = Array.from({ length: batch }, (_, row) => this.filling((rows[row] ?? rows.at(-1)!).image));
    const places = this.shuffled([...reruns.keys()]);
    for (const rerun of own) {
      const at = places.findIndex((place) => reruns[place]!.image === rerun.image);
      reruns[places.splice(at, 1)[0]!] = rerun;
    }
    return reruns;
  }

  /** Puts the rows before or behind those of the other batch, as where one shard ends and another begins, each in random order. */
  private amongOthers(own: readonly Rerun[], partner: RunBatch): Rerun[] {
    const { batch, classes } = this.instruments;
    const others = this.shuffled(rowsOf(partner, classes)).slice(0, batch - own.length);
    while (own.length + others.length < batch) others.push(this.filling(partner.spans[0]!.image));
    return this.random(2) === 0 ? [...own, ...others] : [...others, ...own];
  }

  /** Returns an earlier batch that begins with an image that this one does not hold; without one any earlier batch, or null. */
  private partnerOf({ spans }: RunBatch): RunBatch | null {
    const all = [...this.kept.values()];
    const others = all.filter((kept) => !spans.some(({ image }) => image === kept.spans[0]!.image));
    const among = others.length > 0 ? others : all;
    return among[this.random(Math.max(1, among.length))] ?? null;
  }

  private filling(image: number): Rerun {
    return { image, sample: FILLING_SAMPLES + this.filled++, scores: null };
  }

  /** Draws the rows, image by image, and runs the model. */
  private async run(reruns: readonly Rerun[]): Promise<Float32Array> {
    const { instruments } = this;
    const rows = reruns.map((rerun, row) => ({ row, ...rerun })).sort((a, b) => a.image - b.image);
    for (const { row, image, sample } of rows) {
      instruments.draw(await instruments.baseOf(image), row, image, sample, 1);
    }
    return instruments.run();
  }

  private shuffled<T>(values: readonly T[]): T[] {
    const left = [...values];
    for (let end = left.length - 1; end > 0; end--) {
      const other = this.random(end + 1);
      [left[end], left[other]] = [left[other]!, left[end]!];
    }
    return left;
  }
}

/** Returns the rows of a batch that count. The scores are views. */
function rowsOf({ spans, scores }: RunBatch, classes: number): Rerun[] {
  return spans.flatMap(({ row, count, image, firstSample }) =>
    Array.from({ length: count }, (_, at) => ({
      image,
      sample: firstSample + at,
      scores: scores.subarray((row + at) * classes, (row + at + 1) * classes),
    })),
  );
}

function notDeterministic({ image, sample, excess }: Changed): SmoothcertError {
  const change =
    excess === Infinity
      ? 'was a vote in one run and not in the other, or had a score that was −∞ in one of them only'
      : `changed by ${Number(excess.toPrecision(2)).toLocaleString('en-US')} times what rounding explains`;
  return new SmoothcertError(
    'MODEL_NOT_DETERMINISTIC',
    `Run a second time among other rows, sample ${sample} of image ${image} ${change}: the model's answer changes with the other rows of its batch, or from run to run.`,
    'Export the model in evaluation mode, without randomness.',
  );
}
