import {
  countFrom,
  countedRadii,
  isComplete,
  isLabelled,
  provesRadii,
} from '../../../analysis/results/counted.js';
import type { ResultSet } from '../../../analysis/results/result-set.js';
import { meanRadii, outcomeCounts, type OutcomeKind } from '../../../analysis/results/set-numbers.js';
import type { NumbersAnswer } from '../../../api/page-api.js';
import { targetRadii } from '../../../report/results/asked-radii.js';
import { roundRadii } from '../../../statistics/noises/round-radii.js';

/** Returns the numbers of the images that have ended. */
export function resultNumbers(set: ResultSet): NumbersAnswer {
  const counts = outcomeCounts(set);
  const labelled = isLabelled(set);
  const sum = (...kinds: OutcomeKind[]): number | null =>
    labelled ? kinds.reduce((all, kind) => all + (counts.get(kind) ?? 0), 0) : null;
  const means = isComplete(set) ? meanRadii(set) : null;
  return {
    right: sum('certified-right', 'predicted-right'),
    wrong: sum('certified-wrong', 'predicted-wrong'),
    acr: means?.acr ?? null,
    meanRadius: means?.mean ?? null,
    certified: isComplete(set) && provesRadii(set) ? certifiedAt(set) : [],
  };
}

/** Returns how many images are certified at the radii that were asked for, else at round ones, as far as an image reaches them. */
function certifiedAt(set: ResultSet): NumbersAnswer['certified'] {
  const radii = countedRadii(set);
  return (targetRadii(set) ?? roundRadii(set.job.draw.noise))
    .map((radius) => ({ radius, images: countFrom(radii, radius) }))
    .filter(({ images }) => images > 0);
}
