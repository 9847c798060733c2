import { describe, expect, it } from 'vitest';
import { presenceOf } from '../../test/support/stored-state.js';
import type { HeardPresence } from '../../shared/ports/exchange.js';
import { workersPage } from './worker-pages.js';

const heard = (worker: string, more: Partial<HeardPresence> = {}): HeardPresence => ({
  ...presenceOf(worker),
  silentMs: 0,
  ...more,
});

describe('pages of workers', () => {
  it('go through all workers by name, each once, also while workers come and go', () => {
    const names = Array.from({ length: 25 }, (_, i) => `w-${String(i).padStart(2, '0')}`);
    let there = [...names].reverse().map((name) => heard(name));
    const listed: string[] = [];
    let token = '';
    do {
      const page = workersPage(there, 10, token, 0);
      listed.push(...page.workers.map(({ worker }) => worker));
      token = page.nextPageToken;
      there = [heard('a'), ...there.filter(({ worker }) => worker !== 'w-05')];
    } while (token !== '');
    expect(listed).toEqual(names);
  });

  it('say when each was last heard of, and no more than 4 of its refusals, shortened', () => {
    const refusal = { worker: 'w', code: 'INTERNAL', message: 'm'.repeat(600), remedy: 'r' } as const;
    const refusals = Array.from({ length: 40 }, (_, i) => ({ job: `j-${i}`, refusal }));
    const { workers } = workersPage([heard('w', { silentMs: 1_500.4, slots: 3, refusals })], 0, '', 10_000);
    expect(workers).toMatchObject([{ worker: 'w', processes: 3, lastSeenMs: 8_500 }]);
    expect(workers[0]!.refusals.map(({ job }) => job)).toEqual(['j-0', 'j-1', 'j-2', 'j-3']);
    expect(workers[0]!.refusals[0]!.refusal).toEqual({ ...refusal, message: 'm'.repeat(512) });
  });

  it.each([
    ['page_size', -1, ''],
    ['page_size', 0.5, ''],
    ['page_token', 0, 'a b'],
    ['page_token', 0, 'YQ=='],
  ])('of workers are refused with a wrong %s (%s, %j)', (field, size, token) => {
    expect(() => workersPage([], size, token, 0)).toThrow(
      expect.objectContaining({ faults: [expect.objectContaining({ field })] }) as Error,
    );
  });
});
