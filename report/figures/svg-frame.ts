import type { Figure } from './figure.js';

const SVG = 'http://www.w3.org/2000/svg';
/** Height of a line of text around the chart, in pixels. */
const LINE = 19;
const LEFT = 24;
/** A character of the text around the chart is about so wide, in pixels. */
const CHARACTER = 7.2;
/** And one of the title, which is larger. */
const TITLE_CHARACTER = 9.6;
const KEY_SWATCH = 30;
/** Between a swatch and its label. */
const KEY_GAP = 6;

/** The parts of an element and of a document that are used: a server's and a browser's alike. */
export interface SvgElement {
  textContent: string | null;
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
  appendChild(child: SvgElement): unknown;
  querySelector(selector: string): { remove(): void } | null;
}
export interface SvgDocument {
  createElementNS(namespace: string, name: string): SvgElement;
}

/** An entry of the key: how one curve is drawn. */
export interface Key {
  readonly label: string;
  readonly colour: string;
  /** Dashes of its line; null without a line. */
  readonly dash: string | null;
  /** The mark of its points, as a character; null without marks. */
  readonly glyph: string | null;
  /** Opacity of its areas; null without any. */
  readonly filling: number | null;
}

/** The colours of everything but the curves. */
export interface Look {
  readonly background: string;
  /** Of text and axes. */
  readonly ink: string;
  readonly rule: string;
}

export interface Framed {
  readonly document: SvgDocument;
  /** The chart itself, an svg element. */
  readonly chart: SvgElement;
  readonly keys: readonly Key[];
  readonly figure: Figure;
  readonly look: Look;
  readonly width: number;
  readonly plotHeight: number;
  readonly font: string;
}

/** Returns the chart between its title and key above and its caption below, as one svg element. */
export function frame({ document, chart, keys, figure, look, width, plotHeight, font }: Framed): SvgElement {
  const rows = keyRows(keys, width);
  const caption = wrapped(figure.caption, (width - 2 * LEFT) / CHARACTER);
  const title = wrapped(figure.title, (width - 2 * LEFT) / TITLE_CHARACTER);
  const keyLines = rows.reduce((sum, row) => sum + linesIn(row), 0);
  const head = LINE * (keyLines + title.length + 1);
  const height = head + plotHeight + LINE * (caption.length + 1);
  const root = element(document, 'svg', { width, height, viewBox: `0 0 ${width} ${height}` });
  root.setAttribute('xmlns', SVG);
  root.setAttribute('role', 'img');
  root.setAttribute('font-family', font);
  root.appendChild(text(document, 'title', figure.title, {}));
  root.appendChild(text(document, 'desc', description(figure), {}));
  root.appendChild(element(document, 'rect', { width, height, fill: look.background }));
  const write = (content: string, x: number, y: number, more: Attributes = {}) =>
    root.appendChild(text(document, 'text', content, { x, y, 'font-size': 13, fill: look.ink, ...more }));
  title.forEach((line, at) =>
    write(line, LEFT, (at + 1.4) * LINE, { 'font-size': 16, 'font-weight': 'bold' }),
  );
  let y = LINE * (title.length + 1.5);
  for (const row of rows) {
    for (const { key, x, lines } of row) {
      for (const one of swatch(document, key, x, y)) root.appendChild(one);
      for (const [at, line] of lines.entries()) write(line, x + KEY_SWATCH + KEY_GAP, y + at * LINE);
    }
    y += LINE * linesIn(row);
  }
  chart.setAttribute('y', `${head}`);
  root.appendChild(chart);
  caption.forEach((line, at) => write(line, LEFT, head + plotHeight + LINE * (at + 1)));
  return root;
}

/** Returns what a figure shows, for those who do not see it. */
function description({ caption, x, y, curves }: Figure): string {
  const labels = curves.map(({ label }) => label).join('; ');
  return `${y.label} against ${x.label}. Curves: ${labels}. ${caption}`;
}

type Attributes = Readonly<Record<string, string | number>>;

function element(document: SvgDocument, name: string, attributes: Attributes): SvgElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, `${value}`);
  return made;
}

function text(document: SvgDocument, name: string, content: string, attributes: Attributes): SvgElement {
  const made = element(document, name, attributes);
  made.textContent = content;
  return made;
}

function swatch(
  document: SvgDocument,
  { colour, dash, glyph, filling }: Key,
  x: number,
  y: number,
): SvgElement[] {
  const middle = y - 4;
  if (filling !== null) {
    const box = { x, y: middle - 5, width: KEY_SWATCH, height: 10, fill: colour, 'fill-opacity': filling };
    const edge = dash === null ? {} : { stroke: colour, 'stroke-width': 1.2, 'stroke-dasharray': dash };
    return [element(document, 'rect', { ...box, ...edge })];
  }
  const at = { x1: x, x2: x + KEY_SWATCH, y1: middle, y2: middle, stroke: colour, 'stroke-width': 2 };
  const dashed = dash === '' ? at : { ...at, 'stroke-dasharray': dash ?? '' };
  const lines = dash === null ? [] : [element(document, 'line', dashed)];
  if (glyph === null) return lines;
  const look = { x: x + KEY_SWATCH / 2, y, fill: colour, 'font-size': 12, 'text-anchor': 'middle' };
  return [...lines, text(document, 'text', glyph, look)];
}

/** An entry of the key in its place, with its label in lines that fit. */
interface KeyEntry {
  readonly key: Key;
  readonly x: number;
  readonly lines: readonly string[];
}

const linesIn = (row: readonly KeyEntry[]): number => Math.max(1, ...row.map(({ lines }) => lines.length));

/** Returns the entries of the key, in rows that fit; one that is too long for a row has several lines. */
function keyRows(keys: readonly Key[], width: number): KeyEntry[][] {
  const rows: KeyEntry[][] = [[]];
  const most = (width - LEFT - KEY_SWATCH - KEY_GAP) / CHARACTER;
  let x = LEFT;
  for (const key of keys) {
    const needed = KEY_SWATCH + KEY_GAP + CHARACTER * key.label.length + 18;
    if (x > LEFT && x + needed > width) {
      rows.push([]);
      x = LEFT;
    }
    rows.at(-1)!.push({ key, x, lines: wrapped(key.label, most) });
    x += needed;
  }
  return rows;
}

/** Returns the text in lines of at most so many characters, broken at spaces; a word that is longer than a line is broken within. */
function wrapped(content: string, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of content.split(' ').flatMap((whole) => piecesOf(whole, Math.floor(most)))) {
    if (line !== '' && line.length + 1 + word.length > most) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** Returns a word in pieces of at most so many characters: the name of a job may be one long word. */
function piecesOf(word: string, most: number): string[] {
  const pieces: string[] = [];
  const characters = Array.from(word);
  for (let at = 0; at < characters.length; at += most) pieces.push(characters.slice(at, at + most).join(''));
  return pieces;
}
