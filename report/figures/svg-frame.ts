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
  const head = LINE * (rows.length + title.length + 1);
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
  rows.forEach((row, at) =>
    row.forEach(({ key, x }) => {
      const y = LINE * (at + title.length + 1.5);
      for (const one of swatch(document, key, x, y)) root.appendChild(one);
      write(cutTo(key.label, (width - x - KEY_SWATCH - 6) / CHARACTER), x + KEY_SWATCH + 6, y);
    }),
  );
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

/** Returns a text of at most so many characters, with a sign where it is cut; the description has all of it. */
const cutTo = (content: string, most: number): string =>
  content.length <= most ? content : `${content.slice(0, Math.floor(most) - 1)}…`;

/** Returns the entries of the key, in rows that fit. */
function keyRows(keys: readonly Key[], width: number): { readonly key: Key; readonly x: number }[][] {
  const rows: { key: Key; x: number }[][] = [[]];
  let x = LEFT;
  for (const key of keys) {
    const needed = KEY_SWATCH + 6 + CHARACTER * key.label.length + 18;
    if (x > LEFT && x + needed > width) {
      rows.push([]);
      x = LEFT;
    }
    rows.at(-1)!.push({ key, x });
    x += needed;
  }
  return rows;
}

/** Returns the text in lines of at most so many characters, broken at spaces. */
function wrapped(content: string, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of content.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > most) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
