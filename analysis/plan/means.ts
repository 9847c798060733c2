/** The expectation of all images of a population together from a rule: means over images and noise. All shares are of ALL images. */
export interface Means {
  /** Samples an image. */
  readonly samples: number;
  /** Mean of the radius, 0 where an image abstains; in the units of the noise's scale. */
  readonly meanRadius: number;
  /** The same, with 0 for an image of which the class is not the label's (average certified radius). Equal to `meanRadius` without labels. */
  readonly acr: number;
  /** Share of the images with a certificate. */
  readonly certified: number;
  /** By wanted radius: the share that is certified to at least that radius and, where there are labels, right (certified accuracy). */
  readonly accuracy: readonly number[];
}

/** Images of the same failure probability. */
export interface DeltaGroup {
  readonly delta: number;
  /** Share of all images. */
  readonly share: number;
  /** Share of all images of which the class is the label's, or could not be compared. */
  readonly right: number;
}
