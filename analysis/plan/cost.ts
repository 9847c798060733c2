/** The cost of drawing, as far as it is known. */
export interface Rates {
  /** Images that will be certified. */
  readonly images: number;
  /** Samples a second; null: not known. */
  readonly samplesPerSecond: number | null;
  /** Of an hour, in any currency; null: not known. */
  readonly pricePerHour: number | null;
}

export interface Cost {
  readonly totalSamples: number;
  /** Null where the rate is not known. */
  readonly hours: number | null;
  /** Null where rate or price is not known. */
  readonly price: number | null;
}

/** Returns what so many samples an image cost. @param samples an image, on average */
export function costOf(samples: number, { images, samplesPerSecond, pricePerHour }: Rates): Cost {
  const totalSamples = samples * images;
  const hours = samplesPerSecond === null ? null : totalSamples / samplesPerSecond / 3600;
  return {
    totalSamples,
    hours,
    price: hours === null || pricePerHour === null ? null : hours * pricePerHour,
  };
}

/** Returns the samples an image that so many hours pay for. @param rates with a known rate */
export const affordableSamples = (hours: number, rate: number, images: number): number =>
  (hours * 3600 * rate) / images;
