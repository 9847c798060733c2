import { numberIn } from '../../analysis/check/label-order.js';
import type { PixelTreatment } from '../../analysis/check/candidates.js';
import type { Figures } from '../../analysis/check/evidence.js';
import type { Finding } from '../../analysis/check/findings.js';
import type { LabelFinding } from '../../analysis/check/label-order.js';
import type { LostToNoise } from '../../analysis/check/lost-to-noise.js';
import { oneLine } from '../../shared/safe-text.js';
import { adviceFor } from './treatment-flags.js';

/** The treatment that was given, and the images, of which the sentences speak. */
export interface Subject {
  readonly given: PixelTreatment;
  readonly imageShape: readonly number[];
  readonly classNames: readonly string[] | null;
  /** The smallest and the largest label of all images; null without labels. */
  readonly labelRange: readonly [number, number] | null;
}

/** A finding in words: what it is, and what to do. */
export interface Advice {
  /** A whole sentence. */
  readonly what: string;
  /** A whole sentence that works if it is followed literally. */
  readonly remedy: string;
}

const DIGITS = 2;

/** Returns the words for a finding. */
export function adviceOf(finding: Finding, subject: Subject): Advice {
  switch (finding.kind) {
    case 'better':
      return betterAdvice(finding, subject);
    case 'labels':
      return labelAdvice(finding.finding, subject);
    case 'unfit':
      return { what: finding.message, remedy: finding.remedy };
    case 'dark':
      return {
        what: `No pixel is above ${Number(finding.largest.toPrecision(3))}, so the images are all but black: zeros and ones that were saved as uint8, or pixels that were divided by 255 twice.`,
        remedy:
          'Save floats in [0, 1] as x.astype(np.float32), and pixels of 0 to 255 as x.astype(np.uint8), from the images before that.',
      };
    case 'mean-above-scale':
      return {
        what: `--mean and --std are of pixels of 0 to 255 (${finding.mean}, ${finding.std}), and the pixels are multiplied by ${finding.inputScale} only.`,
        remedy: 'Add --input-scale 255, or divide both by 255.',
      };
    case 'mean-below-scale':
      return {
        what: `--mean and --std are of pixels in [0, 1] (${finding.mean}, ${finding.std}), and the pixels are multiplied by ${finding.inputScale}.`,
        remedy: 'Leave --input-scale out, or multiply both by 255.',
      };
    case 'sigma':
      return {
        what: `--sigma ${finding.sigma} is in pixels of [0, 1], where it drowns every image.`,
        remedy: `If it was meant for pixels of 0 to 255, give --sigma ${Number(finding.rescaled.toPrecision(4))}.`,
      };
    case 'one-class':
      return oneClassAdvice(finding);
    case 'noise':
      return noiseAdvice(finding.lost);
  }
}

/** Returns a finding as one line, for a note. */
export function noteOf(finding: Finding, subject: Subject): string {
  const { what, remedy } = adviceOf(finding, subject);
  return `${what} ${remedy} ${SHOWS_MORE}`;
}

const SHOWS_MORE = 'smoothcert check shows more.';

/** Returns true of a note, as job.json keeps it, that says what a check of the input found. */
export const isNoteOfCheck = (note: string): boolean => note.endsWith(SHOWS_MORE);

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const rightOf = ({ plain, images }: Figures): string => `${Math.round(plain! * images)} of ${images}`;

function betterAdvice(
  { better, given, found }: Extract<Finding, { kind: 'better' }>,
  { given: treatment, imageShape }: Subject,
): Advice {
  const { candidate } = better.tried;
  const advice = adviceFor(treatment, candidate.treatment, imageShape);
  const remedy = `${advice.charAt(0).toUpperCase()}${advice.slice(1)}.`;
  if (better.chance === null) {
    return {
      what: `The preprocessing may be wrong: ${percent(given!.largest.share)} of the images get class ${given!.largest.class} as it is given, and ${percent(found.largest.share)} at most get one class with ${candidate.name}. That is no proof without labels.`,
      remedy: `Look up what the model was trained with; to try this one: ${advice}.`,
    };
  }
  const before = given === null ? 'and as given the model does not run' : `and ${rightOf(given)} as given`;
  const chance = better.chance.toExponential(1);
  const test =
    better.by === 'answers'
      ? `probability by chance ${chance}`
      : `its scores fit the labels better, with a probability by chance of ${chance}`;
  return {
    what: `Another preprocessing fits the model better (${candidate.name}): ${rightOf(found)} images are right without noise, ${before} (${test}).`,
    remedy,
  };
}

