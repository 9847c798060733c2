import { claimWords } from '../../statistics/claim-words.js';
import { EXIT } from '../command/exit.js';
import { tellReport } from '../report/announce-report.js';
import { renderJobSummary } from '../results/job-summary.js';
import { renderNotes } from '../results/summary-text.js';
import { TOPK_FILE } from '../results/topk-file.js';
import type { CertifyConfig } from './certify-flags.js';
import { runSummaryOf } from './news-of-run.js';
import { ProgressLine } from './progress-line.js';
import type { Shown } from './progress-text.js';
import type { Beginning, Conclusion, ReportOutcome, RunTeller } from './run-teller.js';

type Told = Pick<CertifyConfig, 'out' | 'json' | 'quiet' | 'verbose' | 'topkRows'>;

/** Tells a person of a run: notes and progress on standard error, the summary on standard output, as JSON where that is asked for. */
export class TerminalTeller implements RunTeller {
  /** @param showsSummary false for a command that draws several jobs, or votes to plan with */
  constructor(
    private readonly config: Told,
    private readonly showsSummary = true,
  ) {}

  begun({ begun, notes, seedIsNew }: Beginning): void {
    if (this.config.quiet) return;
    for (const note of notes) process.stderr.write(`Note: ${note}\n`);
    if (seedIsNew) process.stderr.write(`Seed ${begun.seed}, drawn at random and kept in job.json.\n`);
  }

  detail(text: string): void {
    if (this.config.verbose) process.stderr.write(`${text}\n`);
  }

  drawing(read: () => Shown): () => void {
    const { quiet, json } = this.config;
    const line = new ProgressLine(read, process.stderr, !quiet && !json);
    return () => line.end();
  }

  image(): void {
    // A person is told how many there are.
  }

  results(conclusion: Conclusion): void {
    const { json, quiet, out } = this.config;
    const { fold, notes, summary } = conclusion;
    if (!this.showsSummary) return;
    if (json) process.stdout.write(`${JSON.stringify(runSummaryOf(out, conclusion))}\n`);
    else if (!quiet)
      process.stdout.write(
        `${headline(this.config, fold)}\n${renderJobSummary(summary)}${renderNotes(notes)}`,
      );
  }

  report(outcome: ReportOutcome): void {
    tellReport(outcome, this.config.json || this.config.quiet);
  }

  ended(): void {
    // The results said it.
  }

  left(): void {
    // Whoever pressed Ctrl-C knows.
  }

  exit(): never {
    process.exit(EXIT.interrupted);
  }
}

function headline({ out, topkRows }: Told, fold: Conclusion['fold']): string {
  const { claim, draw } = fold.job;
  if (!fold.isDone()) return `Interrupted. Run the same command again to resume. So far in ${out}:`;
  const files = ['results.tsv', 'results.csv', 'results.jsonl', ...(topkRows ? [TOPK_FILE] : [])].join(', ');
  return `Done: ${files} and job.json are in ${out} (${claimWords(draw.noise, claim)}).`;
}
