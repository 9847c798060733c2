import type { Lattice, Layout } from './job.js';
import { imageCount, type JobImages } from './job-spec.js';

/** Facts about a model and a machine that an inference process has found. */
export interface Prepared {
  readonly modelDigest: string;
  readonly layout: Layout;
  readonly output: string;
  readonly classes: number;
  readonly batch: number;
  /** Why the model runs one row at a time, or null. */
  readonly batchNote: string | null;
  /** How the data were rounded to their lattice, in a sentence; null if no value was. */
  readonly roundingNote: string | null;
  readonly numericClass: string;
  /** sha256 (hex) of the probe's scores. */
  readonly fingerprint: string;
  /** True if the probe's scores were the same bits at every position of a row in a batch. */
  readonly steady: boolean;
  /** Milliseconds of the probe's slowest batch. */
  readonly batchMs: number;
  readonly generator: { readonly name: string; readonly version: number };
  /** Where the noise moves the inputs. Absent only in what a worker of version 0.1.0 found. */
  readonly lattice?: Lattice;
}

/** Images that model and batch are probed with, spread over the job. */
const PROBE_IMAGES = 8;

/** Chooses the images that model and batch are probed with: the same for every worker of a job, or their fingerprints would differ. */
export function probeImagesOf(images: JobImages): number[] {
  const { start, step } = images;
  const count = imageCount(images);
  const tried = Math.min(PROBE_IMAGES, count);
  return Array.from({ length: tried }, (_, i) => start + step * Math.floor((i * count) / tried));
}
