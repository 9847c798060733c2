import { describe, expect, it } from 'vitest';
import { SmoothcertError, type ErrorCode } from '../../shared/errors.js';
import type { Presence } from '../../shared/ports/exchange.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import { makeJob } from '../../test/support/jobs.js';
import { PREPARED, entryOf, presenceOf } from '../../test/support/stored-state.js';
import { noProgress } from '../run/live-job.js';
import { NOTHING_KNOWN, waitingAfter, waitingOf, type Surroundings } from './waiting-of.js';

const DRAWN = entryOf('j-1', { job: makeJob({ images: 2 }), prepared: PREPARED, startMs: 2 });
const CLASS = DRAWN.job!.draw.numericClass;
const able = (name: string, code: ErrorCode | null = null): Presence => {
  const refusal = { worker: name, code: code ?? 'INTERNAL', message: 'It says so.', remedy: 'Do it.' };
  return presenceOf(name, {
    numericClass: CLASS,
    refusals:
      code === null
        ? []
        : [
            { job: 'j-other', refusal },
            { job: 'j-1', refusal },
          ],
  });
};
const waits = (around: Partial<Surroundings>, entry: JobEntry = DRAWN) =>
  waitingOf(entry, { ...NOTHING_KNOWN, ...around });
const codeOf = (around: Partial<Surroundings>) => waits(around)?.code ?? null;

describe('the reason for which a job waits', () => {
  it('is none while its votes come, or once it has ended', () => {
    expect(waits({ presences: [able('w')] })).toBeNull();
    expect(waits({ presences: [able('w'), able('v', 'MODEL_UNREADABLE')] })).toBeNull();
    const ending = {
      state: 'failed',
      endMs: 3,
      error: null,
      progress: noProgress(2),
      results: null,
    } as const;
    expect(waits({ connected: false, quiet: true }, { ...DRAWN, ending })).toBeNull();
  });

  it('is that NATS is away, whatever else there is', () => {
    const reason = { code: 'reading', message: 'It reads.', remedy: '' } as const;
    expect(codeOf({ connected: false, reason })).toBe('nats-away');
    expect(waits({ reason })).toBe(reason);
  });

  it('is that NATS has no quorum, whatever its runner has met', () => {
    const reason = { code: 'restarting', message: 'It is begun again.', remedy: '' } as const;
    expect(waits({ hasQuorum: false, reason })?.message).toMatch(/^NATS has no quorum/);
  });

  it('is unknown before a worker has looked at the model, unless its runner knows it', () => {
    expect(waits({ quiet: true }, entryOf('j-1'))).toBeNull();
  });

  it('is that no worker of its class stays', () => {
    const leaving = presenceOf('w', { numericClass: CLASS, draining: true });
    for (const presences of [[], [leaving], [presenceOf('w', { numericClass: 'another' })]]) {
      expect(waits({ presences })).toMatchObject({
        code: 'no-worker-of-class',
        message: `No worker of its numeric class is there: ${CLASS}.`,
      });
    }
  });

  it('is that all workers of its class refuse it, with what the first one says', () => {
    expect(waits({ presences: [able('w', 'MODEL_UNREADABLE')] })).toEqual({
      code: 'all-refuse',
      message: 'Its only worker, w, refuses it (MODEL_UNREADABLE): It says so.',
      remedy: 'Do it. It goes on by itself then.',
    });
    const both = [able('w', 'MODEL_UNREADABLE'), able('v', 'DISK_FULL')];
    expect(waits({ presences: both })?.code).toBe('store-full');
    expect(waits({ presences: [able('w', 'CHILD_DIED'), able('v', 'CHILD_DIED')] })?.message).toBe(
      'All of its 2 workers refuse it (CHILD_DIED): It says so.',
    );
  });

  it('is a full store that one of its workers meets, once no votes come', () => {
    const presences = [able('w'), able('v', 'DISK_FULL')];
    expect(waits({ presences })).toBeNull();
    expect(waits({ presences, quiet: true })).toEqual({
      code: 'store-full',
      message: 'Worker v finds a full store: It says so.',
      remedy: 'Do it. It goes on by itself then.',
    });
  });

  it('is that its workers are busy, if no votes come for no reason that is known', () => {
    expect(codeOf({ presences: [able('w')], quiet: true })).toBe('busy');
  });
});

describe('a job that met an error waits', () => {
  const of = (error: unknown) => waitingAfter(error, 'Its sentence.');
  it.each([
    [
      'DISK_FULL',
      { code: 'store-full', message: 'So it is.', remedy: 'Do that. It goes on by itself then.' },
    ],
    ['NATS_UNREACHABLE', { code: 'nats-away', message: 'So it is.' }],
    ['LEDGER_DAMAGED', { code: 'restarting', message: 'It is begun again: Its sentence.', remedy: '' }],
  ] as const)('after %s', (code, expected) => {
    expect(of(new SmoothcertError(code, 'So it is.', 'Do that.'))).toMatchObject(expected);
  });

  it('after one of no catalogue', () => {
    expect(of(new Error('x'))).toMatchObject({ code: 'restarting' });
  });
});
