import type { StoppingRule } from '../../shared/job.js';
import { optionError } from '../command/parse.js';

/** Refuses radii of a job that proves none. @param where the folder or the id of the job. @throws OPTION_INVALID */
export function refuseRadiiOfPredictions(where: string, stop: StoppingRule): void {
  if (stop.kind !== 'predict') return;
  throw optionError(
    `${where} holds predictions: each is of the image itself, and no radius around it is proved.`,
    'Leave --radii out; for radii run smoothcert certify into a new folder.',
  );
}
