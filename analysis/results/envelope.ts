import { canonicalJson, type Job } from '../../shared/job.js';
import { countFrom, countedRadii, isComplete, isLabelled, provesRadii } from './counted.js';
import type { ResultSet } from './result-set.js';
import type { Stair } from './stairs.js';

/**
 * Returns the upper envelope of the certified accuracies of several noise levels: at every radius the largest number of images that one of them
 * certifies. It is no certified accuracy of one classifier: whoever wants it must choose the noise level before the attack is known.
 *
 * @returns null unless there are at least two sets, of the same images and the same claim under the same kind of noise, all of another σ, and all
 * have ended. Models may differ, as they are trained for their σ
 */
export function envelopeOf(sets: readonly ResultSet[]): Stair[] | null {
  if (!differInSigmaAlone(sets)) return null;
  const counted = sets.map(countedRadii);
  const radii = [...new Set([0, ...counted.flatMap((each) => [...each])])].sort((a, b) => a - b);
  return radii.map((radius) => ({
    radius,
    count: Math.max(...counted.map((each) => countFrom(each, radius))),
  }));
}

function differInSigmaAlone(sets: readonly ResultSet[]): boolean {
  const scales = new Set(sets.map(({ job }) => job.draw.noise.scale));
  const rest = new Set(sets.map((set) => `${isLabelled(set)} ${besidesSigma(set.job)}`));
  const fits = sets.every(
    (set) => isComplete(set) && provesRadii(set) && set.job.claim.stop.kind !== 'target',
  );
  return sets.length > 1 && scales.size === sets.length && rest.size === 1 && fits;
}

/** Returns what must be equal of jobs that differ in σ alone. */
function besidesSigma({ draw, claim }: Job): string {
  const { dataDigest, noise, normalisation, classes } = draw;
  return canonicalJson({ dataDigest, kind: noise.kind, normalisation, classes, claim });
}
