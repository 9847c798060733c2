import { SmoothcertError } from '../../shared/errors.js';
import type { Device } from '../../shared/job.js';
import { STANDBY } from '../../shared/waiting-reasons.js';
import type { Waiting } from '../../shared/waiting.js';

/** @param waiting what the server waits for before it can answer */
export function notServing({ code, message, remedy }: Waiting = STANDBY): SmoothcertError {
  const standby = code === 'standby';
  return new SmoothcertError(
    'NOT_SERVING',
    standby
      ? 'This coordinator does not hold the lease: another one answers, or soon will.'
      : `This server cannot answer about jobs now. ${message}`,
    remedy === '' ? 'Try again in some seconds, or at another coordinator.' : remedy,
  );
}

export const jobNotFound = (id: string): SmoothcertError =>
  new SmoothcertError(
    'JOB_NOT_FOUND',
    `There is no job ${id.slice(0, 64)}.`,
    'List the jobs with smoothcert jobs, or with ListJobs; jobs that ended long ago are forgotten.',
  );

export const jobExists = (requestId: string): SmoothcertError =>
  new SmoothcertError(
    'JOB_EXISTS',
    `The request id ${requestId} was used for another job.`,
    'Repeat a request unchanged to get its job, or give a new one an id of its own.',
  );

/** @param unattended how many of them wait for a device that no worker has */
export const tooManyJobs = (most: number, unattended = 0): SmoothcertError =>
  new SmoothcertError(
    'TOO_MANY_JOBS',
    unattended === 0
      ? `There are ${most} jobs that have not ended, as many as this server takes.`
      : `There are ${most} jobs that have not ended, as many as this server takes; ${unattended} of them wait for a device that no worker has.`,
    'Wait for one to end, or cancel one.',
  );

export const tooManyUnattended = (most: number, device: Device): SmoothcertError =>
  new SmoothcertError(
    'TOO_MANY_JOBS',
    `No worker has the device ${device}, and ${most} jobs wait for such a device already, as many as this server lets wait.`,
    `Start a worker with the device ${device}, or cancel jobs that are pending.`,
  );

export const tooManyWatchers = (most: number): SmoothcertError =>
  new SmoothcertError(
    'TOO_MANY_WATCHERS',
    `There are ${most} watches, as many as this server takes.`,
    'Try again later, or ask for the job from time to time.',
  );

/** Returns the error itself if it has a code of ours; any other one becomes INTERNAL, which tells clients nothing more. The operator finds its cause in the log. */
export const knownFault = (error: unknown): SmoothcertError =>
  error instanceof SmoothcertError
    ? error
    : new SmoothcertError(
        'INTERNAL',
        'Something unforeseen happened in the server.',
        'Try again; if it happens again, tell the operator, whose log says more.',
        { cause: error },
      );
