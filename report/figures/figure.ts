/** Figures as data: what is drawn, and not how. The same figure gives SVG, CSV and, in a browser, a page. */

export interface Axis {
  readonly label: string;
  readonly scale: 'linear' | 'log';
  /** Share of 1, shown as a percentage. */
  readonly percent?: true;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A curve: points in the order in which they are joined. */
export interface Curve {
  readonly label: string;
  readonly points: readonly Point[];
  /** `measured`: marks, joined; `predicted`: a line; `limit`: a dashed line in grey that nothing crosses; `bars`: a bar from 0 at each x. */
  readonly kind: 'measured' | 'predicted' | 'limit' | 'bars';
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
