import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WIDTH, together, wrapped } from './wrap.js';

describe('a wrapped text', () => {
  it('has all words in their order, in lines that are no wider than they need be', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,120}$/), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(words, (list) => {
        const text = wrapped(list.join(' '), '- ', '    ');
        expect(text.slice(2).split(/\s+/).filter(Boolean)).toEqual(list);
        for (const line of text.split('\n')) {
          if (line.length > WIDTH) expect(line.trim().replace('- ', '')).not.toContain(' ');
        }
      }),
    );
  });

  it('does not break what belongs together', () => {
    const flags = '--stop fixed --max-samples 9718';
    expect(wrapped(`${'word '.repeat(17)}${together(flags)} end`)).toBe(
      `${'word '.repeat(17).trim()}\n  ${flags} end\n`,
    );
  });
});
