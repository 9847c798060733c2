import {
  PROBABILITY_BINS,
  inProbabilityBins,
  lowerBounds,
  sampleBins,
  samplesInBins,
  voteShares,
  type Bin,
} from '../../analysis/results/histograms.js';
import { provesRadii } from '../../analysis/results/counted.js';
import type { ResultSet } from '../../analysis/results/result-set.js';
import {
  OUTCOME_KINDS,
  meanRadii,
  outcomeCounts,
  sampleNumbers,
  stopCounts,
} from '../../analysis/results/set-numbers.js';
import { oneLine } from '../../shared/safe-text.js';
import { whole } from '../../shared/written-numbers.js';
import type { Axis, Curve, Figure } from '../figures/figure.js';
import { radiusDown } from '../radius-down.js';
import { OUTCOME_WORDS, soFarWords, stopWords } from './result-words.js';

/** The number of samples that the field draws for every image, to compare with. */
export const USUAL_SAMPLES = 100_000;

const SHARE: Axis = { label: 'share of all images', scale: 'linear', percent: true, least: 0 };

const categoryAxis = (label: string, categories: readonly string[]): Axis => ({
  label,
  scale: 'category',
  categories,
});

/** Returns the bars of a set: shares of all its images, with the numbers of images above. */
const shareBars = ({ label, images }: ResultSet, counts: readonly number[]): Curve => ({
  label,
  kind: 'bars',
  points: counts.map((count, x) => ({ x, y: count / images, text: whole(count) })),
});

const CERTIFICATE_WORDS =
  ' A certificate is about the model, so that one of another class than the label can be valid.';

/** Returns how many images have each kind of outcome. */
export function outcomesFigure(sets: readonly ResultSet[]): Figure {
  const counts = sets.map(outcomeCounts);
  const kinds = OUTCOME_KINDS.filter((kind) => counts.some((each) => each.has(kind)));
  return {
    name: 'outcomes',
    title: 'What became of the images',
    caption: `The numbers are images. Right and wrong: whether the class is the label.${sets.some(provesRadii) ? CERTIFICATE_WORDS : ''}${soFarWords(sets)}`,
    x: categoryAxis(
      'outcome',
      kinds.map((kind) => OUTCOME_WORDS[kind]),
    ),
    y: SHARE,
    curves: sets.map((set, at) =>
      shareBars(
        set,
        kinds.map((kind) => counts[at]!.get(kind) ?? 0),
      ),
    ),
  };
}

/** Returns why images were drawn no further. */
export function stopsFigure(sets: readonly ResultSet[]): Figure {
  const counts = sets.map((set) => {
    const stops = stopCounts(set);
    return new Map(stops.map(({ outcome, stop, count }) => [oneLine(stopWords(outcome, stop)), count]));
  });
  const reasons = [...new Set(counts.flatMap((each) => [...each.keys()]))].sort();
  return {
    name: 'stops',
    title: 'Why images stopped',
    caption: `Reasons why no more samples of an image were drawn, by its outcome. The numbers are images.${soFarWords(sets)}`,
    x: categoryAxis('outcome and reason', reasons),
    y: SHARE,
    curves: sets.map((set, at) =>
      shareBars(
        set,
        reasons.map((reason) => counts[at]!.get(reason) ?? 0),
      ),
    ),
  };
}

/** Returns the histogram of the samples that images took. */
export function samplesFigure(sets: readonly ResultSet[]): Figure {
  const bins = sampleBins(sets);
  const text = ({ from, to }: Bin) => (from === to ? whole(from) : `${whole(from)}–${whole(to)}`);
  return {
    name: 'samples',
    title: 'Samples an image took',
    caption: `Samples that the outcome of an image rests on, without images that failed. The numbers are images.${soFarWords(sets)}`,
    x: categoryAxis('samples', bins.map(text)),
    y: SHARE,
    curves: sets.map((set) => shareBars(set, samplesInBins(set, bins))),
  };
}

/** Returns what to say of images without a sample, as the end of a clause: they are nothing that a rule saved. */
function undrawnWords(sets: readonly ResultSet[]): string {
  const undrawn = sets
    .flatMap(({ results }) => results)
    .filter(({ outcome, samples }) => outcome !== 'failed' && samples === 0).length;
  return undrawn === 0 ? '' : `, of which ${whole(undrawn)} had no sample and count as 0`;
}

