/** Figures of the batches of a run. */
export interface BatchFigures {
  readonly batches: number;
  /** Batches of which half of the rows were run a second time. */
  readonly audited: number;
  readonly votes: number;
  readonly tied: number;
  readonly invalid: { readonly nan: number; readonly infinite: number; readonly noneFinite: number };
}

/** The figures that the summaries of certificates and of predictions have. Shares and means are over ALL images of the job. */
export interface SharedSummary {
  /** The folder, as it was given. */
  readonly out: string;
  /** Remarks on model, data and claim, a sentence or two each. */
  readonly notes: readonly string[];
  readonly images: number;
  readonly decided: number;
  /** Certificates or predictions that are the label, and others; null without labels. */
  readonly right: number | null;
  readonly wrong: number | null;
  /** Images by the reason why they abstained, and by the code of their failure. */
  readonly abstained: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
  readonly labelled: boolean;
  readonly simultaneous: boolean;
  /** Most samples of an image. */
  readonly budget: number;
  /** Samples that the outcomes rest on, and those of a fixed number for each image; null where none stops early. */
  readonly samples: number;
  readonly usualSamples: number | null;
  readonly medianSamples: number;
  readonly mostSamples: number;
  /** The total that the images share; null where they share none. */
  readonly totalSamples: number | null;
  readonly undrawn: number;
  /** Samples that are counted: work ahead of a decision included. */
  readonly drawn: number;
  /** Of this run alone; null where nothing was to be drawn. */
  readonly seconds: number | null;
  readonly samplesPerSecond: number | null;
  readonly batches: BatchFigures | null;
}

/** The object that `smoothcert certify --json` prints. */
export interface CertifySummary extends SharedSummary {
  readonly certified: number;
  /** Images with an approximation in place of a certificate; in no share and no mean. */
  readonly approximate: number;
  /** Share of the images that are certified to at least each radius, and correct where labels are known. */
  readonly accuracy: readonly { readonly radius: number; readonly share: number }[];
  /** Null for a bound that proves nothing. */
  readonly alpha: number | null;
  /** The norm of all radii here. */
  readonly norm: 'l1' | 'l2';
  /** The worth of a radius in the other norms: times `factor`. */
  readonly otherNorms:
    | readonly { readonly norm: 'l1' | 'l2' | 'linf'; readonly divisor: string; readonly factor: number }[]
    | null;
  /** Average certified radius: mean over all images of radius × correct; null without labels, for 'target', and for a bound that proves nothing. */
  readonly acr: number | null;
  readonly meanRadius: number | null;
  readonly runnerUp: boolean;
  /** Forecast of `meanRadius` at `budget` samples for each image; null where it cannot be told. */
  readonly forecastRadius: number | null;
  /** The largest radius that rule and bound can certify, and flags that go further. */
  readonly farthest: {
    readonly radius: number;
    readonly samples: number | null;
    readonly others: { readonly votes: number; readonly among: number } | null;
    readonly sigmas: number;
    readonly further: string | null;
  } | null;
  /** The forecast of 'fixed' for as many samples, where it is nearly as good or better. */
  readonly fixedInstead: { readonly maxSamples: number; readonly meanRadius: number } | null;
  /** Nearly all images are certified, and almost none correctly: model, preprocessing and labels do not belong together. */
  readonly contradicted: boolean;
}

/** The object that `smoothcert predict --json` prints. */
export interface PredictSummary extends SharedSummary {
  readonly predicted: number;
  readonly alpha: number;
  /** Share of the images whose predicted class is the label; null without labels. */
  readonly accuracy: number | null;
  readonly abstaining: number;
}
