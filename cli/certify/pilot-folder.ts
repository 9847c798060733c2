import { existsSync } from 'node:fs';
import path from 'node:path';
import { SmoothcertError } from '../../shared/errors.js';

/** The file that marks a folder of votes that were drawn to plan with. */
export const PILOT_FILE = 'pilot.json';

/** The folder of a pilot within that of its plan. */
export const PILOT_PART = 'pilot';

/** Returns true if the votes of a folder were drawn to plan with. */
export const isPilotFolder = (folder: string): boolean => existsSync(path.join(folder, PILOT_FILE));

/**
 * Refuses to certify in the folder of a pilot: a certificate whose number of samples was chosen after looking at its own votes would not hold.
 *
 * @throws PILOT_FOLDER
 */
export function refusePilotFolder(folder: string): void {
  if (!isPilotFolder(folder)) return;
  throw new SmoothcertError(
    'PILOT_FOLDER',
    `${folder} holds a pilot: votes that were drawn to plan with, and that no certificate may be made of.`,
    'Certify into another folder, with a seed of its own (without --seed one is drawn).',
  );
}

/** Refuses to draw a pilot into a folder of certificates. @throws JOB_DIFFERS */
export function refuseOtherThanPilot(folder: string): void {
  if (isPilotFolder(folder) || !existsSync(path.join(folder, 'job.json'))) return;
  throw new SmoothcertError(
    'JOB_DIFFERS',
    `${folder} holds certificates, and a pilot has a folder of its own.`,
    'Give plan another --out.',
  );
}
