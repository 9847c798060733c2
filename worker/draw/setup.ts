import type { Device, Layout, NoiseSpec, Normalisation } from '../../shared/job.js';

/** The noise that is asked for and, of a job that exists, how it is drawn; null for the process that finds this out. */
export interface NoiseOfSetup extends Pick<NoiseSpec, 'kind' | 'scale'> {
  readonly drawn: Pick<NoiseSpec, 'generator' | 'version' | 'lattice'> | null;
}

/** All that an inference child needs to draw samples of one job. */
export interface ChildSetup {
  readonly modelFile: string;
  /** sha256 (hex) that the file must have; null for the child that finds it out. */
  readonly modelDigest: string | null;
  /** The canonical data set. */
  readonly dataFile: string;
  /** Data digest (hex) that it must have; null for the child that finds out what the job will be. */
  readonly dataDigest: string | null;
  /**
   * Digests (hex) of its chunks, where only those that are asked for need be in the file; null: all of it is there, and is read once
   * at the start.
   */
  readonly dataChunks: readonly string[] | null;
  readonly device: Device;
  readonly layout: Layout | 'auto';
  /** Model output to read; null to choose the only one that fits. */
  readonly output: string | null;
  /** Rows a run; null to choose the canonical batch, verified against batch 1. */
  readonly batch: number | null;
  readonly normalisation: Normalisation;
  readonly noise: NoiseOfSetup;
  /** Decimal. */
  readonly seed: string;
  /** Images that model and batch are tried on: all of them or, if the model fails on that, the first that it takes. */
  readonly probeImages: readonly number[];
  /** Share of its batches that the child audits, 0 to 1. It decides no vote. */
  readonly auditShare: number;
}

export type { Prepared } from '../../shared/preparation.js';
