import type { EndedNews, RunNews } from '../../api/run-news.js';
import type { ResultRow } from '../../coordinator/results/result-row.js';
import { oneLine } from '../../shared/safe-text.js';
import type { JobSummary } from '../results/job-summary.js';
import type { Shown } from './progress-text.js';
import type { Conclusion, RunTeller } from './run-teller.js';

/** The object that `--json` prints: the figures of the job, its folder, remarks on its input. */
export type RunSummary = { readonly out: string; readonly notes: readonly string[] } & JobSummary;

/** Computes a piece of news when it is to be told; null if there is nothing to tell any more. */
export type LateNews = () => RunNews<ResultRow, RunSummary> | null;

export interface NewsOptions {
  /** The folder, as it was given. */
  readonly out: string;
  /** True: what only somebody who looks for a fault wants to know is a note, too. */
  readonly verbose: boolean;
  /** Takes each piece of news. Whoever keeps it keeps little: it is computed when it is called. */
  readonly tell: (news: LateNews) => void;
  /** As of the teller. */
  readonly exit: RunTeller['exit'];
}

/** How often progress is told. */
const PROGRESS_EVERY_MS = 500;

/** Returns what makes news of all that is told of a run. */
export function newsOfRun({ out, verbose, tell, exit }: NewsOptions): RunTeller {
  const note = (text: string) => tell(() => ({ news: 'note', text: oneLine(text) }));
  return {
    begun({ begun, notes }) {
      tell(() => begun);
      notes.forEach(note);
    },
    detail(text) {
      if (verbose) note(text);
    },
    drawing(read) {
      const progress = () => tell(() => progressOf(read()));
      progress();
      const timer = setInterval(progress, PROGRESS_EVERY_MS);
      return () => {
        clearInterval(timer);
        progress();
      };
    },
    image(row) {
      tell(() => {
        const decided = row();
        return decided && { news: 'image', row: decided };
      });
    },
    results() {
      // They are told when the run has ended.
    },
    report(outcome) {
      if ('problem' in outcome) note(outcome.problem);
    },
    ended(conclusion) {
      tell(() => endingOf(out, conclusion));
    },
    left() {
      tell(() => ({ news: 'ended', done: false, summary: null }));
    },
    exit,
  };
}

const progressOf = ({ decided, images, samples, outlook }: Shown) =>
  ({ news: 'progress', decided, images, samples, outlook }) as const;

/** Returns how a run has ended. */
export const endingOf = (out: string, conclusion: Conclusion): EndedNews<RunSummary> => ({
  news: 'ended',
  done: conclusion.fold.isDone(),
  summary: runSummaryOf(out, conclusion),
});

/** Returns the object that `--json` prints. */
export const runSummaryOf = (out: string, { notes, summary }: Conclusion): RunSummary => ({
  out,
  notes,
  ...summary,
});
