import { farthestRadius, type FarthestRadius } from '../../analysis/results/farthest-radius.js';
import type { Job } from '../../shared/job.js';
import { sigmaOf } from '../../statistics/noises/scale.js';
import { printDown } from '../../statistics/radius.js';
import { flagsFurther } from './flags-further.js';
import { number } from './summary-lines.js';

/** Where the curve of certified accuracy ends whatever the images are: the largest radius that rule and bound can certify. */
export interface CurveEnd extends FarthestRadius {
  /** The radius in standard deviations of the noise. */
  readonly sigmas: number;
  /** Flags that go further, as they are typed; null of `target`, which asks for no more, and where none was found. */
  readonly further: string | null;
}

/** Returns where the curve of a job ends; null of one that certifies no radius. */
export function curveEnd(job: Job): CurveEnd | null {
  const farthest = farthestRadius(job);
  if (farthest === null) return null;
  const sigmas = farthest.radius / sigmaOf(job.draw.noise);
  return { ...farthest, sigmas, further: flagsFurther(job, farthest) };
}

/** Returns the text of the line `rule can reach`; null where there is none to say. */
export function curveEndLine({ radius, sigmas, samples, others, further }: CurveEnd): string | null {
  if (samples === null) return null;
  const votes =
    others === null
      ? `${number(samples)} unanimous votes prove`
      : `${number(samples)} votes prove if ${others.votes} of the first ${others.among} ${others.votes === 1 ? 'is' : 'are'} for another class and all the rest agree`;
  const advice = further === null ? '' : `; ${further} goes further`;
  return `${printDown(radius, 4)} (${printDown(sigmas, 2)} σ), which ${votes}${advice}`;
}
