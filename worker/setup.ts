import type { Device, Layout, Normalisation } from '../shared/job.js';

/** All that an inference child needs to draw samples of one job. */
export interface ChildSetup {
  readonly modelFile: string;
  /** sha256 (hex) that the file must have; null for the child that finds it out. */
  readonly modelDigest: string | null;
  /** The canonical data set. */
  readonly dataFile: string;
  readonly device: Device;
  readonly layout: Layout | 'auto';
  /** Model output to read; null to choose the only one that fits. */
  readonly output: string | null;
  /** Rows a run; null to choose the canonical batch, verified against batch 1. */
  readonly batch: number | null;
  readonly normalisation: Normalisation;
  /** σ, in units of pixels scaled to [0, 1]. */
  readonly scale: number;
  /** Decimal. */
  readonly seed: string;
  /** Images that model and batch are tried on: all of them or, if the model fails on that, the first that it takes. */
  readonly probeImages: readonly number[];
}

/** What a child found out about model and machine. */
export interface Prepared {
  readonly modelDigest: string;
  readonly layout: Layout;
  readonly output: string;
  readonly classes: number;
  readonly batch: number;
  /** Why the model runs one row at a time, or null. */
  readonly batchNote: string | null;
  readonly numericClass: string;
  /** sha256 (hex) of the probe's scores. */
  readonly fingerprint: string;
  /** Whether the probe's scores were the same bits wherever a row stood in a batch. */
  readonly steady: boolean;
  /** Milliseconds of the probe's slowest batch. */
  readonly batchMs: number;
}
