import type { Layout } from './job.js';
import { imageCount, type JobImages } from './job-spec.js';

/** What an inference process found out about model and machine. */
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
  readonly generator: { readonly name: string; readonly version: number };
}

/** How many images model and batch are tried on, spread over the job. */
const PROBE_IMAGES = 8;

/** The images that model and batch are tried on: the same for every worker of a job, or their fingerprints would differ. */
export function probeImagesOf(images: JobImages): number[] {
  const { start, step } = images;
  const count = imageCount(images);
  const tried = Math.min(PROBE_IMAGES, count);
  return Array.from({ length: tried }, (_, i) => start + step * Math.floor((i * count) / tried));
}
