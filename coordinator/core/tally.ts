/** Numbers of shards by what became of them. They are shown to people; no certificate depends on them. */
export interface Tally {
  counted: number;
  duplicate: number;
  divergent: number;
  late: number;
  /** Off the grid, of another job, class or fingerprint: never folded. */
  rejected: number;
  failed: number;
  /** Samples in counted shards, work ahead included, late ones not. */
  samples: number;
  /** Microseconds of noise and inference in them. */
  micros: number;
  /** Samples in shards that were not counted. */
  readonly wasted: Record<Wasted, number>;
  /** Looks at which images could have been decided. */
  looks: number;
}

export type Wasted = 'duplicate' | 'divergent' | 'late' | 'rejected';

/** Returns the tally of nothing. */
export const noTally = (): Tally => ({
  counted: 0,
  duplicate: 0,
  divergent: 0,
  late: 0,
  rejected: 0,
  failed: 0,
  samples: 0,
  micros: 0,
  looks: 0,
  wasted: { duplicate: 0, divergent: 0, late: 0, rejected: 0 },
});
