import type { Refusal } from '../../shared/ports/job-store.js';
import type { Log, LogFields } from '../../shared/telemetry/log.js';
import type { DaemonEvent } from '../../worker/cluster/daemon.js';
import type { PoolSettings } from '../../worker/cluster/job-processes.js';
import { HUNG } from '../../worker/draw/pool.js';

const because = ({ code, remedy }: Refusal): LogFields => ({ code, remedy });

/** Returns what writes the events of a worker to its log. */
export function workerLog(log: Log, worker: string): (event: DaemonEvent) => void {
  return (event) => {
    switch (event.kind) {
      case 'ready':
        log('worker-ready', `Ready: ${event.processes} processes of class ${event.numericClass}.`, {
          worker,
        });
        return;
      case 'prepared':
        log('model-prepared', `Looked at the model: batch ${event.batch}.`, { job: event.job, worker });
        return;
      case 'refused': {
        const { job, refusal } = event;
        const full = refusal.code === 'DISK_FULL';
        const fields = { job, worker, ...because(refusal) };
        log(full ? 'store-full' : 'job-refused', `Cannot draw: ${refusal.message}`, fields);
        return;
      }
      case 'postponed': {
        const { job, task, refusal } = event;
        const sentence = `The task ${task} cannot be recorded now; it is kept and tried again: ${refusal.message}`;
        log('task-kept', sentence, { job, task, worker, ...because(refusal) });
        return;
      }
      case 'draining':
        log('worker-draining', 'Ending: what is not drawn is handed back.', { worker });
        return;
      case 'ended':
        log('worker-ended', 'Ended.', { worker });
    }
  };
}

/** Says that an inference process is gone, and how. */
export function deathLog(log: Log, worker: string): PoolSettings['onDeath'] {
  return (how, words, job) => {
    if (how === HUNG) log('inference-hung', `An inference process ended (${HUNG}).`, { job, worker, words });
    else log('inference-died', `An inference process ended (${how}).`, { job, worker, words });
  };
}
