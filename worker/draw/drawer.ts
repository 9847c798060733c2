import type { Shard } from '../../shared/shards.js';
import { SmoothcertError } from '../../shared/errors.js';
import { BatchFigures } from './batch-figures.js';
import { refusalOf, type FromChild } from './messages.js';
import { VoteRemarks, VoteTally, voteOf } from './votes.js';

/** The noise, images and model of one job, ready to draw. */
export interface Instruments {
  /** Rows of every run. */
  readonly batch: number;
  readonly classes: number;
  /** Returns the image as lattice points in the model's order, without noise. */
  baseOf(image: number): Promise<Int32Array>;
  /** Writes noisy copies of `base` into rows [row, row + count) of the model's input. */
  draw(base: Int32Array, row: number, image: number, firstSample: number, count: number): void;
  /** Runs the model on the whole input: scores [batch × classes], a new array every time. */
  run(): Promise<Float32Array>;
}

/** A shard that is being drawn, and its votes so far. */
interface Drawing {
  readonly id: number;
  readonly shard: Shard;
  alone: boolean;
  next: number;
  micros: number;
  readonly tally: VoteTally;
}

/** Consecutive rows of a batch: samples of one image. */
export interface Span {
  /** First row. */
  readonly row: number;
  readonly count: number;
  readonly image: number;
  readonly firstSample: number;
}

/** Consecutive rows of a batch that belong to one shard. */
interface Part extends Span {
  readonly drawing: Drawing;
}

/** A batch that was run, and is not counted yet. */
export interface RunBatch {
  /** Its rows that count, from row 0 on without gaps; at least one. */
  readonly spans: readonly Span[];
  /** [batch × classes] */
  readonly scores: Float32Array;
  /** True if its shard is to share no batch with another one. */
  readonly alone: boolean;
}

/** Runs the rows of some batches a second time (auditor.ts). */
export interface BatchAudit {
  /** Returns true if the batch that is drawn next is to be audited. */
  chooses(): boolean;
  /** Returns the error that the model gave rows of this batch other scores the second time; null if it did not. */
  audit(batch: RunBatch): Promise<SmoothcertError | null>;
  /** Remembers a batch that is counted. */
  keep(batch: RunBatch): void;
}

/** A runtime's message may be long, and a record holds up to 64 of them. */
const LONGEST_DETAIL = 500;

/**
 * Draws shards in batches of exactly the job's size, rows of several shards side by side, the last batch padded with
 * what was there before. If a batch fails, each of its shards is drawn alone from there, in batches of its own, so that
 * only the shard that fails is reported.
 */
export class Drawer {
  private readonly drawings: Drawing[] = [];
  private running = false;
  private draining = false;
  /** The difference that an audit has found: no shard is counted any more. */
  private difference: SmoothcertError | null = null;
  /** True if the next batch that runs is to be audited; null if that is not chosen yet. */
  private audited: boolean | null = null;
  /** The shards to drop or hand back once the batch that is to be audited has been; null while no such batch is drawn. */
  private leaving: Map<Drawing, 'dropped' | 'returned'> | null = null;

  /** @param audit null: no batch is audited. @param figures of the batches that are counted */
  constructor(
    private readonly instruments: Instruments,
    private readonly tell: (message: FromChild) => void,
    private readonly audit: BatchAudit | null = null,
    private readonly figures: Pick<BatchFigures, 'add'> = new BatchFigures(),
  ) {}

  add(id: number, shard: Shard, alone: boolean): void {
    const drawing = { id, shard, alone, next: shard.begin, micros: 0, tally: new VoteTally() };
    this.drawings.push(drawing);
    if (this.difference) this.fail(drawing, this.difference);
    else if (this.draining) this.leave(drawing, 'returned');
    else if (!this.running) void this.drawAll();
  }

  /**
   * Drops the shards of these images; their rows in the batch that is running are not counted. If that batch is to be audited, they are
   * dropped after its audit: a difference would otherwise have no shard left to be reported with.
   */
  stop(images: readonly number[]): void {
    for (const drawing of this.drawings.filter(({ shard }) => images.includes(shard.image)))
      this.leave(drawing, 'dropped');
  }

  /** Hands everything back, at once or, like `stop`, after an audit; nothing is drawn from then on. */
  drain(): void {
    this.draining = true;
    for (const drawing of [...this.drawings]) this.leave(drawing, 'returned');
  }

  private async drawAll(): Promise<void> {
    this.running = true;
    while (this.drawings.length > 0) await this.drawBatch();
    this.running = false;
  }

  private async drawBatch(): Promise<void> {
    this.audited ??= this.audit?.chooses() ?? false;
    if (this.audited) this.leaving = new Map();
    const begun = performance.now();
    const parts = await this.fill();
    if (parts.length > 0) await this.runBatch(parts, begun);
    this.letLeave();
  }

  /** @param begun when its rows began to be drawn, in milliseconds of `performance.now` */
  private async runBatch(parts: readonly Part[], begun: number): Promise<void> {
    const filled = performance.now();
    const outcome = await this.instruments.run().catch((error: unknown) => ({ error }));
    this.tell({ kind: 'beat' });
    if ('error' in outcome) {
      this.blame(parts, outcome.error);
      return;
    }
    const ended = performance.now();
    const audited = this.audited === true;
    this.audited = null;
    if (!(await this.holds(parts, outcome, audited))) return;
    const rows = parts.reduce((sum, { count }) => sum + count, 0);
    const remarks = new VoteRemarks();
    for (const part of parts) this.tallyPart(part, outcome, (1000 * (ended - begun)) / rows, remarks);
    const { votes, tied, invalid } = remarks;
    const figures = { batches: 1, audited: audited ? 1 : 0, votes, tied, invalid };
    this.figures.add(filled - begun, ended - filled, figures);
  }

