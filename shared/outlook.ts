/** A forecast with its uncertainty: likely between `low` and `high`. */
export interface Forecast {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

/** How much of a running job is still to come. A forecast: no certificate depends on it. */
export interface Outlook {
  /** Samples of the whole job, those that are drawn included. */
  readonly samples: Forecast;
  /** Of the last moments; null before any. */
  readonly samplesPerSecond: number | null;
  /** Null without a rate. */
  readonly secondsLeft: Forecast | null;
}
