import type { SwitchFlag } from '../command/flag.js';
import { REPORT_FILE } from './report-file.js';

/** --no-report, of every command that writes a report. */
export const NO_REPORT = {
  help: `write no ${REPORT_FILE} (figures, the images, the claim in words; smoothcert report writes it later)`,
  decides: 'run',
  negated: true,
} as const satisfies SwitchFlag;