  /**
   * Audits the batch if it is chosen, before anything of it is counted. Returns false if it must not be counted: the second run
   * failed, or gave other scores.
   */
  private async holds(spans: readonly Part[], scores: Float32Array, audited: boolean): Promise<boolean> {
    const { audit } = this;
    if (audit === null) return true;
    const batch = { spans, scores, alone: spans.some(({ drawing }) => drawing.alone) };
    if (audited) {
      const found = await audit.audit(batch).catch((error: unknown) => ({ error }));
      this.tell({ kind: 'beat' });
      if (found && 'error' in found) {
        if (isOtherData(found.error)) this.refuse(found.error);
        else this.blame(spans, found.error);
        return false;
      }
      if (found) {
        this.endWith(found);
        return false;
      }
    }
    audit.keep(batch);
    this.letLeave();
    return true;
  }

  /** Reports the difference as the failure of every shard, now and from now on: the first one that is recorded ends the job. */
  private endWith(difference: SmoothcertError): void {
    this.difference = difference;
    for (const drawing of [...this.drawings]) this.fail(drawing, difference);
  }

  /** Fills the input with the next rows of the first shards; a shard that is to be alone shares no batch. */
  private async fill(): Promise<Part[]> {
    const { batch } = this.instruments;
    const parts: Part[] = [];
    let row = 0;
    for (const drawing of [...this.drawings]) {
      if (row === batch || (drawing.alone && parts.length > 0)) break;
      const count = Math.min(batch - row, drawing.shard.end - drawing.next);
      if (!(await this.drawRows(drawing, row, count))) continue;
      parts.push({ drawing, row, count, image: drawing.shard.image, firstSample: drawing.next });
      row += count;
      if (drawing.alone) break;
    }
    return parts;
  }

  /** Returns false if the image cannot be read: its shard is reported failed, or all is handed back if the data changed. */
  private async drawRows(drawing: Drawing, row: number, count: number): Promise<boolean> {
    const { image } = drawing.shard;
    const { batch } = this.instruments;
    try {
      const base = await this.instruments.baseOf(image);
      const end = drawing.alone ? batch : row + count;
      for (let at = row; at < end; at += count) {
        this.instruments.draw(base, at, image, drawing.next, Math.min(count, end - at));
      }
      return true;
    } catch (error) {
      if (isOtherData(error)) this.refuse(error);
      else this.fail(drawing, error);
      return false;
    }
  }

  private tallyPart(
    { drawing, row, count }: Part,
    scores: Float32Array,
    microsPerRow: number,
    remarks: VoteRemarks,
  ): void {
    if (!this.drawings.includes(drawing)) return;
    const { classes } = this.instruments;
    for (let r = row; r < row + count; r++) {
      const vote = voteOf(scores, r, classes);
      drawing.tally.add(vote);
      remarks.add(scores, r, classes, vote);
    }
    drawing.next += count;
    drawing.micros += count * microsPerRow;
    if (drawing.next < drawing.shard.end) return;
    this.remove(drawing);
    this.tell({ kind: 'counted', id: drawing.id, counts: drawing.tally.counts(), micros: drawing.micros });
  }

  private blame(parts: readonly Part[], error: unknown): void {
    this.letLeave();
    for (const { drawing } of parts) {
      if (drawing.alone) this.fail(drawing, error);
      else drawing.alone = true;
    }
  }

  /** Reports an error of the data as a whole: nothing more can be drawn for the job. */
  private refuse(error: SmoothcertError): void {
    if (!this.draining) this.tell(refusalOf(error));
    this.drain();
  }

  private fail(drawing: Drawing, error: unknown): void {
    if (!this.drawings.includes(drawing)) return;
    this.remove(drawing);
    const code = error instanceof SmoothcertError ? error.code : 'INFERENCE_FAILED';
    const detail = error instanceof Error ? error.message : String(error);
    this.tell({ kind: 'failed', id: drawing.id, code, detail: detail.slice(0, LONGEST_DETAIL) });
  }

  private leave(drawing: Drawing, kind: 'dropped' | 'returned'): void {
    if (this.leaving) {
      if (!this.leaving.has(drawing)) this.leaving.set(drawing, kind);
      return;
    }
    this.remove(drawing);
    this.tell({ kind, id: drawing.id });
  }

  /** Drops and hands back what was to leave during an audit and has not ended. */
  private letLeave(): void {
    const { leaving } = this;
    this.leaving = null;
    for (const [drawing, kind] of leaving ?? [])
      if (this.drawings.includes(drawing)) this.leave(drawing, kind);
  }

  private remove(drawing: Drawing): void {
    const at = this.drawings.indexOf(drawing);
    if (at >= 0) this.drawings.splice(at, 1);
  }
}

/** Returns true if the images are no longer those of the job. */
function isOtherData(error: unknown): error is SmoothcertError {
  return error instanceof SmoothcertError && error.code === 'DATA_DIGEST_MISMATCH';
}
