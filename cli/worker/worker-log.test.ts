import { expect, it } from 'vitest';
import type { LogFields } from '../../shared/telemetry/log.js';
import { HUNG } from '../../worker/draw/pool.js';
import { deathLog, workerLog } from './worker-log.js';

it('a worker says who cannot draw what and why, which process died or hung, and what it keeps', () => {
  const said: LogFields[] = [];
  const log = (event: string, message: string, fields?: LogFields) =>
    void said.push({ event, message, ...fields } as LogFields);
  const tell = workerLog(log, 'w');
  const refusal = {
    worker: 'w',
    code: 'MODEL_UNREADABLE',
    message: 'No model.',
    remedy: 'Send one.',
  } as const;
  const full = { ...refusal, code: 'DISK_FULL' } as const;
  tell({ kind: 'refused', job: 'j-1', refusal });
  tell({ kind: 'refused', job: 'j-1', refusal: full });
  tell({ kind: 'postponed', job: 'j-1', task: 't.1', refusal });
  deathLog(log, 'w')('SIGSEGV', 'what it wrote last', 'j-1');
  deathLog(log, 'w')(HUNG, '', 'j-1');
  expect(said).toMatchObject([
    { event: 'job-refused', job: 'j-1', worker: 'w', code: 'MODEL_UNREADABLE', remedy: 'Send one.' },
    { event: 'store-full', job: 'j-1', code: 'DISK_FULL' },
    { event: 'task-kept', job: 'j-1', task: 't.1', worker: 'w' },
    { event: 'inference-died', job: 'j-1', worker: 'w', words: 'what it wrote last' },
    { event: 'inference-hung', job: 'j-1', worker: 'w' },
  ]);
});
