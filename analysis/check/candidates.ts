import type { Layout, Normalisation } from '../../shared/job.js';
import { usualNormalisations, type Pictures } from './usual.js';

/** A way of turning the pixels of the data into a model's input. */
export interface PixelTreatment {
  readonly normalisation: Normalisation;
  readonly layout: Layout | 'auto';
  /** True: red and blue are swapped before the normalisation. */
  readonly bgr: boolean;
  /** True, of models with a flat input: the values are put into the other order of their axes first. */
  readonly transposed: boolean;
}

/** How an alternative differs from what was given. Each kind has a share of the level of the test, so that the likeliest are not the hardest to prove. */
export const CHANGES = ['scale', 'channels', 'layout', 'usual', 'several'] as const;
export type Change = (typeof CHANGES)[number];

/** An alternative to what was given. */
export interface Candidate {
  /** Of at most `LONGEST_NAME` characters; no two have the same. */
  readonly name: string;
  readonly treatment: PixelTreatment;
  readonly change: Change;
  /** Flags to give for it that are not given so already. Flags to leave out do not count. */
  readonly flags: number;
}

/** The shapes that decide which alternatives there are. */
export interface Shapes extends Pictures {
  /** Layouts that the model's shape allows; the given one may be among them. */
  readonly layouts: readonly Layout[];
  /** True if the images have an axis of three channels that can be reversed. */
  readonly reversible: boolean;
  /** True if the model's input is flat and the images have channels, whose order of axes nothing tells. */
  readonly transposable: boolean;
}

/** The length up to which names fit a table of 100 columns. */
export const LONGEST_NAME = 61;

const PIXEL_LEVELS = 255;
/** Digits to which two treatments must agree to count as one. */
const DIGITS = 4;

/** Returns the alternatives to a treatment, each of another effect, the likeliest first: those with one change before those with several. */
export function candidatesFor(given: PixelTreatment, shapes: Shapes): readonly Candidate[] {
  const seen = new Set([effectOf(given)]);
  const found: Candidate[] = [];
  for (const candidate of allFor(given, shapes)) {
    const effect = effectOf(candidate.treatment);
    if (seen.has(effect)) continue;
    seen.add(effect);
    found.push(candidate);
  }
  return found.sort((a, b) => CHANGES.indexOf(a.change) - CHANGES.indexOf(b.change));
}

function allFor(given: PixelTreatment, shapes: Shapes): Candidate[] {
  const scales = otherScales(given.normalisation).map((normalisation): Named => ({
    name: nameOfScale(normalisation),
    normalisation,
    change: 'scale',
  }));
  const usual = usualNormalisations(shapes).map((one): Named => ({ ...one, change: 'usual' }));
  const own: Named = { name: 'as given', normalisation: given.normalisation, change: null };
  return placesFor(given, shapes).flatMap((place) =>
    [own, ...scales, ...usual].flatMap((named): Candidate[] =>
      inOrders(named, place.treatment.bgr, given.bgr).map(({ normalisation, order }) => {
        const treatment = { ...place.treatment, normalisation };
        return {
          name: [named.name, ...place.names, ...order].join(', '),
          treatment,
          change: named.change === null ? place.change : place.same ? named.change : 'several',
          flags: flagsFor(given, treatment),
        };
      }),
    ),
  );
}

/** A normalisation with its name. */
interface Named {
  readonly name: string;
  readonly normalisation: Normalisation;
  /** Null if it is the given one. */
  readonly change: 'scale' | 'usual' | null;
}

/** Returns the name of the given mean and std at another scale. Where there are none, the scale says what the pixels are. */
function nameOfScale({ inputScale, mean, std }: Normalisation): string {
  if (mean.some((one) => one !== 0) || std.some((one) => one !== 1)) return `as given, scale ${inputScale}`;
  return inputScale === 1 ? 'pixels in [0, 1]' : `pixels of 0 to ${inputScale}`;
}

