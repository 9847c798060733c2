import { describe, expect, it } from 'vitest';
import { jsonText } from './json-text.js';

describe('JSON of results', () => {
  it('is read, and known to be written as smoothcert writes it', () => {
    expect(jsonText('{"a":1}', 0, '')).toEqual({ value: { a: 1 }, isWritten: true });
    expect(jsonText('{"a": 1}', 0, '')).toEqual({ value: { a: 1 }, isWritten: false });
    expect(jsonText('{\n  "a": 1\n}\n', 2, '\n')).toEqual({ value: { a: 1 }, isWritten: true });
  });

  it('is none where it ends too soon, or is nested without end', () => {
    expect(jsonText('{"a":', 0, '')).toBeNull();
    expect(jsonText('['.repeat(50_000) + ']'.repeat(50_000), 0, '')).toBeNull();
  });
});
