import { hostname } from 'node:os';
import type { Tokens } from '../../../adapters/http/tokens.js';
import { namesOfJob } from '../../../coordinator/artifacts/stored-names.js';
import type { ApiParts } from '../../../coordinator/http/api/api-parts.js';
import { Limiter } from '../../../coordinator/http/api/limiter.js';
import type { ViewWithJob } from '../../../coordinator/http/api/results-feed.js';
import type { CertificationService } from '../../../coordinator/jobs/certification-service.js';
import type { ResultRow } from '../../../coordinator/results/result-rows.js';
import { tsvHeader } from '../../../coordinator/results/tsv-lines.js';
import { jobFileText } from '../../certify/job-file.js';
import { StoredPictures } from '../../report/picture-of.js';
import { csvHeader, csvLine } from '../../results/csv-lines.js';
import { headerOf, secondsOf } from '../../results/row-files.js';
import { notesOf, sourcesOf } from '../../results/service-results.js';
import { ReportMaker } from './report-maker.js';
import { ThreadedResults } from './threaded-results.js';

/** All that the API takes from the command that runs it. */
export interface WebOptions {
  readonly service: CertificationService;
  readonly name: string;
  readonly tokens: Tokens | null;
  /** Host that it listens at, and the address that is given to workers; null: none. */
  readonly host: string;
  readonly advertised: string | null;
  readonly onRefused: (where: string) => void;
  readonly onFault: (error: unknown) => void;
}

/** The parts that are made for the API beside the service. `close` ends its threads and removes its files. */
export interface Web {
  readonly parts: ApiParts;
  close(): Promise<void>;
}

/** Pictures that wait for the one that is made: those of some pages of a gallery. */
const MOST_PICTURES = 256;
/** Names of classes that are kept, by their digest. */
const MOST_NAMES = 16;

/** Puts together what the JSON API needs of other floors: figures, pictures, reports, files. */
export function webOf(options: WebOptions): Web {
  const { service, tokens, onFault } = options;
  const results = new ThreadedResults(onFault);
  const pictures = new StoredPictures(service.artifacts);
  // One at a time: the noise of two would be drawn into the same memory.
  const drawing = new Limiter('pictures are made', { running: 1, waiting: MOST_PICTURES });
  const classes = classNames(service);
  const jobFile = async (view: ViewWithJob) =>
    jobFileText(view.job, notesOf(view, { ...sourcesOf(view), classes: await classes(view) }));
  const reports = new ReportMaker({ service, jobFile });
  const parts: ApiParts = {
    ...options,
    results,
    jobFile,
    tsvHeader: ({ claim }, first) => `${first === null ? tsvHeader(claim) : headerOf(first, claim)}\n`,
    csvHeader: ({ claim }) => csvHeader(claim),
    csvLine: ({ claim }, row) => csvLine(JSON.parse(row.json) as ResultRow, secondsOf(row, tsvHeader(claim))),
    classes,
    picture: ({ job }, image, noisy, signal) =>
      drawing.run(() => pictures.pictureOf(job, image, noisy), signal),
    report: (view, signal) => reports.report(view, signal),
    accept: tokens === null ? null : (header) => tokens.accept(header),
    hosts: hostsOf(options),
  };
  return {
    parts,
    close: async () => {
      await Promise.all([results.close(), reports.close(), drawing.run(() => pictures.close())]);
    },
  };
}

/** Returns the names by which this server is called, in lower case. */
function hostsOf({ host, advertised }: WebOptions): ReadonlySet<string> {
  const named = advertised !== null && URL.canParse(advertised) ? [new URL(advertised).hostname] : [];
  return new Set([host, hostname(), ...named].map((name) => name.toLowerCase()));
}

/** Returns what looks up the names of classes, and reads no file twice that it read a moment ago. */
function classNames({ artifacts }: CertificationService): ApiParts['classes'] {
  const known = new Map<string, readonly string[] | null>();
  return async ({ spec }) => {
    const digest = spec.names?.images ?? null;
    if (digest === null) return null;
    const found = known.get(digest);
    if (found !== undefined) return found;
    // A job is shown without them where they cannot be read.
    const { classes } = await namesOfJob(artifacts, spec).catch(() => ({ classes: null }));
    known.set(digest, classes);
    for (const [oldest] of known) if (known.size > MOST_NAMES) known.delete(oldest);
    return classes;
  };
}