/** Returns how many flags must be given for a treatment that are not given so already. */
function flagsFor(given: PixelTreatment, wanted: PixelTreatment): number {
  const [before, after] = [given.normalisation, wanted.normalisation];
  const other = (a: readonly number[], b: readonly number[]) => a.join() !== b.join();
  return [
    after.inputScale !== 1 && after.inputScale !== before.inputScale,
    after.mean.some((one) => one !== 0) && other(after.mean, before.mean),
    after.std.some((one) => one !== 1) && other(after.std, before.std),
    wanted.layout !== given.layout,
    wanted.bgr && !given.bgr,
    wanted.transposed !== given.transposed,
  ].filter(Boolean).length;
}

/** A treatment but for its normalisation. */
interface Place {
  readonly treatment: Omit<PixelTreatment, 'normalisation'>;
  /** True if it is the given one. */
  readonly same: boolean;
  readonly change: Change;
  readonly names: readonly string[];
}

function placesFor({ layout, bgr, transposed }: PixelTreatment, shapes: Shapes): Place[] {
  const layouts = [layout, ...shapes.layouts.filter((one) => one !== layout)];
  const orders = shapes.transposable ? [transposed, !transposed] : [transposed];
  const channels = shapes.reversible ? [bgr, !bgr] : [bgr];
  return layouts.flatMap((oneLayout) =>
    orders.flatMap((oneOrder) =>
      channels.map((oneBgr): Place => {
        const moved = oneLayout !== layout || oneOrder !== transposed;
        const names = [
          ...(oneBgr === bgr ? [] : [oneBgr ? 'blue first' : 'red first']),
          ...(oneLayout === layout ? [] : [oneLayout.toUpperCase()]),
          ...(oneOrder === transposed ? [] : ['axes moved']),
        ];
        return {
          treatment: { layout: oneLayout, bgr: oneBgr, transposed: oneOrder },
          same: names.length === 0,
          change: names.length > 1 ? 'several' : moved ? 'layout' : 'channels',
          names,
        };
      }),
    ),
  );
}

/** Returns the same mean and std at other scales of the pixels, as they are if their units were mistaken. */
function otherScales({ inputScale, mean, std }: Normalisation): Normalisation[] {
  return [1, PIXEL_LEVELS]
    .filter((scale) => scale !== inputScale)
    .map((scale) => ({ inputScale: scale, mean, std }));
}

/**
 * Returns a normalisation in the orders of its values that there may be for channels in this order. Usual values stand red first, the given
 * ones as the given channels. For channels in the other order than the values come first reversed values, then, named, those as they stand.
 */
function inOrders(
  { normalisation, change }: Named,
  bgr: boolean,
  givenBgr: boolean,
): { normalisation: Normalisation; order: string[] }[] {
  const { inputScale, mean, std } = normalisation;
  const valuesBgr = change === 'usual' ? false : givenBgr;
  if (bgr === valuesBgr) return [{ normalisation, order: [] }];
  return [
    { normalisation: { inputScale, mean: mean.toReversed(), std: std.toReversed() }, order: [] },
    { normalisation, order: [change === 'usual' ? 'mean RGB' : 'mean kept'] },
  ];
}

/** Returns a text that two treatments share if and only if they make nearly the same of every pixel. */
function effectOf({ normalisation, layout, bgr, transposed }: PixelTreatment): string {
  return [effectOfPixels(normalisation), layout, bgr, transposed].join(' ');
}

/** Equal numbers for all channels are one number. */
function effectOfPixels({ inputScale, mean, std }: Normalisation): string {
  const channels = Math.max(mean.length, std.length);
  const at = (values: readonly number[], channel: number) => values[values.length === 1 ? 0 : channel]!;
  const effects = Array.from({ length: channels }, (_, channel) => {
    const deviation = at(std, channel);
    return `${(inputScale / deviation).toPrecision(DIGITS)}/${(at(mean, channel) / deviation).toPrecision(DIGITS)}`;
  });
  return [...new Set(effects)].length === 1 ? effects[0]! : effects.join(';');
}
