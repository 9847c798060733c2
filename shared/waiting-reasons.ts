import type { Device } from './job.js';
import type { Waiting } from './waiting.js';

/** The reasons for which something waits, in words: one sentence, and a remedy for whoever runs the server. */

const BY_ITSELF = 'It goes on by itself then.';

export const NATS_AWAY: Waiting = {
  code: 'nats-away',
  message: 'NATS cannot be reached.',
  remedy: `Start NATS, or mend the network between. ${BY_ITSELF}`,
};

export const NO_QUORUM: Waiting = {
  code: 'nats-away',
  message:
    'NATS has no quorum: fewer than half of the servers of its cluster are there, or they do not reach each other.',
  remedy: `Start the servers that are missing, and restart nothing else. ${BY_ITSELF}`,
};

/** @param message a sentence that says what NATS does not answer */
export const natsSilent = (message: string): Waiting => ({
  code: 'nats-away',
  message,
  remedy: `Look at the log of NATS: it may have no leader or no quorum. ${BY_ITSELF}`,
});

export const STANDBY: Waiting = {
  code: 'standby',
  message: 'Another coordinator holds the lease, or none does yet.',
  remedy: '',
};

export const READING_JOBS: Waiting = {
  code: 'reading',
  message: 'It is starting or ending: the ledgers of its jobs are read, or closed.',
  remedy: '',
};

export const READING_LEDGER: Waiting = { code: 'reading', message: 'Its ledger is read.', remedy: '' };

export const PREPARING: Waiting = {
  code: 'preparing',
  message: 'A worker is asked to look at the model.',
  remedy: '',
};

/** @param message a sentence that says why another worker is asked */
export const askingAnother = (message: string): Waiting => ({ code: 'preparing', message, remedy: '' });

export const noWorker = (device: Device): Waiting => ({
  code: 'no-worker',
  message: `No worker with the device ${device} is there.`,
  remedy: `Start a worker with --device ${device}. ${BY_ITSELF}`,
});

export const looksElsewhere = (device: Device): Waiting => ({
  code: 'busy',
  message: `All workers with the device ${device} are looking at models of other jobs.`,
  remedy: '',
});

export const noWorkerOfClass = (numericClass: string): Waiting => ({
  code: 'no-worker-of-class',
  message: `No worker of its numeric class is there: ${numericClass}.`,
  remedy: `Start a worker on a machine of this class: same device, same instruction set, same ONNX Runtime. ${BY_ITSELF}`,
});

export const noSecondWorker = (numericClass: string): Waiting => ({
  code: 'no-worker-of-class',
  message: `All is decided, and another worker of its numeric class must draw a share of it again: ${numericClass}.`,
  remedy: `Start one more worker on a machine of this class. ${BY_ITSELF}`,
});

export const allRefuse = (message: string, remedy: string): Waiting => ({
  code: 'all-refuse',
  message,
  remedy: `${remedy} ${BY_ITSELF}`,
});

export const storeFull = (message: string, remedy: string): Waiting => ({
  code: 'store-full',
  message,
  remedy: `${remedy} ${BY_ITSELF}`,
});

export const NOBODY_ANSWERS: Waiting = {
  code: 'busy',
  message: 'No votes have come for half a minute: its workers draw other jobs, or one task takes so long.',
  remedy: '',
};

/** @param why a sentence that says what was met */
export const begunAgain = (why: string): Waiting => ({
  code: 'restarting',
  message: `It is begun again: ${why}`,
  remedy: '',
});
