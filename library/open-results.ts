import path from 'node:path';
import { imageResultOf } from '../analysis/results/image-result.js';
import type { ResultSet } from '../analysis/results/result-set.js';
import { isLabelled } from '../analysis/results/counted.js';
import { meanRadii } from '../analysis/results/set-numbers.js';
import { readNotedJob, type NotedJob } from '../cli/certify/job-file.js';
import { folderHoldsNo } from '../cli/report/read-folder.js';
import { isPlainFile, writtenResults } from '../cli/report/result-file.js';
import { imagesOfDrawn, readFold } from '../cli/results/read-fold.js';
import { accuracyAt } from '../cli/results/summary.js';
import { optionError } from '../cli/command/parse.js';
import { refutationOf } from '../coordinator/core/refutation.js';
import { certifiedBy, provenRadius, type Proven } from '../coordinator/results/proven-radius.js';
import { rowsOf } from '../coordinator/results/result-lines.js';
import type { Certificate } from '../coordinator/results/certificates.js';
import type { PredictionRow } from '../coordinator/results/predictions.js';
import type { ResultRow } from '../coordinator/results/result-row.js';
import { jobDigest } from '../shared/job.js';
import { imageCount } from '../shared/job-spec.js';
import { NOISES } from '../statistics/noises/noises.js';
import { sigmaOf } from '../statistics/noises/scale.js';
import { throwingKnown } from './throwing-known.js';
import type { JobFacts, Results } from './types/results.js';

/**
 * Reads the results that a folder holds by now, also while another process draws in it: those that follow from the votes of its ledger or, where it
 * has none, those of results.jsonl. Nothing is written.
 *
 * @throws FOLDER_UNUSABLE if it holds none; JOB_FILE_DAMAGED, LEDGER_DAMAGED; MODEL_NOT_DETERMINISTIC of a job that is refuted
 */
export function openResults(folder: string): Promise<Results> {
  return throwingKnown({}, async () => {
    const noted = await readNotedJob(folder);
    if (noted === null) throw folderHoldsNo(folder, 'job');
    return new FolderResults(folder, noted, await rowsOfFolder(folder, noted));
  });
}

/** The rows of a folder, and what is proved of each. */
interface Read {
  readonly rows: readonly ResultRow[];
  readonly proven: (row: Certificate) => Proven | null;
}

async function rowsOfFolder(folder: string, { job, about }: NotedJob): Promise<Read> {
  if (await isPlainFile(path.join(folder, 'ledger'))) {
    const fold = await readFold(folder, job);
    const refutation = refutationOf(fold);
    if (refutation !== null) throw refutation;
    const { labels, names } = await imagesOfDrawn(folder, fold, about);
    const rows = Array.from(
      rowsOf(fold, (image) => labels?.[image] ?? null, names),
      ({ row }) => row,
    );
    return { rows, proven: (row) => provenRadius(fold, row) };
  }
  if (!(await isPlainFile(path.join(folder, 'results.jsonl')))) throw folderHoldsNo(folder, 'results');
  const rows: ResultRow[] = [];
  for await (const { fields } of writtenResults(folder, job)) rows.push(fields as unknown as ResultRow);
  return { rows, proven: certifiedBy };
}

class FolderResults implements Results {
  readonly job: JobFacts;
  readonly images: number;
  readonly decided: number;
  readonly rows: readonly ResultRow[];
  readonly certificates: readonly Certificate[];
  readonly predictions: readonly PredictionRow[];
  readonly labelled: boolean;
  readonly acr: number | null;
  readonly meanRadius: number | null;
  private readonly proven: Read['proven'];

  constructor(
    readonly folder: string,
    noted: NotedJob,
    { rows, proven }: Read,
  ) {
    this.job = factsOf(noted);
    this.images = imageCount(noted.job.claim.images);
    this.rows = rows;
    this.decided = rows.length;
    this.certificates = rows.filter((row) => 'radius' in row);
    this.predictions = rows.filter((row): row is PredictionRow => !('radius' in row));
    const set = this.setOf(noted);
    this.labelled = isLabelled(set);
    const means = meanRadii(set);
    this.acr = means?.acr ?? null;
    this.meanRadius = means?.mean ?? null;
    this.proven = proven;
  }

  [Symbol.iterator](): Iterator<ResultRow> {
    return this.rows[Symbol.iterator]();
  }

  certifiedAccuracy(radii: readonly number[]): number[] {
    const wrong = radii.find((radius) => !(radius >= 0));
    if (wrong !== undefined)
      throw optionError(
        `${String(wrong)} is no radius.`,
        'Give radii of at least 0, such as [0, 0.25, 0.5].',
      );
    const { images, certificates, labelled, proven } = this;
    return accuracyAt({ images, rows: certificates, labelled, proven }, radii, true).map(
      ({ share }) => share,
    );
  }

  private setOf({ job }: NotedJob): ResultSet {
    const results = this.rows.flatMap((row) => imageResultOf({ ...row }) ?? []);
    return { label: '', job, images: this.images, drawn: null, results };
  }
}

function factsOf({ job, about }: NotedJob): JobFacts {
  const { claim, draw } = job;
  const { start, stop, step } = claim.images;
  return {
    digest: jobDigest(job),
    name: about.name,
    sigma: sigmaOf(draw.noise),
    noise: draw.noise.kind,
    norm: NOISES[draw.noise.kind].norm,
    alpha: claim.alpha,
    simultaneous: claim.simultaneous ?? false,
    rule: claim.stop.kind,
    bound: claim.bound,
    seed: draw.seed,
    images: { start, stop, step },
    classes: draw.classes,
    classNames: about.classes,
  };
}
