import { deltaGroups } from '../plan/delta-groups.js';
import { cltRows, type CltRow } from './clt-errors.js';
import { populationOf, type Drawing } from './drawing.js';
import { informationLimit, type LimitPoint } from './information-limit.js';
import type { RulePoint } from './replayed-rules.js';
import { rulePoints } from './rule-points.js';
import { shapeRows, type ShapeRow } from './shapes.js';
import { shownRadii, sizeRows, type SizeRow } from './size-rows.js';
import { evenBins, narrowingBins, type Bin } from './vote-histogram.js';

/** The findings of one drawing. Radii are in the units of the noise's scale. */
export interface DrawingStudy {
  readonly name: string;
  readonly noise: Drawing['noise'];
  readonly images: number;
  /** Images without a result; no share counts them. */
  readonly failed: number;
  /** True if every image has a label. */
  readonly labelled: boolean;
  readonly selection: number;
  readonly sizes: readonly number[];
  /** Radii of the columns `accuracy` of `rows`. */
  readonly radii: readonly number[];
  readonly rows: readonly SizeRow[];
  readonly clt: readonly CltRow[];
  readonly shapes: readonly ShapeRow[];
  readonly rules: readonly RulePoint[];
  readonly limit: readonly LimitPoint[];
  readonly bins: readonly Bin[];
  readonly evenBins: readonly Bin[];
}

const BINS = 20;

/** Returns what a drawing shows. @param drawing with an image at least */
export function drawingStudyOf(drawing: Drawing): DrawingStudy {
  const { name, noise, alpha, images, failed, selection, sizes } = drawing;
  const population = populationOf(drawing);
  const most = sizes.at(-1)!;
  return {
    name,
    noise,
    images: images.length,
    failed,
    labelled: images.every(({ label }) => label !== null),
    selection,
    sizes,
    radii: shownRadii(noise.scale),
    rows: sizeRows(drawing),
    clt: cltRows(drawing),
    shapes: shapeRows(drawing),
    rules: rulePoints(drawing),
    limit: informationLimit(deltaGroups(population), noise, alpha, selection + most),
    bins: narrowingBins(population),
    evenBins: evenBins(population, BINS),
  };
}
