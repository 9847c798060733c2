import type { ResultsReader } from './api-parts.js';
import type { ResultsFeed, ViewWithJob } from './results-feed.js';

/** Least milliseconds between two computations of one job's figures. */
const LEAST_MS = 1_000;
/** Jobs whose figures are kept as text: some hundred kilobytes each. */
const MOST_KEPT = 64;

interface Kept {
  readonly sequence: number;
  readonly ended: boolean;
  readonly at: number;
  readonly answer: Promise<string>;
}

/** Makes the figures of jobs: once for each sequence of a job, and at most once a second. */
export class FiguresCache {
  private readonly kept = new Map<string, Kept>();

  /** @param now milliseconds of a monotonic clock */
  constructor(
    private readonly feed: Pick<ResultsFeed, 'bring'>,
    private readonly reader: Pick<ResultsReader, 'figures' | 'onLost'>,
    private readonly now: () => number,
  ) {
    reader.onLost(() => this.kept.clear());
  }

  /** Returns a `FiguresAnswer` as JSON: that of the view, or one that is at most a second old. @throws as the service */
  answer(view: ViewWithJob): Promise<string> {
    const { id, progress, endMs } = view;
    const known = this.kept.get(id);
    const ended = endMs !== null;
    const isSame = known?.sequence === progress.sequence && known.ended === ended;
    if (known && (isSame || (!ended && this.now() - known.at < LEAST_MS))) return known.answer;
    const answer = this.make(view);
    this.kept.delete(id);
    this.kept.set(id, { sequence: progress.sequence, ended, at: this.now(), answer });
    // A question that failed is asked again.
    answer.catch(() => {
      if (this.kept.get(id)?.answer === answer) this.kept.delete(id);
    });
    for (const [oldest] of this.kept) {
      if (this.kept.size <= MOST_KEPT) break;
      this.kept.delete(oldest);
    }
    return answer;
  }

  private async make(view: ViewWithJob): Promise<string> {
    const { id, progress } = await this.feed.bring(view);
    return this.reader.figures(id, progress);
  }
}
