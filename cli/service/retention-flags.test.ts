import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../coordinator/jobs/limits.js';
import { retentionOf } from './config.js';
import { coordinatorCommand } from './coordinator-command.js';
import { serveCommand } from './serve-command.js';

describe.each([coordinatorCommand, serveCommand])('the flags that say how long jobs are kept', (command) => {
  const parsed = (...args: string[]) =>
    retentionOf(command().exitOverride().parse(args, { from: 'user' }).opts());

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
});
