import type { Claim } from '../../shared/job.js';

/** The images of a claim about one. */
export const ONE_IMAGE: Claim['images'] = { start: 0, stop: 1, step: 1 };
