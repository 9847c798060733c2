import type { DaemonEvent } from '../../worker/daemon/daemon.js';
import type { Log } from './log.js';

/** What a worker says, in words. */
export function eventLog(log: Log): (event: DaemonEvent) => void {
  return (event) => {
    switch (event.kind) {
      case 'ready':
        log('info', `Ready: ${event.slots} processes of class ${event.numericClass}.`);
        return;
      case 'prepared':
        log('info', `Looked at the model: batch ${event.batch}.`, event.job);
        return;
      case 'refused':
        log(
          'warn',
          `Cannot draw: ${event.refusal.code}: ${event.refusal.message} ${event.refusal.remedy}`,
          event.job,
        );
        return;
      case 'left':
        log(
          'warn',
          `The task ${event.task} cannot be recorded now; it is kept and tried again: ${event.refusal.code}: ${event.refusal.message}`,
        );
        return;
      case 'draining':
        log('info', 'Ending: what is not drawn is handed back.');
        return;
      case 'ended':
        log('info', 'Ended.');
    }
  };
}
