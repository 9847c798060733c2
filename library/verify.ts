import { VERIFY } from '../cli/verify/verify-verb.js';
import { verifyConfig } from '../cli/verify/verify-flags.js';
import { callWith } from './call.js';
import { TAKEN } from './taken.js';
import { throwingKnown } from './throwing-known.js';
import type { VerifyOptions } from './types/options.js';
import type { VerifyReport } from './types/verify.js';

/**
 * Checks results that somebody hands over, by a second implementation of the bounds. Nothing is written.
 *
 * @param path a folder that `certify` wrote, or a .tsv file in the form of Cohen et al.
 * @returns what was found, and what was checked; that something does not hold is no error
 * @throws OPTION_INVALID, FOLDER_UNUSABLE and the errors of files; the reason of `signal`
 */
export function verify(path: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  return throwingKnown(options, async (signal) => {
    const { operands, values } = await callWith(VERIFY, [path], { taken: TAKEN.verify, options, signal });
    const { reportOn } = await import('../cli/verify/verify.js');
    const { reportJson } = await import('../cli/verify/report.js');
    const report = await reportOn(verifyConfig(operands.path, values()), signal);
    signal.throwIfAborted();
    return reportJson(report);
  });
}
