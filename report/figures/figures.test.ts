import { describe, expect, it } from 'vitest';
import { csvOf } from './figure-csv.js';
import type { Figure } from './figure.js';
import { renderSvg } from './render-svg.js';

const figure: Figure = {
  name: 'radius-by-samples',
  title: 'Radius & samples <of> a test',
  caption: 'A caption of many words, so that it must be broken into lines. '.repeat(4).trim(),
  x: { label: 'samples an image', scale: 'log' },
  y: { label: 'share', scale: 'linear', percent: true },
  curves: [
    {
      label: 'fixed, "measured"',
      kind: 'measured',
      points: [10, 100, 1000].map((x) => ({ x, y: x / 1000 })),
    },
    {
      label: 'predicted',
      kind: 'predicted',
      points: [
        { x: 10, y: 0 },
        { x: 1000, y: 1 },
        { x: 0, y: 0.5 },
      ],
    },
    { label: 'cap', kind: 'limit', points: [10, 1000].map((x) => ({ x, y: 1 })) },
    { label: 'images', kind: 'bars', points: [{ x: 50, y: 0.5 }] },
  ],
};

describe('a figure as SVG', () => {
  const svg = renderSvg(figure);

  it('holds title, key, axes and caption as text, escaped', () => {
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
    for (const text of [
      'Radius &amp; samples &lt;of&gt; a test',
      'predicted',
      'cap',
      '●',
      'samples an image',
    ])
      expect(texts).toContain(text);
    expect(svg).toContain('100 %');
    expect(svg).toContain('1,000');
    expect(texts.filter((text) => /caption|broken/.test(text!)).length).toBeGreaterThan(1);
  });

  it('needs nothing from elsewhere', () => {
    expect(svg.startsWith('<svg ')).toBe(true);
    expect(svg).not.toMatch(/href|url\(|<script|<foreignObject/);
  });

  it('draws a point of a measured curve each, and none that an axis cannot show', () => {
    expect(svg.match(/<path[^>]*transform="translate/g)?.length ?? 0).toBeGreaterThanOrEqual(3);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  it('draws marks without a line in the colour of the curve behind them, and so in the key', () => {
    const points = [10, 100].map((x) => ({ x, y: x / 100 }));
    const marks: Figure = {
      ...figure,
      curves: [
        { label: 'first', kind: 'predicted', points },
        { label: 'found', kind: 'marks', points },
        { label: 'expected', kind: 'predicted', points },
      ],
    };
    const text = renderSvg(marks);
    const look = (mark: string) =>
      [...text.matchAll(/<g [^>]*stroke="(#\w{6})"[^>]*aria-label="(\w+)">/g)]
        .filter(([, , label]) => label === mark)
        .map(([, colour]) => colour);
    expect(look('line')).toEqual(['#0072b2', '#d55e00']);
    expect(look('dot')).toEqual(['#d55e00']);
    // In the key: the lines of two curves, and the glyph of the marks alone.
    expect(text.match(/<line [^>]*stroke="#/g)).toHaveLength(2);
    expect(/<text [^>]*fill="(#\w{6})"[^>]*>■/.exec(text)![1]).toBe('#d55e00');
  });

  it('draws one point alone as a mark, in the key too, and lines with a gap where a point is not shown', () => {
    const y = { label: 'probability', scale: 'log', cut: 1e-6, least: 1e-9 } as const;
    const at = (values: readonly number[]) => values.map((value, i) => ({ x: 10 ** i, y: value }));
    const drawn = (values: readonly number[]) =>
      renderSvg({ ...figure, y, curves: [{ label: 'one', kind: 'predicted', points: at(values) }] });
    const lines = (text: string) => text.match(/aria-label="line"/g);
    expect(drawn([0.5])).toContain('●');
    expect(drawn([0.5, 0.1])).not.toContain('●');
    expect(lines(drawn([0.5, 0.1, 0.2, 0.1]))).toHaveLength(1);
    expect(lines(drawn([0.5, 0.1, 1e-7, 0.2, 0.1]))).toHaveLength(2);
    expect(lines(drawn([0.5]))).toBeNull();
    expect(drawn([0.5, 0.1, 1e-7])).toContain('0.000001');
  });

  it('never draws a logarithmic axis over more than eight decades', () => {
    const y = { label: 'probability', scale: 'log' } as const;
    const points = [1, 1e-7, 1e-247].map((value, i) => ({ x: 10 ** (i + 1), y: value }));
    const text = renderSvg({ ...figure, y, curves: [{ label: 'one', kind: 'predicted', points }] });
    expect(text).not.toContain('e-2');
    expect(text).toContain('1e-7');
  });

  it('draws bars as wide as they are apart, over the whole axis, with a square in the key', () => {
    const points = [0.05, 0.15, 0.85].map((x) => ({ x, y: x }));
    const x = { label: 'p', scale: 'linear', least: 0, most: 1 } as const;
    const text = renderSvg({ ...figure, x, curves: [{ label: 'images', kind: 'bars', points }] });
    const widths = [...text.matchAll(/<rect height="[^"]*" width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    // The chart is 616 wide; a tenth of it, without the gap of a pixel.
    expect(widths.filter((width) => Math.abs(width - 60.6) < 1e-6)).toHaveLength(3);
    for (const end of ['>0.0<', '>1.0<']) expect(text).toContain(end);
    expect(text).toContain('■');
  });

  it('is the same text every time', () => {
    expect(renderSvg(figure)).toBe(svg);
  });

  it('breaks a key that is too long for one line', () => {
    const long = Array.from({ length: 6 }, (_, i) => ({
      label: `a curve with a long name, the ${i}th`,
      kind: 'predicted' as const,
      points: [{ x: 10, y: i }],
    }));
    const height = (text: string) => Number(/height="(\d+)"/.exec(text)![1]);
    expect(height(renderSvg({ ...figure, curves: long }))).toBeGreaterThan(height(svg));
  });

  it('has no entry in its key for a curve without a label', () => {
    const bars = { kind: 'bars' as const, points: [{ x: 50, y: 0.5 }] };
    const swatches = (label: string) => renderSvg({ ...figure, curves: [{ ...bars, label }] }).match(/>■</g);
    expect(swatches('images')).toHaveLength(1);
    expect(swatches('')).toBeNull();
  });

  it('cuts no label of its key, however narrow it is: it goes on in the next line', () => {
    const label = `a curve with many words, and one that is ${'long'.repeat(20)}`;
    const points = [{ x: 10, y: 0.5 }];
    const labels = [label, 'another one'];
    const curves = labels.map((one) => ({ label: one, kind: 'predicted' as const, points }));
    const text = renderSvg({ ...figure, curves }, 'page', 280);
    const lines = [...text.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)]
      .map(([, attributes, content]) => {
        const [x, y] = ['x', 'y'].map((name) =>
          Number(new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes!)?.[1]),
        );
        return { x, y: y!, content: content! };
      })
      .filter(({ x }) => x === 60);
    expect(text).not.toContain('…');
    expect(
      lines
        .map(({ content }) => content)
        .join('')
        .replaceAll(' ', ''),
    ).toBe(labels.join('').replaceAll(' ', ''));
    // Each line is below the one before, above the chart, and fits.
    const chartTop = Number(/<svg (?:[^>]* )?y="(\d+)"/.exec(text)![1]);
    for (const [at, { y, content }] of lines.entries()) {
      expect(y).toBeGreaterThan(lines[at - 1]?.y ?? 0);
      expect(y).toBeLessThan(chartTop);
      expect(60 + 7.2 * content.length).toBeLessThanOrEqual(280);
    }
  });
});

describe('a figure as CSV', () => {
  it('has one line a point', () => {
    expect(csvOf(figure).split('\n').slice(0, 3)).toEqual([
      'curve,kind,samples an image,share',
      '"fixed, ""measured""",measured,10,0.01',
      '"fixed, ""measured""",measured,100,0.1',
    ]);
    expect(csvOf(figure).trim().split('\n')).toHaveLength(10);
  });

  it('has no formula of a name, and negative numbers as they are', () => {
    const points = [{ x: -1, y: -0.5 }];
    const curves = ['=1+1', '+2', '-d', '@x'].map((label) => ({ label, kind: 'points' as const, points }));
    const lines = csvOf({ ...figure, x: { ...figure.x, label: '=x' }, curves })
      .trim()
      .split('\n');
    expect(lines).toEqual([
      "curve,kind,'=x,share",
      ...["'=1+1", "'+2", "'-d", "'@x"].map((label) => `${label},points,-1,-0.5`),
    ]);
  });
});
