import type { JobView } from '../../api/job-view.js';
import { BOUNDS } from '../../statistics/bounds/bounds.js';
import { conclude } from '../certify/conclude.js';
import { OutputFolder } from '../certify/output-folder.js';
import { optionError } from '../command/parse.js';
import { refuseRadiiOfPredictions } from './refuse-radii.js';
import type { DownloadConfig } from './results-flags.js';
import { sourcesOf } from './service-results.js';
import { withClient } from '../jobs/with-client.js';

/** `smoothcert results` of a job: its certificates, or those decided so far. Resolves with the exit code. @throws SmoothcertError */
export function downloadResults(config: DownloadConfig, interrupt: AbortSignal): Promise<number> {
  const { id, server, out, radii, report, json } = config;
  return withClient(server, interrupt, async (client) => {
    const view = await client.getJob(id);
    if (radii !== null) refuseOtherRadii(view);
    const folder = out === null ? null : await OutputFolder.open(out);
    try {
      const shown = { report: report ? { canonical: null } : null, json, quiet: false, radii };
      return await conclude(client, view, { folder, sources: sourcesOf(view), ...shown });
    } finally {
      folder?.close();
    }
  });
}

/** @throws OPTION_INVALID for a job whose certificates do not hold the largest radius that is proved */
function refuseOtherRadii({ id, spec }: JobView): void {
  refuseRadiiOfPredictions(id, spec.stop);
  const { proves } = BOUNDS[spec.bound];
  if (spec.stop.kind !== 'target' && proves) return;
  throw optionError(
    `The certificates of ${id} hold ${proves ? 'the radii that it asked for and no others' : 'approximate radii only'}.`,
    'Leave --radii out.',
  );
}
