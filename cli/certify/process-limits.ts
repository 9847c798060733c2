import { availableParallelism } from 'node:os';
import type { Device } from '../../shared/job.js';
import type { Range } from '../../shared/range.js';

/** Inference processes of a machine: the ranges and defaults of the flags that say how many, and how long one may be silent. */

export const PROCESSES = { least: 1, most: 1_024, whole: true } as const satisfies Range;
export const HANG_SECONDS = { above: 0, most: 86_400 } as const satisfies Range;
export const DEFAULT_HANG_SECONDS = '60';

/** Returns how many inference processes a device has where none are named. */
export const usualProcesses = (device: Device): number => (device === 'cpu' ? availableParallelism() : 1);
