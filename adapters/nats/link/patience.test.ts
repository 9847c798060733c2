import { describe, expect, it } from 'vitest';
import { SmoothcertError } from '../../../shared/errors.js';
import { Patience } from './patience.js';

const passing = (message: string) => new SmoothcertError('NATS_UNREACHABLE', message, 'Wait.');

/** Fails with these errors in turn, then succeeds. */
function failing(...errors: readonly Error[]): () => Promise<string> {
  const left = [...errors];
  return () => {
    const error = left.shift();
    return error ? Promise.reject(error) : Promise.resolve('there');
  };
}

describe('the patience of a start', () => {
  it('tries again what passes by itself, and says once what it waits for', async () => {
    const told: string[] = [];
    const patience = new Patience({ ms: 60_000, onWaiting: (sentence) => told.push(sentence) });
    const attempt = failing(passing('It starts.'), passing('It starts.'), passing('It elects.'));
    expect(await patience.until(attempt)).toBe('there');
    expect(told).toEqual([
      'It starts. Trying again, for up to 60 s.',
      'It elects. Trying again, for up to 60 s.',
    ]);
  });

  it('throws at once what no waiting mends', async () => {
    const error = new SmoothcertError('NATS_UNSUITABLE', 'It is too old.', 'Upgrade it.');
    await expect(new Patience({ ms: 60_000 }).until(failing(error))).rejects.toBe(error);
    const fault = new Error('ours');
    await expect(new Patience({ ms: 60_000 }).until(failing(fault))).rejects.toBe(fault);
  });

  it('throws the last error once its time is over', async () => {
    const error = passing('It is away.');
    await expect(new Patience({ ms: 0 }).until(failing(error))).rejects.toBe(error);
  });

  it('ends with its signal, in a pause and in an attempt that never ends', async () => {
    const interrupt = new AbortController();
    const onWaiting = () => interrupt.abort();
    const patience = new Patience({ ms: 60_000, signal: interrupt.signal, onWaiting });
    await expect(patience.until(failing(passing('It is away.')))).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(patience.aborted).toBe(true);
    const later = new AbortController();
    const endless = new Patience({ ms: 60_000, signal: later.signal }).until(
      () => new Promise(() => later.abort()),
    );
    await expect(endless).rejects.toMatchObject({ name: 'AbortError' });
  });
});
