import { PIXEL_STEP } from '../../shared/dataset/canonical.js';
import { numberOf } from '../../shared/dataset/fraction.js';
import { SmoothcertError } from '../../shared/errors.js';
import type { Layout } from '../../shared/job.js';
import { voteOf } from '../draw/votes.js';
import type { DataSetReader } from '../draw/reader.js';
import { plausibleOrder } from '../model/axes.js';
import { resolveLayout, type InputPlan } from '../model/layout.js';
import type { TrialOutcome, TrialQuestion, TrialSetup, TrialSubject, ValueRange } from './messages.js';
import { NoisyCopies, RowWriter } from './trial-rows.js';
import type { TrialModel } from './trial-model.js';

/** Layouts that are tried where a model's shape does not tell. */
const EITHER: readonly Layout[] = ['nchw', 'nhwc'];

/** Most values that are kept, 64 MiB of them. */
const MOST_KEPT = 2 ** 24;

/** A model and images on which preprocessings are tried: nothing of it is counted for any job. */
export class Trial {
  private readonly kept = new Map<number, readonly Float32Array[]>();
  private copies: { readonly count: number; readonly noisy: NoisyCopies } | null = null;

  constructor(
    private readonly setup: TrialSetup,
    private readonly model: TrialModel,
    private readonly data: DataSetReader,
  ) {}

  /** Returns what model and images are like. */
  async subject(): Promise<TrialSubject> {
    const { imageShape } = this.data;
    const { rowShape } = this.model;
    const layout = this.layoutOf('auto');
    const unclear = rowShape.length === 3 && plausibleOrder(rowShape) === null && layout !== 'flat';
    const layouts = unclear
      ? EITHER.filter((one) => this.layoutOf(one) !== null)
      : layout === null
        ? []
        : [layout];
    return { imageShape, rowShape, layout, layouts, values: await this.valueRange() };
  }

  /** Runs images in one preprocessing. @throws MODEL_DATA_MISMATCH, OPTION_INVALID or INFERENCE_FAILED if the model does not take it */
  async outcomeOf({ preprocessing, images, copies }: TrialQuestion): Promise<TrialOutcome> {
    const noisy = await this.copiesOf(Math.max(1, copies));
    const { imageShape } = this.data;
    const writer = new RowWriter({ rowShape: this.model.rowShape, imageShape }, preprocessing, noisy.lattice);
    const classes = await this.model.learnClasses(writer.plan);
    const run = new BatchedRun(this.model, writer, classes, images.length * (1 + copies));
    for (const image of images) {
      for (const points of await this.pointsOf(image, copies, noisy)) await run.add(points);
    }
    await run.finish();
    return sorted(run, classes, images.length, copies);
  }

  private layoutOf(asked: Layout | 'auto'): Layout | null {
    try {
      return resolveLayout(this.model.rowShape, this.data.imageShape, asked).layout;
    } catch (error) {
      if (error instanceof SmoothcertError) return null;
      throw error;
    }
  }

  private async copiesOf(count: number): Promise<NoisyCopies> {
    if (this.copies?.count !== count) {
      this.kept.clear();
      const { imageShape, step } = this.data;
      this.copies = { count, noisy: await NoisyCopies.create(imageShape, step, this.setup.noise, count) };
    }
    return this.copies.noisy;
  }

  /** Returns an image and its noisy copies. Those of the first images are kept, as each is run in many preprocessings. */
  private async pointsOf(
    image: number,
    copies: number,
    noisy: NoisyCopies,
  ): Promise<readonly Float32Array[]> {
    const known = this.kept.get(image);
    if (known !== undefined && known.length === 1 + copies) return known;
    const values = await this.data.readValues(image);
    const drawn = copies === 0 ? new Float32Array(0) : noisy.noisy(image, values);
    const points = [noisy.plain(values)];
    for (let at = 0; at < drawn.length; at += values.length) points.push(drawn.slice(at, at + values.length));
    if ((1 + this.kept.size) * points.length * values.length <= MOST_KEPT) this.kept.set(image, points);
    return points;
  }

  private async valueRange(): Promise<ValueRange> {
    let [smallest, largest] = [Infinity, -Infinity];
    for (const image of this.setup.images) {
      for (const value of await this.data.readValues(image)) {
        smallest = Math.min(smallest, value);
        largest = Math.max(largest, value);
      }
    }
    const { step } = this.data;
    const levels = step.denominator === PIXEL_STEP.denominator && step.numerator === 1;
    return { smallest: smallest * numberOf(step), largest: largest * numberOf(step), levels };
  }
}

/** Runs rows in batches of the model's size; the last one has what is left, or is padded where the model fixes its batch. */
class BatchedRun {
  readonly scores: Float32Array;
  ms = 0;
  private readonly input: Float32Array;
  private readonly batch: number;
  private readonly plan: InputPlan;
  private filled = 0;
  private done = 0;

  constructor(
    private readonly model: TrialModel,
    private readonly writer: RowWriter,
    private readonly classes: number,
    rows: number,
  ) {
    this.plan = writer.plan;
    this.batch = model.batchFor(writer.plan, classes, rows);
    this.input = new Float32Array(this.batch * writer.plan.dimension);
    this.scores = new Float32Array(rows * classes);
  }

  async add(points: Float32Array): Promise<void> {
    this.writer.write(points, this.input, this.filled);
    this.filled += 1;
    if (this.filled === this.batch) await this.finish();
  }

  async finish(): Promise<void> {
    if (this.filled === 0) return;
    const begun = performance.now();
    const rows = this.model.fixedBatch ?? this.filled;
    const input = this.input.subarray(0, rows * this.plan.dimension);
    const scores = await this.model.run(input, rows, this.plan);
    this.ms += performance.now() - begun;
    this.scores.set(scores.subarray(0, this.filled * this.classes), this.done * this.classes);
    this.done += this.filled;
    this.filled = 0;
  }
}

/** Returns the votes and the scores of rows that stand image by image, the plain one first. */
function sorted({ scores, ms }: BatchedRun, classes: number, images: number, copies: number): TrialOutcome {
  const plain = new Int32Array(images);
  const noisy = new Int32Array(images * copies);
  const plainScores = new Float32Array(images * classes);
  for (let image = 0; image < images; image++) {
    const row = image * (1 + copies);
    plain[image] = voteOf(scores, row, classes);
    plainScores.set(scores.subarray(row * classes, (row + 1) * classes), image * classes);
    for (let copy = 0; copy < copies; copy++)
      noisy[image * copies + copy] = voteOf(scores, row + 1 + copy, classes);
  }
  return { classes, plain, noisy, scores: plainScores, ms };
}
