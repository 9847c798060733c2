import { verb } from '../command/verb.js';
import { isJobId } from '../../shared/job-id-pattern.js';
import { oneLine } from '../../shared/safe-text.js';
import { RESULTS_GROUPS, downloadConfig, resultsConfig } from './results-flags.js';

const HELP = `
Needs no model, no data and no drawing: job.json and the ledger hold all. Any radii may be asked for, as often as you
like; the error probability covers them all. A folder in which certify draws is only read: the summary is that of the votes
by now, and with --out their files are written to another folder.

With the id of a job (j-…) the results come from a server, those decided so far if the job still runs; with --out they
are written as certify writes them. A folder of such a name is ./j-….`;

export const RESULTS = verb({
  name: 'results',
  description: 'Show the results of a folder again, or at other radii, and write its results.* again.',
  operands: { folderOrId: { help: "what --out named, or a job's id" } },
  forMore: (given) =>
    `smoothcert report ${given.map(oneLine).join(' ')} shows several folders together; or run results for each.`,
  groups: RESULTS_GROUPS,
  help: HELP,
  async run({ operands: { folderOrId }, values, interruption }) {
    if (isJobId(folderOrId)) {
      const config = downloadConfig(folderOrId, values());
      const { downloadResults } = await import('./download-results.js');
      return downloadResults(config, interruption());
    }
    const config = resultsConfig(folderOrId, values());
    const { showResults } = await import('./show-results.js');
    return showResults(config);
  },
});
