import type { Job } from '../../shared/job.js';
import { SPEC_DEFAULTS } from '../../shared/job-spec.js';
import { imageAlpha } from '../../statistics/simultaneous.js';
import { deltaGroups } from '../plan/delta-groups.js';
import { fixedMeans } from '../plan/fixed-means.js';

/** As good is what gives this part of a mean radius. */
const AS_GOOD = 0.99;

/** The outcome of a fixed number of samples for as many samples in all. */
export interface FixedInstead {
  /** Samples of the bound (--max-samples), beside the 100 that choose the class. */
  readonly maxSamples: number;
  /** Expected mean over all images, in pixels of [0, 1]: with the rates of failures that were seen. A forecast, nothing proved. */
  readonly meanRadius: number;
}

/** An image of a job as its votes have shown it. */
export interface VotedImage {
  readonly failures: number;
  /** Its samples; at least 1. */
  readonly n: number;
}

/**
 * Returns what `fixed` would have given where that is as good, at least 99 % of the mean radius: with as many samples for each image as the images took on average, at
 * the job's α. Null where stopping early has won, and where fewer samples than choose a class were drawn.
 *
 * @param voted images that were drawn, at least one. @param failed so many others, of which none has a radius
 * @param meanRadius over all images, that of the job
 */
export function fixedInstead(
  { claim, draw }: Job,
  voted: readonly VotedImage[],
  failed: number,
  meanRadius: number,
): FixedInstead | null {
  const { selection } = SPEC_DEFAULTS;
  const samples = voted.reduce((sum, { n }) => sum + n, 0);
  const maxSamples = Math.floor(samples / voted.length) - selection;
  if (maxSamples < 1) return null;
  const { kind, scale } = draw.noise;
  const images = [
    ...voted.map(({ failures, n }) => ({ delta: failures / n, right: null })),
    ...Array.from({ length: failed }, () => ({ delta: 1, right: null })),
  ];
  // In the units of the noise's scale, whose own scale is then 1.
  const noise = { kind, scale: 1 } as const;
  const groups = deltaGroups({ name: '', noise, images });
  const means = fixedMeans(groups, { alpha: imageAlpha(claim), n: maxSamples, selection }, noise, []);
  const found = scale * means.meanRadius;
  return found >= AS_GOOD * meanRadius ? { maxSamples, meanRadius: found } : null;
}
