import type { RunNews } from '../../api/run-news.js';
import type { ResultRow } from '../../coordinator/results/result-row.js';
import { EXIT } from '../command/exit.js';
import { newsOfRun, type RunSummary } from './news-of-run.js';
import type { RunTeller } from './run-teller.js';

/** Returns what tells a run as JSON lines on standard output; see `RunNews`. @param verbose true: what only a fault-finder wants to know is told, too */
export const jsonLinesTeller = (out: string, verbose: boolean): RunTeller =>
  newsOfRun({
    out,
    verbose,
    tell: (news) => writeNews(news()),
    exit: () => process.exit(EXIT.interrupted),
  });

function writeNews(news: RunNews<ResultRow, RunSummary> | null): void {
  if (news !== null) process.stdout.write(`${JSON.stringify(news)}\n`);
}
