// How near the forecast of the samples of a job is to what was drawn in the end: the ledgers of finished jobs, read record by record.
//
//   npm run build && node bench/forecast.mjs FOLDER…       folders of certify, predict or submit
import path from 'node:path';
import { FileLedger } from '../dist/adapters/local/file-ledger.js';
import { readJobFile } from '../dist/cli/certify/job-file.js';
import { JobFold } from '../dist/coordinator/core/job-fold.js';
import { SampleForecast } from '../dist/coordinator/core/outlook.js';
import { replay } from '../dist/coordinator/run/replay.js';
import { jobDigest } from '../dist/shared/job.js';

const SHARES = [0.02, 0.1, 0.3, 0.6, 0.9];
const percent = (share) => `${(100 * share).toFixed(1)} %`;

for (const folder of process.argv.slice(2)) {
  const job = await readJobFile(folder);
  const total = await replayed(folder, job, () => undefined);
  const rows = [];
  await replayed(folder, job, (fold, forecast) => {
    const share = SHARES[rows.length];
    if (share === undefined || fold.tally.samples < share * total) return;
    const begun = performance.now();
    const { low, expected, high } = forecast.samples();
    const ms = performance.now() - begun;
    rows.push(
      `  at ${percent(fold.tally.samples / total).padStart(7)} drawn: ${Math.round(expected)} (${percent(expected / total - 1)}), from ${Math.round(low)} to ${Math.round(high)}: ${low <= total && total <= high ? 'holds' : 'misses'}; ${ms.toFixed(1)} ms`,
    );
  });
  const { stop, images } = job.claim;
  console.log(
    `${path.basename(folder)}: ${stop.kind}, images ${images.start} to ${images.stop}, ${total} samples in the end`,
  );
  console.log(rows.join('\n'));
}

/** Folds the ledger of a folder, and calls `look` after each record. Resolves with the samples in the end. */
async function replayed(folder, job, look) {
  const ledger = await FileLedger.open(path.join(folder, 'ledger'), jobDigest(job));
  const fold = new JobFold(job);
  const forecast = new SampleForecast(fold);
  await replay(fold, ledger, () => look(fold, forecast));
  await ledger.close();
  return fold.tally.samples;
}
