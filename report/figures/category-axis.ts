import type { Axis } from './figure.js';

/** A character of a tick is about so wide, and a line so high, in pixels. */
const CHARACTER = 7.2;
const LINE = 15;
const SLANT = -40;
/** Of a text that must be slanted at most so many characters are shown. */
const MOST_SLANTED = 16;

/** The texts below a category axis, and the room that they need. */
export interface CategoryTicks {
  readonly texts: readonly string[];
  readonly rotate: number;
  /** Beyond that of one line, in pixels. */
  readonly below: number;
}

/**
 * Returns the texts of the categories of an axis so that no two of them overlap: broken into lines where that is enough, otherwise slanted, and the longest
 * ones cut.
 *
 * @param width of the axis in pixels
 */
export function categoryTicks({ categories = [] }: Axis, width: number): CategoryTicks {
  const room = Math.floor(width / Math.max(1, categories.length) / CHARACTER);
  const broken = categories.map((text) => linesOf(text, room));
  if (broken.flat().every(({ length }) => length <= room)) {
    const most = broken.reduce((lines, { length }) => Math.max(lines, length), 1);
    return { texts: broken.map((lines) => lines.join('\n')), rotate: 0, below: (most - 1) * LINE };
  }
  const texts = categories.map((text) =>
    text.length > MOST_SLANTED ? `${text.slice(0, MOST_SLANTED - 1)}…` : text,
  );
  const longest = texts.reduce((most, { length }) => Math.max(most, length), 0);
  return { texts, rotate: SLANT, below: CHARACTER * longest * Math.sin((-SLANT * Math.PI) / 180) };
}

/** Returns a text in lines of at most so many characters, broken behind spaces, underlines and dashes; longer only where there is none of them. */
function linesOf(text: string, most: number): string[] {
  const lines: string[] = [''];
  for (const piece of text.match(/[^ _–]+[ _–]*/g) ?? []) {
    const line = lines.at(-1)!;
    if (line !== '' && (line + piece.trimEnd()).length > most) lines.push(piece);
    else lines[lines.length - 1] = line + piece;
  }
  return lines.map((line) => line.trimEnd());
}
