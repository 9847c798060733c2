/** Counters of a job. None ever decreases. */
export interface Progress {
  readonly images: number;
  readonly certified: number;
  readonly abstained: number;
  readonly failed: number;
  readonly approximate: number;
  readonly predicted: number;
  readonly samples: number;
  readonly shardsCounted: number;
  readonly shardsDuplicate: number;
  readonly shardsDivergent: number;
  readonly shardsLate: number;
  readonly shardsRejected: number;
  readonly shardsFailed: number;
  readonly micros: number;
  /** Ledger record that they include. */
  readonly sequence: number;
}

/** Returns how many images have ended. */
export function decidedOf({ certified, abstained, failed, approximate, predicted }: Progress): number {
  return certified + abstained + failed + approximate + predicted;
}
