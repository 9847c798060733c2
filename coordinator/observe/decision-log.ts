import type { DecisionView, Outcome } from '../../api/job-view.js';

const OUTCOMES: readonly Outcome[] = ['certified', 'abstained', 'failed', 'approximate', 'predicted'];
const NO_CLASS = -1;

/** Where a reader of the log is: it has had all decisions of the records up to `sequence`, and `skip` decisions of the next record with any. */
export interface Position {
  readonly sequence: number;
  readonly skip: number;
}

export interface DecisionPage {
  readonly decided: DecisionView[];
  readonly next: Position;
  /** True if there are further decisions already. */
  readonly more: boolean;
}

/** The decisions of one job in the order of the ledger, in 25 bytes an image: a watch reads it and needs no fold. */
export class DecisionLog {
  /** It has the decisions of all records up to this one. */
  sequence = 0;
  length = 0;
  readonly totals: Record<Outcome, number> = {
    certified: 0,
    abstained: 0,
    failed: 0,
    approximate: 0,
    predicted: 0,
  };
  private readonly sequences: Float64Array;
  private readonly images: Uint32Array;
  private readonly outcomes: Uint8Array;
  private readonly classes: Int32Array;
  private readonly radii: Float64Array;

  constructor(images: number) {
    this.sequences = new Float64Array(images);
    this.images = new Uint32Array(images);
    this.outcomes = new Uint8Array(images);
    this.classes = new Int32Array(images);
    this.radii = new Float64Array(images);
  }

  /** Adds a decision of the record `sequence`. Records must come in their order. */
  add(sequence: number, { image, outcome, class: certified, radius }: DecisionView): void {
    const at = this.length;
    this.sequences[at] = sequence;
    this.images[at] = image;
    this.outcomes[at] = OUTCOMES.indexOf(outcome);
    this.classes[at] = certified ?? NO_CLASS;
    this.radii[at] = radius;
    this.totals[outcome] += 1;
    this.length += 1;
  }

  /** Forgets all decisions, of a job that has no certificates. */
  clear(): void {
    this.length = 0;
    for (const outcome of OUTCOMES) this.totals[outcome] = 0;
  }

  /**
   * Returns the decisions behind a position, at most `most`. A page ends with the last decision of a record, so that the next one begins behind
   * its sequence. Only a record with more than `most` decisions is divided; `next` then has the sequence of the record before, and a `skip`.
   */
  page({ sequence, skip }: Position, most: number): DecisionPage {
    const begin = Math.min(this.firstBehind(sequence) + skip, this.length);
    const end = Math.min(begin + most, this.length);
    const more = end < this.length;
    if (!more) {
      const next = { sequence: Math.max(sequence, this.sequence), skip: 0 };
      return { decided: this.slice(begin, end), next, more };
    }
    let border = end;
    while (border > begin && this.sequences[border] === this.sequences[border - 1]) border -= 1;
    if (border === begin) {
      return { decided: this.slice(begin, end), next: { sequence, skip: skip + end - begin }, more };
    }
    const next = { sequence: this.sequences[border - 1]!, skip: 0 };
    return { decided: this.slice(begin, border), next, more };
  }

  private slice(begin: number, end: number): DecisionView[] {
    return Array.from({ length: end - begin }, (_, i) => {
      const at = begin + i;
      const certified = this.classes[at]!;
      return {
        image: this.images[at]!,
        outcome: OUTCOMES[this.outcomes[at]!]!,
        class: certified === NO_CLASS ? null : certified,
        radius: this.radii[at]!,
      };
    });
  }

  /** Returns the index of the first decision of a record behind `sequence`. */
  private firstBehind(sequence: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.sequences[middle]! > sequence) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
