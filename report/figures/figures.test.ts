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
});
