import { describe, expect, it } from 'vitest';
import { canonicalBatch } from './canonical-batch.js';

const imagenet = { dimension: 3 * 224 * 224, classes: 1000 };

describe('canonicalBatch', () => {
  it('is 32 on CPU, 64 for small inputs, and 256 elsewhere, while inputs and outputs fit in 256 MiB', () => {
    expect(canonicalBatch({ dimension: 3072, classes: 10 }, 'cpu')).toBe(32);
    expect(canonicalBatch({ dimension: 513, classes: 10 }, 'cpu')).toBe(32);
    expect(canonicalBatch({ dimension: 512, classes: 10 }, 'cpu')).toBe(64);
    expect(canonicalBatch({ dimension: 3072, classes: 10 }, 'cuda')).toBe(256);
    expect(canonicalBatch(imagenet, 'cpu')).toBe(32);
    expect(canonicalBatch(imagenet, 'cuda')).toBe(256);
    expect(canonicalBatch({ dimension: 2 ** 20 - 10, classes: 10 }, 'cuda')).toBe(64);
    expect(canonicalBatch({ dimension: 2 ** 20, classes: 10 }, 'cuda')).toBe(32);
  });

  it('is at least 2', () => {
    expect(canonicalBatch({ dimension: 2 ** 28, classes: 10 }, 'cpu')).toBe(2);
  });

  it('is what was asked for', () => {
    expect(canonicalBatch(imagenet, 'cpu', 1)).toBe(1);
    expect(canonicalBatch(imagenet, 'cpu', 4096)).toBe(4096);
  });

  it.each([0, 1.5, 4097, NaN, -1])('refuses %d', (asked) => {
    expect(() => canonicalBatch(imagenet, 'cpu', asked)).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: '--batch must be a whole number from 1 to 4096.',
      }),
    );
  });
});
