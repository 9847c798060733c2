import type { Shard } from '../../shared/shards.js';
import { SmoothcertError } from '../../shared/errors.js';
import { refusalOf, type FromChild } from './messages.js';
import { VoteTally, voteOf } from './votes.js';

/** The noise, images and model of one job, ready to draw. */
export interface Instruments {
  /** Rows of every run. */
  readonly batch: number;
  readonly classes: number;
  /** Returns the image as lattice points in the model's order, without noise. */
  baseOf(image: number): Promise<Int32Array>;
  /** Writes noisy copies of `base` into rows [row, row + count) of the model's input. */
  draw(base: Int32Array, row: number, image: number, firstSample: number, count: number): void;
  /** Runs the model on the whole input: scores [batch × classes]. */
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

/** Consecutive rows of a batch that belong to one shard. */
interface Part {
  readonly drawing: Drawing;
  readonly row: number;
  readonly count: number;
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

  constructor(
    private readonly instruments: Instruments,
    private readonly tell: (message: FromChild) => void,
    /** Told how long noise and inference of a batch took, in milliseconds. */
    private readonly onBatch: (noise: number, inference: number) => void = () => undefined,
  ) {}

  add(id: number, shard: Shard, alone: boolean): void {
    if (this.draining) this.tell({ kind: 'returned', id });
    else this.drawings.push({ id, shard, alone, next: shard.begin, micros: 0, tally: new VoteTally() });
    if (!this.running) void this.drawAll();
  }

  /** Drops the shards of these images; their rows in the batch that is running are not counted. */
  stop(images: readonly number[]): void {
    for (const drawing of this.drawings.filter(({ shard }) => images.includes(shard.image)))
      this.leave(drawing, 'dropped');
  }

  /** Hands everything back; nothing is drawn from now on. */
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
    const begun = performance.now();
    const parts = await this.fill();
    if (parts.length === 0) return;
    const filled = performance.now();
    const outcome = await this.instruments.run().catch((error: unknown) => ({ error }));
    this.tell({ kind: 'beat' });
    if ('error' in outcome) {
      this.blame(parts, outcome.error);
      return;
    }
    this.onBatch(filled - begun, performance.now() - filled);
    const rows = parts.reduce((sum, { count }) => sum + count, 0);
    const microsPerRow = (1000 * (performance.now() - begun)) / rows;
    for (const part of parts) this.tallyPart(part, outcome, microsPerRow);
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
      parts.push({ drawing, row, count });
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
      if (error instanceof SmoothcertError && error.code === 'DATA_DIGEST_MISMATCH') this.refuse(error);
      else this.fail(drawing, error);
      return false;
    }
  }

  private tallyPart({ drawing, row, count }: Part, scores: Float32Array, microsPerRow: number): void {
    if (!this.drawings.includes(drawing)) return;
    const { classes } = this.instruments;
    for (let r = row; r < row + count; r++) drawing.tally.add(voteOf(scores, r, classes));
    drawing.next += count;
    drawing.micros += count * microsPerRow;
    if (drawing.next < drawing.shard.end) return;
    this.remove(drawing);
    this.tell({ kind: 'counted', id: drawing.id, counts: drawing.tally.counts(), micros: drawing.micros });
  }

  private blame(parts: readonly Part[], error: unknown): void {
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
    this.remove(drawing);
    this.tell({ kind, id: drawing.id });
  }

  private remove(drawing: Drawing): void {
    const at = this.drawings.indexOf(drawing);
    if (at >= 0) this.drawings.splice(at, 1);
  }
}
