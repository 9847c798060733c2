import { verb } from '../command/verb.js';
import { REPORT_GROUPS, reportConfig } from './report-flags.js';

const HELP = `
The report is one file that needs nothing else: figures, tables, the images with the noise that the model saw, the exact claim in words, and the
command that repeats it. Several folders are compared: other σ, models, rules. docs/report.md says how to read it.

Examples:
  # The report of a folder again, in it
  smoothcert report certificates

  # Three noise levels in one figure, and the figures as files
  smoothcert report sigma-0.12 sigma-0.25 sigma-0.5 --out series.html --figures figures`;

export const REPORT = verb({
  name: 'report',
  description: 'Write a report of one or several folders of results: one HTML file with figures and images.',
  operands: { folders: { help: 'what --out of certify or predict named; one or several', several: true } },
  groups: REPORT_GROUPS,
  help: HELP,
  async run({ operands: { folders }, values }) {
    const config = reportConfig(folders, values());
    const { report } = await import('./report.js');
    return report(config);
  },
});
