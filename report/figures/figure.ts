/** Figures as data: what is drawn, and not how. The same figure gives SVG, CSV and, in a browser, a page. */

export interface Axis {
  readonly label: string;
  readonly scale: 'linear' | 'log';
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
}

/** A curve: points in the order in which they are joined. */
export interface Curve {
  readonly label: string;
  readonly points: readonly Point[];
  /**
   * `measured`: marks, joined; `marks`: marks alone, in the colour of the curve behind them, which is what was expected of them; `predicted`: a line;
   * `limit`: a dashed line in grey that nothing crosses; `bars`: a bar from 0 about each x, as wide as the x are apart.
   */
  readonly kind: 'measured' | 'marks' | 'predicted' | 'limit' | 'bars';
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
