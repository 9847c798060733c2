export type Level = 'info' | 'warn' | 'error';

export interface EventDefinition {
  readonly level: Level;
  /** The event in words, as in docs/logs.md. */
  readonly meaning: string;
  /** Lines a minute of one job, by default ten. Further ones are counted; the last of them says how many there were. */
  readonly perMinute?: number;
}

const info = (meaning: string): EventDefinition => ({ level: 'info', meaning });
const warn = (meaning: string, perMinute?: number): EventDefinition => ({
  level: 'warn',
  meaning,
  ...(perMinute !== undefined && { perMinute }),
});
const error = (meaning: string): EventDefinition => ({ level: 'error', meaning });

/** Every event that a long-running process writes to its log. Names are stable, because alerts and searches use them. */
export const EVENTS = {
  // The process
  listening: info('It listens, and says where.'),
  'port-taken': warn('A worker found the usual port of its health and metrics in use, and took another one.'),
  ended: info('It ends in order; what is recorded is kept.'),
  fatal: error('It cannot start or go on, and exits; the code says why.'),
  crashed: error('Something unforeseen ended it: a bug. What is recorded is kept.'),
  // Which coordinator serves
  standby: info('Another coordinator holds the lease; this one waits.'),
  'lease-taken': info('This coordinator holds the lease: it issues tasks and answers.'),
  'lease-lost': warn('The lease is not held any more: another coordinator goes on.'),
  // Jobs
  'job-created': info('A job was created.'),
  'job-preparing': info('A worker is asked to look at the model.'),
  'job-waiting': info('A job waits, and why: for example no worker has its device.'),
  'job-drawing': info('Tasks are issued, after the records that the ledger has already.'),
  'job-restarted': warn('A part beneath the job failed; it is begun again from its ledger after a pause.'),
  'job-ended': info('A job has succeeded, wholly or for some images, or was cancelled.'),
  'job-failed': warn('A job has failed: it could not be run, or no image has an outcome.'),
  'job-unreadable': warn('The stored entry of a job cannot be read; the job is left out.'),
  'jobs-unlisted': warn('The jobs could not be looked through; that is tried again.'),
  'image-failed': warn('An image was reported failed: it has no certificate.'),
  'counts-divergent': warn('Two workers counted other votes on the same samples; the first counts stay.'),
  'worker-divergent': warn(
    'A worker counted other votes than two others; nothing that it drew of the job counts.',
  ),
  'tasks-reissued': warn('Tasks had vanished; all that was missing was issued again.'),
  'task-exhausted': warn('A task was handed out too often and never answered.'),
  // Workers
  'worker-ready': info('The device works; tasks are taken.'),
  'model-prepared': info('This worker looked at the model of a job.'),
  'job-refused': warn('This worker cannot draw for a job now; the code says why.'),
  'task-kept': warn('A task cannot be recorded now; it is kept and tried again.'),
  'inference-died': warn('An inference process ended; its samples are drawn again.'),
  'inference-hung': warn('An inference process gave no sign of life and was killed.'),
  'worker-draining': info('It is to end: what is not drawn is handed back.'),
  'worker-ended': info('It took its last task and has recorded what was drawn.'),
  // What lies between
  'nats-note': warn('What an operator should know about the NATS server.'),
  'nats-waited-for': warn(
    'This process starts, and NATS does not answer yet; it is tried again for a while.',
  ),
  'nats-away': warn('The connection to NATS is lost; it is tried again for ever.'),
  'nats-back': info('The connection to NATS is there again.'),
  'nats-quorum-lost': warn(
    'NATS answers, and has no quorum: nothing is stored until most servers of its cluster are there.',
  ),
  'nats-quorum-back': info('NATS has a quorum again.'),
  'nats-trouble': warn('NATS complains outside of a call, for example of a missing permission.'),
  'messages-malformed': warn('Messages that cannot be read were ignored; one line a minute.', 1),
  'store-full': error('A disk, or a store of NATS, takes no more; it is tried again.'),
  // Clients
  'call-refused': warn('Calls without a token that is known were refused; one line a minute.', 1),
  'upload-refused': warn('An upload was refused; the code says why.'),
  'tls-unusable': warn('New TLS files cannot be used; those read before are, until they expire.'),
  'call-failed': error('A call met an error of ours.'),
} as const satisfies Record<string, EventDefinition>;

export type EventName = keyof typeof EVENTS;

/** Returns the definition of an event. */
export const definitionOf = (event: EventName): EventDefinition => EVENTS[event];
