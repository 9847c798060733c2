import { useEffect, useRef, useState } from 'preact/hooks';
import type { Curve, Figure } from '../../report/figures/figure.js';
import { valueWords } from '../words/numbers.js';

/** Points of a curve that its table shows: more would be a file, which the downloads have. */
const MOST_ROWS = 200;

/** Widths for which figures are drawn, in pixels: texts keep their size, so a narrow one is drawn anew and not made smaller. */
const LEAST_WIDTH = 280;
const MOST_WIDTH = 720;
/** Small changes of the width, by a scroll bar for example, only scale a figure. */
const WIDTH_STEP = 40;

/** A figure as a picture, and its numbers as a table for those who want or need them. */
export function DrawnFigure({ figure }: { readonly figure: Figure }) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  // The same numbers are not drawn again.
  const content = JSON.stringify(figure);
  useEffect(() => {
    if (width === null) return;
    let isOver = false;
    // The charting library is large, and only this needs it.
    void import('../client/draw.js').then(({ svgOf }) => {
      if (!isOver) place.current?.replaceChildren(svgOf(figure, document, width));
    });
    return () => {
      isOver = true;
    };
  }, [content, width]);
  return (
    <figure>
      <h3>{figure.title}</h3>
      <div class="drawing" ref={place} />
      <figcaption>{figure.caption}</figcaption>
      <Numbers figure={figure} />
    </figure>
  );
}

/** Returns the width for which a figure is drawn in a place; null before it is known. */
function useWidth(place: { readonly current: HTMLElement | null }): number | null {
  const [width, setWidth] = useState<number | null>(null);
  useEffect(() => {
    const observer = new ResizeObserver((entries) => {
      const room = entries.at(-1)!.contentRect.width;
      const stepped = WIDTH_STEP * Math.floor(room / WIDTH_STEP);
      setWidth(Math.max(LEAST_WIDTH, Math.min(stepped, MOST_WIDTH)));
    });
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, [place]);
  return width;
}

function Numbers({ figure }: { readonly figure: Figure }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Numbers<span class="unseen"> of the figure “{figure.title}”</span>
      </summary>
      {isOpen && figure.curves.map((curve) => <CurveTable key={curve.label} figure={figure} {...curve} />)}
    </details>
  );
}

function CurveTable({
  figure,
  label,
  points,
}: {
  readonly figure: Figure;
  readonly label: string;
  readonly points: Curve['points'];
}) {
  const shown = points.slice(0, MOST_ROWS);
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label={`Numbers: ${label}`}>
      <table>
        <caption>
          {label}
          {shown.length < points.length && `, the first ${MOST_ROWS} of ${points.length} points`}
        </caption>
        <thead>
          <tr>
            <th scope="col">{figure.x.label}</th>
            <th scope="col">{figure.y.label}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((point, at) => (
            <tr key={at}>
              <td>{valueWords(figure.x, point.x)}</td>
              <td>
                {point.low !== undefined && `${valueWords(figure.y, point.low)} to `}
                {valueWords(figure.y, point.y)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