function labelAdvice({ fault, right, before, images }: LabelFinding, subject: Subject): Advice {
  const gain = `${right} of ${images} images would be right instead of ${before}`;
  switch (fault.kind) {
    case 'shifted':
      return shiftAdvice(fault, gain, subject);
    case 'name-order':
      return nameOrderAdvice(fault.reverse, gain, subject.classNames);
    case 'permuted': {
      const pairs = [...fault.classOf].sort(([a], [b]) => a - b).map(([label, to]) => `${label} → ${to}`);
      return {
        what: `The labels are numbered in another order than the model's classes: ${gain} with ${pairs.slice(0, 12).join(', ')}.`,
        remedy: 'Number the labels as the model was trained, and give them with --labels.',
      };
    }
  }
}

/** The labels wrap around where one less, or more, would be no class. */
function shiftAdvice(
  { by, classes }: Extract<LabelFinding['fault'], { kind: 'shifted' }>,
  gain: string,
  { labelRange }: Subject,
): Advice {
  const [smallest, largest] = labelRange!;
  const wraps = by > 0 ? smallest === 0 : largest >= classes - 1;
  const [size, sign] = by > 0 ? ['large', '-'] : ['small', '+'];
  const end = by > 0 ? `0 stands for class ${classes - 1}` : `${classes - 1} stands for class 0`;
  return {
    what: `The labels are too ${size} by one${wraps ? `, and ${end}` : ''}: ${gain}.`,
    remedy: wraps
      ? `Save them as (y ${sign} 1) % ${classes}, and give them with --labels.`
      : `Save them as y ${sign} 1, and give them with --labels.`,
  };
}

/** @param reverse true if the classes, and not the labels, are in the order of text @param folders names of the folders that the labels come from */
function nameOrderAdvice(reverse: boolean, gain: string, folders: readonly string[] | null): Advice {
  const order = 'in the order of their names as text (0, 1, 10, 11, 2, …)';
  if (reverse) {
    return {
      what: `The model's classes are numbered ${order}, and the labels as numbers: ${gain}.`,
      remedy:
        'Save the labels as np.argsort(np.array(sorted(range(K), key=str)))[y], where K is the number of classes, and give them with --labels.',
    };
  }
  if (folders !== null) {
    return {
      what: `The folders are numbered in the order of their names as text (${sortedEarly(folders)}), and the model's classes as numbers: ${gain}.`,
      remedy: 'Rename the folders so that all names have equally many digits (00, 01, 02, …).',
    };
  }
  return {
    what: `The labels are numbered ${order}, and the model's classes as numbers: ${gain}.`,
    remedy:
      'Save the labels as np.array(sorted(range(K), key=str))[y], where K is the number of classes, and give them with --labels.',
  };
}

/** Returns which folder comes before one of a smaller number, and the class that it became. */
function sortedEarly(folders: readonly string[]): string {
  const early = folders.findIndex((name, at) =>
    folders.slice(at + 1).some((later) => numberIn(later) < numberIn(name)),
  );
  const later = folders.slice(early + 1).find((name) => numberIn(name) < numberIn(folders[early]!));
  const show = (name: string) => `"${oneLine(name)}"`;
  return `${show(folders[early]!)} comes before ${show(later!)}, so it is class ${early}`;
}

/** Noise that takes many answers may be meant so. */
function noiseAdvice({ lost, copies, ofRight }: LostToNoise): Advice {
  const what = ofRight ? 'noisy copies of images that are right without it' : 'noisy copies';
  return {
    what: `Under this noise ${lost} of ${copies} ${what} get another class: was the model trained with noise of this σ?`,
    remedy: 'A smaller --sigma gives smaller radii for more images.',
  };
}

function oneClassAdvice(found: Extract<Finding, { kind: 'one-class' }>): Advice {
  const share = Number((100 * found.share).toPrecision(DIGITS + 1));
  return found.noisy
    ? {
        what: `Under this noise the model answers ${share} % of all copies with class ${found.class}, whatever the image.`,
        remedy: 'Use a smaller --sigma, or a model that was trained with noise of this size.',
      }
    : {
        what: `The model answers ${share} % of the images with class ${found.class}.`,
        remedy:
          "Check the preprocessing against the model's training code, unless they are all of that class.",
      };
}
