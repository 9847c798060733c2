import type { ImageResult } from '../../analysis/results/result-set.js';
import type { GalleryImage, PictureSheets, Report, ReportedJob } from '../../report/html/report-content.js';
import { jobDigest } from '../../shared/job.js';
import { resultJob, type ResultJob } from './result-files.js';

/** Reports of results that a test makes up. */

/** Returns the result of an image: certified right, wrong, abstained and failed in turns, each with a radius and samples of its own. */
export function resultOf(image: number, change: Partial<ImageResult> = {}): ImageResult {
  const outcome = (['certified', 'certified', 'abstained', 'failed'] as const)[image % 4]!;
  const named = outcome === 'certified' ? image % 10 : null;
  const label = image % 4 === 1 ? (image + 1) % 10 : image % 10;
  const samples = 64 + ((7 * image) % 13);
  return {
    image,
    label,
    outcome,
    class: named,
    correct: named === null ? null : named === label,
    radius: named === null ? 0 : ((image * 37) % 101) / 100,
    samples,
    stop: outcome === 'failed' ? 'INFERENCE_FAILED' : outcome === 'abstained' ? 'abstain' : 'gain',
    detail: outcome === 'failed' ? 'The model failed.' : null,
    pLower: named === null ? null : 0.9,
    counts: { classes: [image % 10], votes: [samples - 1], invalid: 1 },
    ...change,
  };
}

export const resultsOf = (count: number): ImageResult[] =>
  Array.from({ length: count }, (_, image) => resultOf(image));

/** Returns a job as a report shows it. */
export function reportedJob(
  results: readonly ImageResult[],
  change: Partial<ReportedJob> = {},
  job: ResultJob = { images: results.length },
): ReportedJob {
  const made = resultJob(job);
  return {
    set: { label: 'σ = 0.5', job: made, images: job.images ?? results.length, drawn: null, results },
    names: { job: null, model: 'models/m.onnx', data: 'd.npz' },
    digest: jobDigest(made),
    smoothcert: '0.1.0',
    features: false,
    notes: [],
    fromVotes: true,
    command: 'smoothcert certify --model models/m.onnx',
    commandIsWhole: true,
    ...change,
  };
}

export const galleryImages = (
  results: readonly ImageResult[],
  change: Partial<GalleryImage> = {},
): GalleryImage[] =>
  results.map((result) => ({
    job: 0,
    result,
    file: null,
    label: `${result.label!}`,
    class: result.class === null ? null : `${result.class}`,
    picture: null,
    ...change,
  }));

export const SHEETS: PictureSheets = {
  width: 8,
  height: 8,
  cellWidth: 8,
  cellHeight: 8,
  copies: true,
  columns: 8,
  places: 64,
  type: 'image/png',
  sheets: ['AAAA'],
};

/** Returns the report of a job, without figures. */
export function reportOf(results: readonly ImageResult[], change: Partial<Report> = {}): Report {
  return {
    jobs: [reportedJob(results)],
    figures: [],
    tables: [],
    gallery: { images: galleryImages(results), pictures: [null], remarks: [] },
    version: '0.2.0',
    ...change,
  };
}
