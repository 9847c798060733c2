import type { CertificateRow } from '../../../api/job-view.js';
import { lookedAt, notFound, type ApiCall } from './api-call.js';
import { limitOf, sendBytes, sendFile, sendLines } from './downloads.js';
import type { ViewWithJob } from './results-feed.js';

/** The paths that answer with a file. Those of results hold what was decided so far, and nothing more after the job has ended. */

const JSON_LINES = { name: 'results.jsonl', type: 'application/x-ndjson; charset=utf-8' };
const TSV = { name: 'results.tsv', type: 'text/tab-separated-values; charset=utf-8' };
const CSV = { name: 'results.csv', type: 'text/csv; charset=utf-8; header=present' };
const JOB_FILE = { name: 'job.json', type: 'application/json; charset=utf-8' };
const REPORT = { name: 'report.html', type: 'text/html; charset=utf-8' };
const PNG = 'image/png';

/** A report has its script and its style in itself. The sandbox gives it an origin of its own: it reads nothing of this server, and no token. */
const REPORT_POLICY =
  "sandbox allow-scripts allow-downloads; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; frame-ancestors 'none'";

/** The header of a file, and its lines, each with its end. */
interface Lines {
  /** @param first row; null: there is none */
  readonly header: (first: CertificateRow | null) => string;
  readonly line: (row: CertificateRow) => string;
}

export const sendJsonl = (call: ApiCall): Promise<void> =>
  sendRows(call, JSON_LINES, () => ({ header: () => '', line: ({ json }) => `${json}\n` }));

export const sendTsv = (call: ApiCall): Promise<void> =>
  sendRows(call, TSV, ({ job }) => ({
    header: (first) => call.state.tsvHeader(job, first),
    line: ({ tsv }) => `${tsv}\n`,
  }));

export const sendCsv = (call: ApiCall): Promise<void> =>
  sendRows(call, CSV, ({ job }) => ({
    header: () => call.state.csvHeader(job),
    line: (row) => call.state.csvLine(job, row),
  }));

async function sendRows(
  call: ApiCall,
  download: { readonly name: string; readonly type: string },
  linesOf: (view: ViewWithJob) => Lines,
): Promise<void> {
  const { state, request, response, gone, id } = call;
  const { header, line } = linesOf(await lookedAt(call));
  await state.downloads.run(async () => {
    const limit = limitOf(gone);
    const rows = state.service.certificates(id, 0, limit);
    await sendLines(request, response, download, header, rows, line, limit);
  }, gone);
}

export async function sendJobFile(call: ApiCall): Promise<void> {
  const view = await lookedAt(call);
  sendBytes(call.response, JOB_FILE, Buffer.from(await call.state.jobFile(view)));
}

export async function sendReport(call: ApiCall): Promise<void> {
  const { state, request, response, gone } = call;
  const view = await lookedAt(call);
  await state.downloads.run(async () => {
    const limit = limitOf(gone);
    const made = await state.report(view, limit);
    try {
      await sendFile(request, response, REPORT, made, REPORT_POLICY, limit);
    } finally {
      made.release();
    }
  }, gone);
}

export async function sendPicture(call: ApiCall): Promise<void> {
  const { state, response, gone, image, query } = call;
  const noisy = query.flag('noisy');
  const view = await lookedAt(call);
  const { start, stop, step } = view.job.claim.images;
  const asked = image >= start && image < stop && (image - start) % step === 0;
  if (!asked) throw notFound(`The job has no image ${image}.`);
  const png = await state.picture(view, image, noisy, gone);
  if (png === null) throw notFound('The data of this job cannot be shown as pictures.');
  sendBytes(response, { name: `${image}${noisy ? '-noisy' : ''}.png`, type: PNG }, png, true);
}
