import { countFrom, countedRadii, isSample, provesRadii } from '../../analysis/results/counted.js';
import { envelopeOf } from '../../analysis/results/envelope.js';
import { farthestRadius } from '../../analysis/results/farthest-radius.js';
import type { ResultSet } from '../../analysis/results/result-set.js';
import { stairsOf, thinned, type Stair } from '../../analysis/results/stairs.js';
import {
  BAND,
  RHO,
  highProbability,
  populationBand,
  wrongAtMost,
  type WrongAtMost,
} from '../../analysis/results/uncertainty.js';
import { NOISES } from '../../statistics/noises/noises.js';
import { NORM_NAMES } from '../../statistics/noises/other-norms.js';
import { imageAlpha } from '../../statistics/simultaneous.js';
import { whole } from '../../shared/written-numbers.js';
import type { Axis, Curve, Figure, Point } from '../figures/figure.js';
import { radiusDown } from '../radius-down.js';
import { targetRadii } from './asked-radii.js';
import { shareNow, soFarWords, textOf } from './result-words.js';

/** A curve that is drawn has at most so many stairs: one falls at most a part of the axis like this earlier than it is true, less than a line is wide. */
const CELLS = 800;

/** Curves for the eye lose stairs that cannot be told apart; those for numbers have all. */
export type Detail = 'drawn' | 'exact';

/** The axis of several sets goes on behind their curves by this factor: limits that lie there are seen, and where the last curve falls, too. */
const BEHIND = 1.05;

type RadiusAxis = Axis & { readonly most: number };

/** A set that proves radii, and what its figures are made of. */
interface Curved {
  readonly set: ResultSet;
  readonly radii: Float64Array;
  /** Largest radius that it can certify; null: none. */
  readonly cap: { readonly radius: number; readonly samples: number | null } | null;
  readonly wrong: WrongAtMost;
}

/** Returns the figures of certified accuracy against radius: of all sets, of each with its uncertainties, and their envelope. */
export function accuracyFigures(sets: readonly ResultSet[], detail: Detail): Figure[] {
  const curved = sets.filter(provesRadii).map(curvedOf);
  if (curved.length === 0) return [];
  if (curved.length === 1) return [setFigure(curved[0]!, 'certified-accuracy', '', detail)];
  const each = curved.map((one, at) =>
    setFigure(one, `certified-accuracy-${at + 1}`, `, ${one.set.label}`, detail),
  );
  const x = commonAxis(curved);
  const width = widthOf(x, detail) / BEHIND;
  const envelope = envelopeOf(curved.map(({ set }) => set));
  return [
    overlay(curved, x, width),
    ...each,
    ...(envelope === null ? [] : [envelopeFigure(curved, thinned(envelope, width), x, width)]),
  ];
}

const curvedOf = (set: ResultSet): Curved => ({
  set,
  radii: countedRadii(set),
  cap: farthestRadius(set.job),
  wrong: wrongAtMost(set.job.claim, set.images)!,
});

const farthest = ({ cap, radii }: Curved): number => Math.max(cap?.radius ?? 0, radii.at(-1) ?? 0);

/** Returns the axis of one set: as far as it can certify. */
const radiusAxis = (one: Curved): RadiusAxis => axisOf([one], farthest(one));

/**
 * Returns the axis of several sets: as far as their curves go, as limits far behind them would press them together; without a curve as far as limits
 * go.
 */
function commonAxis(curved: readonly Curved[]): RadiusAxis {
  const end = Math.max(...curved.map(({ radii }) => radii.at(-1) ?? 0));
  return axisOf(curved, BEHIND * (end > 0 ? end : Math.max(...curved.map(farthest))));
}

function axisOf(curved: readonly Curved[], most: number): RadiusAxis {
  const norms = [...new Set(curved.map(({ set }) => NORM_NAMES[NOISES[set.job.draw.noise.kind].norm]))];
  return { label: `radius (${norms.join(' or ')})`, scale: 'linear', least: 0, most: most > 0 ? most : 1 };
}

