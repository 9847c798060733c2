import { describe, expect, it } from 'vitest';

import { classToken } from './class-token.js';

describe('classToken', () => {
  it('is the same everywhere and for ever', () => {
    expect(classToken('')).toBe('e3b0c44298fc1c14');
    expect(classToken('abc')).toBe('ba7816bf8f01cfea');
  });
});
