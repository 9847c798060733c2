import { imageResultOf } from '../../../analysis/results/image-result.js';
import type { ImageResult } from '../../../analysis/results/result-set.js';
import type { ImageAnswer, ImageKind, ImageOrder } from '../../../api/page-api.js';
import type { Drawn, ImagesQuery } from '../../../coordinator/http/api/api-parts.js';
import { resultFigures } from '../../../report/results/result-figures.js';
import type { Counts } from '../../../shared/counts.js';
import type { Job } from '../../../shared/job.js';
import { resultNumbers } from './result-numbers.js';

/** Classes whose votes an answer names. */
const MOST_VOTES = 5;

/** The part that is kept of one job. */
interface Kept {
  readonly job: Job;
  readonly images: number;
  readonly results: ImageResult[];
  /** File names by image, where rows have them. */
  readonly files: Map<number, string>;
}

/** The results of some jobs, and answers to questions about them as JSON: what `ResultsReader` promises, at once. */
export class JobResults {
  private readonly jobs = new Map<string, Kept>();

  begin(id: string, job: Job, images: number): void {
    this.jobs.set(id, { job, images, results: [], files: new Map() });
  }

  add(id: string, lines: readonly string[]): void {
    const kept = this.jobs.get(id);
    for (const line of kept === undefined ? [] : lines) {
      const fields = JSON.parse(line) as Record<string, unknown>;
      const result = imageResultOf(fields);
      if (result === null) continue;
      kept!.results.push(result);
      if (typeof fields['file'] === 'string') kept!.files.set(result.image, fields['file']);
    }
  }

  forget(id: string): void {
    this.jobs.delete(id);
  }

  figures(id: string, { samples: drawn, sequence }: Drawn): string {
    const kept = this.jobs.get(id);
    if (kept === undefined) return JSON.stringify({ sequence, numbers: null, figures: [] });
    const { job, images, results } = kept;
    results.sort((a, b) => a.image - b.image);
    const set = { label: '', job, images, drawn, results };
    return JSON.stringify({ sequence, numbers: resultNumbers(set), figures: resultFigures([set]) });
  }

  images(id: string, { sort, descending, outcome, from, count }: ImagesQuery): string {
    const { results = [], files = new Map<number, string>() } = this.jobs.get(id) ?? {};
    const found = results.filter(KINDS[outcome]).sort(orderOf(sort, descending));
    const page = found.slice(from, from + count).map((result) => answerOf(result, files));
    return JSON.stringify({ total: found.length, images: page });
  }
}

const isCertified = ({ outcome }: ImageResult) => outcome === 'certified' || outcome === 'predicted';

const KINDS: Readonly<Record<ImageKind, (result: ImageResult) => boolean>> = {
  all: () => true,
  certified: isCertified,
  'certified-right': (result) => isCertified(result) && result.correct === true,
  'certified-wrong': (result) => isCertified(result) && result.correct === false,
  abstained: ({ outcome }) => outcome === 'abstained' || outcome === 'approximate',
  failed: ({ outcome }) => outcome === 'failed',
};

/** Returns an order in which images that are equal in it stay in their own order. */
function orderOf(sort: ImageOrder, descending: boolean): (a: ImageResult, b: ImageResult) => number {
  const sign = descending ? -1 : 1;
  return (a, b) => sign * (a[sort] - b[sort]) || a.image - b.image;
}

function answerOf(result: ImageResult, files: ReadonlyMap<number, string>): ImageAnswer {
  const { image, label, outcome, correct, radius, samples, stop, detail, counts } = result;
  return {
    image,
    file: files.get(image) ?? null,
    label,
    outcome,
    class: result.class,
    correct,
    radius,
    samples,
    stop,
    detail,
    votes: mostVotes(counts),
  };
}

function mostVotes({ classes, votes }: Counts): ImageAnswer['votes'] {
  const pairs = classes.map((one, at) => ({ class: one, votes: votes[at]! }));
  return pairs.sort((a, b) => b.votes - a.votes || a.class - b.class).slice(0, MOST_VOTES);
}
