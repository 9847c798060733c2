import { optionError } from '../command/parse.js';

/** Returns true if the text is the id of a job of a server, and no name of a folder. */
export const isJobId = (text: string): boolean => /^j-[0-9a-f]{20}$/.test(text);

/** @throws OPTION_INVALID if the text is not the id of a job */
export function requireJobId(text: string): void {
  if (isJobId(text)) return;
  throw optionError(
    `${text} is not the id of a job.`,
    'Ids are j- and 20 digits; smoothcert jobs lists them.',
  );
}