/** Returns what was spent an image, beside what a fixed number of samples spends. What a job may draw has a bar only where it is another number. */
export function spentFigure(sets: readonly ResultSet[]): Figure {
  const fixed = `a fixed ${whole(USUAL_SAMPLES)} an image`;
  const allowedOf = (set: ResultSet): number => set.job.claim.looks.at(-1)!;
  const hasAllowed = sets.some((set) => allowedOf(set) !== USUAL_SAMPLES);
  const bars = sets.map((set): Curve => {
    const numbers = sampleNumbers(set);
    const spent = numbers === null ? 0 : numbers.sum / numbers.images;
    const heights = hasAllowed ? [spent, allowedOf(set)] : [spent];
    return { label: set.label, kind: 'bars', points: heights.map((y, x) => ({ x, y, text: whole(y) })) };
  });
  const names = hasAllowed ? ['spent, on average', 'allowed, at most'] : ['spent, on average'];
  const ends = [-0.5, names.length - 0.5];
  const allowed = hasAllowed ? ' Allowed: the most that the job draws of one image.' : '';
  return {
    name: 'spent',
    title: 'Samples spent, and by a fixed number',
    caption: `Spent: mean of the samples that the outcomes rest on, over the images that have not failed${undrawnWords(sets)}.${allowed} Grey, dashed: what the usual ${whole(USUAL_SAMPLES)} samples for every image spend.${soFarWords(sets)}`,
    x: categoryAxis('', names),
    y: { label: 'samples an image', scale: 'linear', least: 0 },
    curves: [...bars, { label: fixed, kind: 'limit', points: ends.map((x) => ({ x, y: USUAL_SAMPLES })) }],
  };
}

const BIN_NAMES = PROBABILITY_BINS.map(({ from, to }) => (from === 0 ? `below ${to}` : `${from} to ${to}`));

function probabilityFigure(
  sets: readonly ResultSet[],
  of: (set: ResultSet) => number[],
  words: Pick<Figure, 'name' | 'title' | 'caption'>,
): Figure {
  return {
    name: words.name,
    title: words.title,
    caption: `${words.caption} A bin holds its lower end and not its upper one; the last holds both.${soFarWords(sets)}`,
    x: categoryAxis('p_A', BIN_NAMES),
    y: SHARE,
    curves: sets.map((set) => shareBars(set, inProbabilityBins(of(set)))),
  };
}

/** Returns the histogram of the lower bounds on p_A; none if nothing is certified. */
export function lowerBoundFigures(sets: readonly ResultSet[]): Figure[] {
  if (sets.every((set) => lowerBounds(set).length === 0)) return [];
  return [
    probabilityFigure(sets, lowerBounds, {
      name: 'p-lower',
      title: 'p_A, lower bounds of the certificates',
      caption:
        'The proved lower bound on the probability that a noisy copy gets the certified class: what a radius is made from. Images without a certificate have none. It says as much of the number of samples as of the model.',
    }),
  ];
}

/** Returns the histogram of the shares of votes; none if nothing was drawn. */
export function voteShareFigures(sets: readonly ResultSet[]): Figure[] {
  if (sets.every((set) => voteShares(set).length === 0)) return [];
  return [
    probabilityFigure(sets, voteShares, {
      name: 'p-votes',
      title: 'p_A, estimated: shares of votes',
      caption:
        'Share of the counted samples that voted for the class of an image; for an abstained image, the class with most votes. An estimate, and no bound: an image that stopped after few samples that agree is counted as 1.',
    }),
  ];
}

/** Returns the means of the radii of several jobs; none of one alone, or where no radius is proved. */
export function meanRadiusFigures(sets: readonly ResultSet[]): Figure[] {
  const known = sets.flatMap((set) => {
    const means = meanRadii(set);
    return means === null ? [] : [{ set, means }];
  });
  if (known.length < 2) return [];
  const bars = (label: string, of: (means: (typeof known)[number]['means']) => number | null): Curve => ({
    label,
    kind: 'bars',
    points: known.flatMap(({ means }, x) => {
      const y = of(means);
      return y === null ? [] : [{ x, y, text: radiusDown(y) }];
    }),
  });
  const acr = bars('average certified radius (ACR): 0 if wrong', (means) => means.acr);
  return [
    {
      name: 'mean-radius',
      title: 'Means of the radii',
      caption: `Over all images of a job: 0 without a certificate. The average certified radius counts a certificate of another class than the label as 0, too.${soFarWords(sets)}`,
      x: categoryAxis(
        'job',
        known.map(({ set }) => set.label),
      ),
      y: { label: 'radius', scale: 'linear', least: 0 },
      curves: [
        ...(acr.points.length > 0 ? [acr] : []),
        bars('mean radius, right or wrong', (means) => means.mean),
      ],
    },
  ];
}