/** Returns by how much a stair may fall early: less than a line is wide, and of exact curves by nothing. */
const widthOf = ({ most }: RadiusAxis, detail: Detail): number => (detail === 'exact' ? 0 : most / CELLS);

const shareAxis = (sets: readonly ResultSet[]): Axis => ({
  label: shareNow(sets),
  scale: 'linear',
  percent: true,
  least: 0,
  most: 1,
});

/** Returns the stairs that are drawn of a set; of `target` its radii alone, as it asks for no others. */
function shownStairs({ set, radii }: Curved, width: number): Stair[] {
  const asked = targetRadii(set);
  return asked === null ? thinned(stairsOf(radii), width) : asked.map((radius) => stairAt(radii, radius));
}

const stairAt = (radii: Float64Array, radius: number): Stair => ({
  radius,
  count: countFrom(radii, radius),
});

/** Returns the certified accuracy of a set. */
function accuracyCurve(one: Curved, width: number, label: string): Curve {
  const { images } = one.set;
  return {
    label,
    kind: targetRadii(one.set) === null ? 'stairs' : 'points',
    points: shownStairs(one, width).map(({ radius, count }) => ({ x: radius, y: count / images })),
  };
}

/** Returns an upright line at the largest radius. */
const limitCurve = (label: string, text: string, radius: number): Curve => ({
  label,
  kind: 'limit',
  points: [
    { x: radius, y: 0 },
    { x: radius, y: 1, text },
  ],
});

/** Returns the limits of sets that lie on an axis, each with its radius; those that are equal are one line. */
function limits(curved: readonly Curved[], { most }: RadiusAxis): Curve[] {
  const radii = new Set(curved.flatMap(({ cap }) => (cap === null || cap.radius > most ? [] : [cap.radius])));
  return [...radii].map((radius) => {
    const text = `limit ${radiusDown(radius)}`;
    return limitCurve(text, text, radius);
  });
}

/** Returns a sentence on how far the jobs can go, and whose limits those are. */
function limitsWords(curved: readonly Curved[], { most }: RadiusAxis): string {
  const known = curved.flatMap(({ set, cap }) =>
    cap === null ? [] : [{ label: set.label, radius: cap.radius }],
  );
  if (known.length === 0) return '';
  const texts = new Set(known.map(({ radius }) => radiusDown(radius)));
  const told =
    texts.size === 1
      ? `${[...texts][0]!} in every job`
      : known.map(({ label, radius }) => `${radiusDown(radius)} (${label})`).join('; ');
  const isDrawn = known.some(({ radius }) => radius <= most);
  const line = isDrawn ? ' An upright grey line marks each of them that lies within this figure.' : '';
  return ` Largest radius that rule and bound can certify: ${told}.${line}`;
}

function overlay(curved: readonly Curved[], x: RadiusAxis, width: number): Figure {
  const sets = curved.map(({ set }) => set);
  return {
    name: 'certified-accuracy',
    title: `${textOf(sets).title} against radius`,
    caption: `Share of all images of a job that are ${textOf(sets).counted} to at least the radius.${limitsWords(curved, x)} Uncertainties are drawn in each job's own figure.${soFarWords(sets)}`,
    x,
    y: shareAxis(sets),
    curves: [...curved.map((one) => accuracyCurve(one, width, one.set.label)), ...limits(curved, x)],
  };
}

/** Returns the figure of one set, with its uncertainties. @param whose the end of its title */
function setFigure(one: Curved, name: string, whose: string, detail: Detail): Figure {
  const x = radiusAxis(one);
  const width = widthOf(x, detail);
  const { set, cap, wrong } = one;
  const { counted, title, short } = textOf([set]);
  const isTarget = targetRadii(set) !== null;
  return {
    name,
    title: `${title} against radius${whose}`,
    caption: [
      `Share of all images (${whole(set.images)}) that are ${counted} to at least the radius${isTarget ? ', at the radii that were asked for' : ''}.`,
      certificateWords(wrong),
      bandWords(set),
      capWords(cap),
    ]
      .filter((text) => text !== '')
      .join(' ')
      .concat(soFarWords([set])),
    x,
    y: shareAxis([set]),
    curves: [
      ...(hasBand(set) ? [bandCurve(one, width)] : []),
      accuracyCurve(one, width, short),
      ...lowerCurves(one, width),
      ...(cap === null ? [] : [limitCurve('limit', `limit ${radiusDown(cap.radius)}`, cap.radius)]),
    ],
  };
}

