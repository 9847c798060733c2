import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../coordinator/jobs/limits.js';
import { valuesFrom } from '../../test/support/verb-values.js';
import { COORDINATOR } from './coordinator-verb.js';
import { SERVE } from './serve-verb.js';
import { retentionOf } from './service-config.js';

const STORE = ['--store', 's'];
const VALUES = {
  serve: (args: readonly string[]) => valuesFrom(SERVE, [...STORE, ...args]),
  coordinator: (args: readonly string[]) => valuesFrom(COORDINATOR, [...STORE, ...args]),
};

describe.each(['serve', 'coordinator'] as const)(
  'the flags of %s that say how long jobs are kept',
  (verb) => {
    const parsed = (...args: string[]) => retentionOf(VALUES[verb](args));

    it('mean what the service does without them', () => {
      const { retainMs, retainLedgers, retainJobs } = DEFAULT_LIMITS;
      expect(parsed()).toEqual({ retainMs, retainLedgers, retainJobs });
    });

    it('may be anything that keeps a ledger only with its job', () => {
      const some = parsed('--retain-days', '0.5', '--retain-ledgers', '0', '--retain-jobs', '1');
      expect(some).toEqual({ retainMs: 43_200_000, retainLedgers: 0, retainJobs: 1 });
      const refused = (...args: string[]) => expect(() => parsed(...args));
      refused('--retain-ledgers', '11', '--retain-jobs', '10').toThrow(/--retain-jobs 10 is below/);
      refused('--retain-days', '-1').toThrow(/--retain-days -1/);
      refused('--retain-jobs', '0').toThrow(/--retain-jobs 0/);
      refused('--retain-ledgers', '1.5').toThrow(/--retain-ledgers 1.5/);
    });
  },
);
