/**
 * Returns the gain, in noise scales of radius per 1,000 samples, that the table of `spending` is matched to where `images` images share
 * `totalSamples` samples: about the price at which the last samples are spent.
 */
export function budgetGain(images: number, totalSamples: number): number {
  return 0.12 * ((1000 * images) / totalSamples) ** 1.4;
}
