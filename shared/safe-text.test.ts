import { describe, expect, it } from 'vitest';
import { SmoothcertError } from './errors.js';
import { noFormula, oneLine, withoutSecrets } from './safe-text.js';
import { cpuMs } from '../test/support/cpu-time.js';

describe('a text without secrets', () => {
  it.each([
    ['nats://me:hunter2@host:4222 is away', 'nats://[redacted]@host:4222 is away'],
    ['nats://hunter2@host:4222', 'nats://[redacted]@host:4222'],
    ['tls://me:p@ss:word@host,nats://you:hunter2@other', 'tls://[redacted]@host,nats://[redacted]@other'],
    ['"https://me:hunter2@host/a/b" fails', '"https://[redacted]@host/a/b" fails'],
    ['https://host/a@v1/b.onnx', 'https://host/a@v1/b.onnx'],
    [
      'https://host/m.onnx?X-Amz-Signature=abc&x=1 cannot be fetched: 403.',
      'https://host/m.onnx?[redacted] cannot be fetched: 403.',
    ],
    ['authorization: Bearer abc.def-123', 'authorization: Bearer [redacted]'],
    [`seed SUAB${'A'.repeat(54)} is wrong`, 'seed [redacted] is wrong'],
    ['jwt eyJhbGciOiJFZDI1NTE5In0.eyJqdGkiOiJ.c2lnbmF0dXJl', 'jwt [redacted]'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nrest', '[redacted]\nrest'],
    ['-----BEGIN EC PRIVATE KEY-----\nMIIE cut off', '[redacted]'],
    [
      'the bearer of news, 12:30, a@b.c, file:///a/b',
      'the bearer [redacted] news, 12:30, a@b.c, file:///a/b'.replace('[redacted] news', 'of news'),
    ],
  ])('%s', (text, expected) => expect(withoutSecrets(text)).toBe(expected));

  it('is what every error of ours says', () => {
    const error = new SmoothcertError(
      'NATS_UNREACHABLE',
      'No server at nats://me:hunter2@host.',
      'Start it.',
    );
    expect(error.message).toBe('No server at nats://[redacted]@host.');
    expect(error.stack).not.toContain('hunter2');
  });

  it('takes time in proportion to its length', () => {
    for (const piece of [
      'a://',
      'a://@',
      'x@',
      '?',
      'Bearer ',
      'S',
      '-----BEGIN PRIVATE KEY-----',
      'eyJ.',
      'eyJaaaaaaaa-',
      'a.',
    ]) {
      const began = cpuMs();
      withoutSecrets(piece.repeat(10_000));
      expect(cpuMs() - began).toBeLessThan(2_000);
    }
  });
});

it('one line has no line ends, escapes, hidden or turned text, or halves of characters', () => {
  const text = 'a\nb\r\tc\u001b[31md\u009b2J\u2028e\u202ef\u200bg\ud800h\u0000é😀';
  expect(oneLine(text)).toBe(
    'a\\nb\\r\\tc\\u{1b}[31md\\u{9b}2J\\u{2028}e\\u{202e}f\\u{200b}g\\u{d800}h\\u{0}é😀',
  );
});

it('keeps texts that are no formulas, and marks those that spreadsheets compute', () => {
  const [plain, marked] = [
    ['d', '3', "'=1", 'a=1', ' =1', ''],
    ['=1', '+1', '-d', '@x', '\t=1', '\r=1'],
  ];
  expect(plain.map(noFormula)).toEqual(plain);
  expect(marked.map(noFormula)).toEqual(marked.map((text) => `'${text}`));
});
