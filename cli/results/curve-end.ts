import { farthestRadius, type FarthestRadius } from '../../analysis/results/farthest-radius.js';
import type { Claim, Job } from '../../shared/job.js';
import { sigmaOf } from '../../statistics/noises/scale.js';
import { printDown } from '../../statistics/radius.js';
import { PILOT } from '../../statistics/two-stage.js';
import { number } from './summary-lines.js';

/** Where the curve of certified accuracy ends whatever the images are: the largest radius that rule and bound can certify. */
export interface CurveEnd extends FarthestRadius {
  /** The radius in standard deviations of the noise. */
  readonly sigmas: number;
  /** The flags that go further, as a sentence without its end; null of `target`, which asks for no more. */
  readonly further: string | null;
}

/** Returns where the curve of a job ends; null of one that certifies no radius. */
export function curveEnd(job: Job): CurveEnd | null {
  const farthest = farthestRadius(job);
  if (farthest === null) return null;
  const sigmas = farthest.radius / sigmaOf(job.draw.noise);
  return { ...farthest, sigmas, further: furtherThan(farthest, job.claim) };
}

function furtherThan({ samples }: FarthestRadius, { stop, looks }: Claim): string | null {
  if (samples === null) return null;
  const most = looks.at(-1)! - (stop.kind === 'two-stage' ? PILOT : 0);
  if (stop.kind === 'fixed' || samples >= most) return 'a larger --max-samples goes further';
  if (stop.kind === 'budget') return 'a larger --total-samples goes further';
  return 'a smaller --min-gain, or --stop fixed, goes further';
}

/** Returns the text of the line `curve ends`; null where there is none to say. */
export function curveEndLine({ radius, sigmas, samples, further }: CurveEnd): string | null {
  if (samples === null || further === null) return null;
  return `at ${printDown(radius, 4)} (${printDown(sigmas, 2)} σ), which ${number(samples)} unanimous votes prove; ${further}`;
}
