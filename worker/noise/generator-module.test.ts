import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { philox4x32, type Words } from '../../test/support/noise-reference.js';
import { loadGenerator } from './generator-module.js';

const MAX_WORD = 0xffffffff;
const PI_COUNTER: Words = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344];
const PI_KEY: readonly [number, number] = [0xa4093822, 0x299f31d0];
const u32 = fc.nat({ max: MAX_WORD });

describe('the WebAssembly module', () => {
  it.each<readonly [Words, readonly [number, number], string]>([
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [[MAX_WORD, MAX_WORD, MAX_WORD, MAX_WORD], [MAX_WORD, MAX_WORD], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [PI_COUNTER, PI_KEY, 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ])(
    'gives Philox words as published (Random123, kat_vectors): counter %j, key %j',
    async (c, key, answer) => {
      const module = await loadGenerator();
      module.setKey(...key);
      const out = module.heapBase();
      module.philox(...c, 1, out);
      const words = new Uint32Array(module.memory.buffer, out, 16);
      const first = [0, 4, 8, 12].map((i) => words[i]!.toString(16).padStart(8, '0'));
      expect(first.join(' ')).toBe(answer);
    },
  );

  it('gives the words of the reference for any counter and key', async () => {
    const module = await loadGenerator();
    const out = module.heapBase();
    const words = new Uint32Array(module.memory.buffer, out, 64);
    fc.assert(
      fc.property(fc.nat({ max: 0xfffffff0 }), u32, u32, u32, u32, u32, (c0, c1, c2, c3, k0, k1) => {
        module.setKey(k0, k1);
        module.philox(c0, c1, c2, c3, 2, out);
        for (let block = 0; block < 16; block++) {
          const place = (block >> 2) * 16 + (block % 4);
          const got = [0, 4, 8, 12].map((i) => words[place + i]);
          expect(got).toEqual(philox4x32([c0 + block, c1, c2, c3], [k0, k1]));
        }
      }),
    );
  });
});
