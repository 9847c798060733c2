import { isJobId } from '../../shared/job-id-pattern.js';
import { optionError } from '../command/parse.js';

/** @throws OPTION_INVALID if the text is not the id of a job */
export function requireJobId(text: string): void {
  if (isJobId(text)) return;
  throw optionError(
    `${text} is not the id of a job.`,
    'Ids are j- and 20 digits; smoothcert jobs lists them.',
  );
}