/** Returns true if a set has a band over images: marks alone have none, and the table has its numbers. */
const hasBand = (set: ResultSet): boolean => isSample(set) && targetRadii(set) === null;

function bandCurve(one: Curved, width: number): Curve {
  const points = shownStairs(one, width).map(({ radius, count }): Point => {
    const { low, high } = populationBand(count, one.set.images);
    return { x: radius, y: high, low };
  });
  return { label: `images: ${percentOf(BAND)} band for a population`, kind: 'band', points };
}

/** Returns the lower lines of the certified accuracy of these very images: at most k certificates wrong, and that of Cohen et al. */
function lowerCurves(one: Curved, width: number): Curve[] {
  const { set, wrong } = one;
  const stairs = shownStairs(one, width);
  const kind = targetRadii(set) === null ? 'stairs' : 'points';
  const alpha = imageAlpha(set.job.claim);
  const curve = (label: string, y: (count: number) => number): Curve => ({
    label,
    kind,
    points: stairs.map(({ radius, count }) => ({ x: radius, y: y(count) })),
  });
  return [
    ...(wrong.most === 0
      ? []
      : [curve(wrongWords(wrong), (count) => Math.max(0, count - wrong.most) / set.images)]),
    curve(`Cohen et al.'s line (ρ = ${RHO})`, (count) => highProbability(count, set.images, alpha)),
  ];
}

const percentOf = (share: number): string => `${Number((100 * share).toPrecision(6))} %`;

const wrongWords = ({ most, confidence }: WrongAtMost): string =>
  `certificates: at most ${whole(most)} wrong (${percentOf(confidence)})`;

/** Returns the sentences about the certificates of these images. */
function certificateWords({ most, confidence }: WrongAtMost): string {
  const wrong =
    most === 0
      ? 'none of them is wrong.'
      : `at most ${whole(most)} of them ${most === 1 ? 'is' : 'are'} wrong; the lower line counts that many as wrong.`;
  return `Certificates: with probability at least ${percentOf(confidence)} ${wrong} Cohen et al.'s line is the same kind of lower bound (Bernstein's inequality), wrong with probability ${RHO}.`;
}

const bandWords = (set: ResultSet): string =>
  set.job.claim.stop.kind === 'budget'
    ? 'Images: they share their samples, so that their outcomes depend on each other, and there is no band for a population.'
    : hasBand(set)
      ? `Images: were they a random sample of a population, its share would lie in the band with probability ${percentOf(BAND)}, at each radius by itself (Clopper and Pearson).`
      : '';

function capWords(cap: Curved['cap']): string {
  if (cap === null) return '';
  const radius = radiusDown(cap.radius);
  if (cap.samples === null) return `No larger radius than ${radius} was asked for.`;
  return `Rule and bound can certify no larger radius than ${radius}, from ${whole(cap.samples)} samples.`;
}

function envelopeFigure(
  curved: readonly Curved[],
  stairs: readonly Stair[],
  x: RadiusAxis,
  width: number,
): Figure {
  const sets = curved.map(({ set }) => set);
  const { images } = sets[0]!;
  const envelope: Curve = {
    label: 'envelope: not one classifier',
    kind: 'stairs',
    points: stairs.map(({ radius, count }) => ({ x: radius, y: count / images })),
  };
  return {
    name: 'envelope',
    title: `${textOf(sets).title}, envelope over σ: not one classifier`,
    caption:
      'At each radius the largest share of the jobs, which differ in σ. No one classifier reaches it: each σ is another smoothed classifier, and σ would have to be chosen after the radius of the attack is known.',
    x,
    y: shareAxis(sets),
    curves: [
      ...curved.map((one) => accuracyCurve(one, width, one.set.label)),
      envelope,
      ...limits(curved, x),
    ],
  };
}
