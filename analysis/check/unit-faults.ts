import type { Normalisation } from '../../shared/job.js';

/** The largest σ of pixels in [0, 1] that is not suspected to be one of pixels of 0 to 255. */
const LARGEST_SIGMA = 2;
const PIXEL_LEVELS = 255;
/** A mean or a standard deviation of pixels in [0, 1] is below 1; one above this is of 0 to 255. */
const LARGEST_STD = 2;
/** The scales from here on are taken for those of 0 to 255. */
const LARGE_SCALE = 100;

/** Numbers that are in other units than those they are used in. */
export type UnitFault =
  /** A mean or std of pixels of 0 to 255, and a scale of 1. */
  | {
      readonly kind: 'mean-above-scale';
      readonly mean: number;
      readonly std: number;
      readonly inputScale: number;
    }
  /** A mean or std of pixels in [0, 1], and a scale of 255. */
  | {
      readonly kind: 'mean-below-scale';
      readonly mean: number;
      readonly std: number;
      readonly inputScale: number;
    }
  | { readonly kind: 'sigma'; readonly sigma: number; readonly rescaled: number }
  /** No pixel is above 1/255: zeros and ones held as 0 to 255, or pixels that were divided by 255 twice. */
  | { readonly kind: 'dark'; readonly largest: number; readonly levels: boolean };

/** The numbers whose units are looked at. */
export interface Units {
  readonly normalisation: Normalisation;
  /** Standard deviation of the noise. */
  readonly sigma: number;
  /** Of some images, as shares of 1. */
  readonly values: { readonly smallest: number; readonly largest: number; readonly levels: boolean };
}

/** Returns the faults of units, of images of pixels. */
export function unitFaultsOf({ normalisation, sigma, values }: Units): UnitFault[] {
  const { inputScale } = normalisation;
  const faults: UnitFault[] = [];
  if (values.largest <= 1 / PIXEL_LEVELS && values.largest > values.smallest)
    faults.push({ kind: 'dark', largest: values.largest, levels: values.levels });
  const mean = Math.max(...normalisation.mean);
  const std = Math.max(...normalisation.std);
  if (mean > Math.max(1, inputScale) || (std > LARGEST_STD && inputScale <= 1))
    faults.push({ kind: 'mean-above-scale', mean, std, inputScale });
  if (inputScale >= LARGE_SCALE && ((mean > 0 && mean < 1) || std < 1))
    faults.push({ kind: 'mean-below-scale', mean, std, inputScale });
  if (sigma > LARGEST_SIGMA) faults.push({ kind: 'sigma', sigma, rescaled: sigma / PIXEL_LEVELS });
  return faults;
}
