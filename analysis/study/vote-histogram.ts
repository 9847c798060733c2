import type { Population } from '../populations/population.js';

/** Bounds of the bins in failures: the bins become narrow towards p = 1, where radii are large. */
const BOUNDS = [1, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.01, 0.005, 0.001, 0.0001, 0];

/** A bin of probabilities of the class, and the share of the images in it. */
export interface Bin {
  /** `from` ≤ p < `to`; the last bin holds 1, too. */
  readonly from: number;
  readonly to: number;
  readonly share: number;
}

/** Returns the shares of images by the probability p of their class. */
export function narrowingBins({ images }: Population): Bin[] {
  return BOUNDS.slice(1).map((least, at) => {
    const most = BOUNDS[at]!;
    const within = images.filter(({ delta }) => delta <= most && (delta > least || least === 0));
    return { from: round(1 - most), to: round(1 - least), share: within.length / images.length };
  });
}

/** Returns the shares of images in bins of equal width over [0, 1]. @param count of bins, at least 1 */
export function evenBins({ images }: Population, count: number): Bin[] {
  const inBin = new Array<number>(count).fill(0);
  for (const { delta } of images) inBin[Math.min(count - 1, Math.floor(count * (1 - delta)))]! += 1;
  return inBin.map((found, at) => ({
    from: round(at / count),
    to: round((at + 1) / count),
    share: found / images.length,
  }));
}

/** Bounds as people write them: 1 − 0.05 is 0.95. */
const round = (p: number): number => Number(p.toFixed(6));
