import { availableParallelism } from 'node:os';
import type { Device } from '../../shared/job.js';
import type { Range } from '../../shared/range.js';

/** Inference processes of a machine: the ranges and defaults of the flags that say how many, how long one may be silent, and what it audits. */

export const PROCESSES = { least: 1, most: 1_024, whole: true } as const satisfies Range;
export const HANG_SECONDS = { above: 0, most: 86_400 } as const satisfies Range;
export const DEFAULT_HANG_SECONDS = '60';
export const AUDIT_SHARE = { least: 0, most: 1 } as const satisfies Range;
/** 1/256: below 1 % of the time (bench/audit-cost.txt). */
export const DEFAULT_AUDIT_SHARE = '0.00390625';
export const AUDIT_SHARE_HELP =
  'share of the batches that are run again among other rows, to see that scores stay';

/** Returns how many inference processes a device has where none are named. */
export const usualProcesses = (device: Device): number => (device === 'cpu' ? availableParallelism() : 1);
