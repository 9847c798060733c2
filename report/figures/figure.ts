/** Figures as data: what is drawn, and not how. The same figure gives SVG, CSV and, in a browser, a page. It is plain JSON. */

export interface Axis {
  readonly label: string;
  /** `category`: a point is at the category of which it has the index. */
  readonly scale: 'linear' | 'log' | 'category';
  /** Texts of a category axis, in their order. */
  readonly categories?: readonly string[];
  /** Share of 1, shown as a percentage. */
  readonly percent?: true;
  /** The axis reaches at least from `least` to `most`. Default: as far as the points go. */
  readonly least?: number;
  readonly most?: number;
  /** Values below are not drawn. */
  readonly cut?: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
  /** Of a band: its lower end, where y is the upper one. */
  readonly low?: number;
  /** Written at the point. */
  readonly text?: string;
}

/** A curve: points in the order in which they are joined. */
export interface Curve {
  readonly label: string;
  readonly points: readonly Point[];
  /**
   * `measured`: marks, joined; `points`: marks alone; `marks`: marks alone, in the colour of the curve behind them, which is what was expected of them;
   * `predicted`: a line; `stairs`: a line that has the height y up to each x, from the x before it, and falls to 0 behind the last one; `band`: the area from
   * low to y, in stairs, in the colour of the curve behind it; `limit`: a dashed line in grey that nothing crosses, with the text of its last point along
   * it; `bars`: a bar from 0 about each x, as wide as the x are apart. On a category axis the bars of several curves stand side by side.
   */
  readonly kind: 'measured' | 'points' | 'marks' | 'predicted' | 'stairs' | 'band' | 'limit' | 'bars';
}

export interface Figure {
  /** Of its files, without an ending: lower case and hyphens. */
  readonly name: string;
  readonly title: string;
  /** A sentence or two below it: what is seen, and where the numbers come from. */
  readonly caption: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly curves: readonly Curve[];
}
