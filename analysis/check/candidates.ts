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
  readonly name: string;
  readonly treatment: PixelTreatment;
  readonly change: Change;
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
  const own = { name: 'the mean and std that are given', normalisation: given.normalisation };
  const scaled = [own.normalisation, ...otherScales(own.normalisation)].map((normalisation, at) =>
    at === 0 ? own : { name: `${own.name}, with scale ${normalisation.inputScale}`, normalisation },
  );
  const usual = usualNormalisations(shapes).filter(
    ({ normalisation }) => effectOfPixels(normalisation) !== effectOfPixels(own.normalisation),
  );
  return placesFor(given, shapes).flatMap((place) =>
    [...scaled, ...usual].flatMap(({ name, normalisation }, at): Candidate[] => {
      const single: Change = at === 0 ? place.change : at < scaled.length ? 'scale' : 'usual';
      const change = place.same || at === 0 ? single : 'several';
      const named = [name, ...place.names].join(', ');
      return inOrders(normalisation, place.treatment.bgr !== given.bgr).map((one) => ({
        name: named,
        treatment: { ...place.treatment, normalisation: one },
        change,
      }));
    }),
  );
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
          ...(oneLayout === layout ? [] : [oneLayout.toUpperCase()]),
          ...(oneOrder === transposed ? [] : ['axes in the other order']),
          ...(oneBgr === bgr ? [] : [oneBgr ? 'blue first' : 'red first']),
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

/** Returns a normalisation for reversed channels: with its values reversed, too, and as it stands, where that differs. */
function inOrders(normalisation: Normalisation, reversed: boolean): Normalisation[] {
  const { inputScale, mean, std } = normalisation;
  if (!reversed) return [normalisation];
  return [{ inputScale, mean: mean.toReversed(), std: std.toReversed() }, normalisation];
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
