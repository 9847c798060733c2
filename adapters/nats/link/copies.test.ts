import { describe, expect, it } from 'vitest';
import { Copies } from './copies.js';

describe('copies of a stream', () => {
  it.each([
    [undefined, false, { wanted: 1, mayBeFewer: false }],
    [undefined, true, { wanted: 3, mayBeFewer: true }],
    [1, true, { wanted: 1, mayBeFewer: false }],
    [5, true, { wanted: 5, mayBeFewer: false }],
    [3, false, { wanted: 3, mayBeFewer: false }],
  ])('asked for %s, in a cluster %s', (asked, clustered, expected) => {
    expect(new Copies(asked, clustered)).toMatchObject(expected);
  });

  it('are said to be few once a stream, of a few streams', () => {
    const copies = new Copies(undefined, true);
    expect(copies.noteOf('S', 1)).toBe(
      'NATS keeps one copy of the stream S, and its cluster could keep 3: nats stream edit S --replicas 3',
    );
    expect(copies.noteOf('S', 1)).toBeNull();
    expect(copies.noteOf('T', 2)).toMatch(/^NATS keeps 2 copies of the stream T/);
    expect(copies.noteOf('U', 3)).toBeNull();
    const others = Array.from({ length: 10 }, (_, at) => copies.noteOf(`V${at}`, 1));
    expect(others.filter((note) => note !== null)).toHaveLength(6);
    expect(new Copies(1, true).noteOf('S', 0)).toBeNull();
  });
});
