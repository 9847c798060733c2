import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { NatsLink } from '../link/nats-link.js';
import { Silence } from './silence.js';

const SILENT_MS = 10;
const link = { connected: true, times: { silentMs: SILENT_MS } } as unknown as NatsLink;

/** A reader's silence over a stream whose last record is as `last` says, and what it was told. */
function silenceOver(last: () => Promise<number>) {
  const told = { known: [] as number[], deaf: 0, asked: 0 };
  let wake: () => void = () => undefined;
  const silence = new Silence({
    link,
    lastSequence: () => {
      told.asked += 1;
      wake();
      return last();
    },
    onKnown: (sequence) => told.known.push(sequence),
    onDeaf: () => {
      told.deaf += 1;
      wake();
    },
  });
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { silence, told, until };
}

describe('a reader that waits', () => {
  it('is deaf where the stream holds more, and is told of once', async () => {
    const { silence, told, until } = silenceOver(() => Promise.resolve(5));
    silence.waits(3);
    await until(() => told.deaf > 0);
    await delay(4 * SILENT_MS);
    expect(told).toEqual({ known: [5], deaf: 1, asked: 1 });
    silence.waits(4);
    await until(() => told.deaf > 1);
    silence[Symbol.dispose]();
  });

  it('is not deaf where the stream holds no more, or does not answer', async () => {
    let answers = 0;
    const { silence, told, until } = silenceOver(() =>
      ++answers % 2 === 0 ? Promise.reject(new Error('no leader')) : Promise.resolve(3),
    );
    silence.waits(3);
    await until(() => told.asked >= 6);
    expect(told.deaf).toBe(0);
    expect(new Set(told.known)).toEqual(new Set([3]));
    silence[Symbol.dispose]();
  });

  it('is not deaf where it was sent something meanwhile, and is not asked about while it does not wait', async () => {
    let answer: (last: number) => void = () => undefined;
    const { silence, told, until } = silenceOver(() => new Promise((resolve) => (answer = resolve)));
    silence.waits(3);
    await until(() => told.asked === 1);
    silence.heard();
    answer(9);
    await delay(4 * SILENT_MS);
    expect(told).toEqual({ known: [9], deaf: 0, asked: 1 });
    silence[Symbol.dispose]();
  });
});
