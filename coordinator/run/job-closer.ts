import type { SmoothcertError } from '../../shared/errors.js';
import type { JobEnding, JobEntry } from '../../shared/ports/job-store.js';
import type { WorkOrder } from '../../shared/work-order.js';
import type { RunPorts } from './run-ports.js';
import type { JobReports } from '../observe/job-reports.js';
import type { ImageFacts } from '../results/row-names.js';
import { storeResults } from '../results/stored-results.js';
import type { ResultsInUse } from '../results/results-in-use.js';
import { endingOf, endingWithout } from './job-ending.js';
import { noProgressOf, type LiveJob } from './live-job.js';
import type { ShownJob } from './shown-job.js';
import type { StoredJob } from './stored-job.js';

/** Ends one job: stores its results, tells workers, stores its ending. A job gets one ending at most, whoever stores it. */
export class JobCloser {
  constructor(
    private readonly ports: RunPorts,
    private readonly stored: StoredJob,
    private readonly shown: ShownJob,
    private readonly reports: JobReports,
    private readonly inUse: ResultsInUse,
  ) {}

  /**
   * Ends a job whose fold says that nothing more will be decided. The ending is stored last: if anything fails before, the job is begun
   * again from its ledger, and gets here again.
   */
  async endDrawn(live: LiveJob, facts: ImageFacts, order: WorkOrder): Promise<void> {
    const used: string[] = [];
    const use = (digest: string) => {
      used.push(digest);
      return this.inUse.use(digest);
    };
    try {
      const results = await storeResults(this.ports.artifacts, live.fold, facts, use);
      await this.ports.exchange.end(order);
      await this.end(endingOf(live, this.ports.now(), results));
    } finally {
      this.inUse.release(used);
    }
  }

  /** Ends a job whose ledger cannot be folded, whose rows cannot be written, or that an audit has refuted: it has no results. */
  async endWithoutResults(
    state: 'failed' | 'cancelled',
    error: SmoothcertError,
    order: WorkOrder,
  ): Promise<void> {
    await this.ports.exchange.end(order);
    await this.end(this.endingWithout(state, error));
  }

  /** Ends a job of which nothing was drawn. If another coordinator has prepared it meanwhile, nothing is stored: it is drawn instead. */
  endUndrawn(state: 'failed' | 'cancelled', error: SmoothcertError | null): Promise<void> {
    return this.end(this.endingWithout(state, error), ({ job }) => job === null);
  }

  private endingWithout(state: 'failed' | 'cancelled', error: SmoothcertError | null): JobEnding {
    const progress = this.shown.progress() ?? noProgressOf(this.stored.entry);
    return endingWithout(state, this.ports.now(), progress, error);
  }

  /** Stores an ending, if the entry in the store has none and `holds` is true of that entry. */
  private async end(ending: JobEnding, holds: (entry: JobEntry) => boolean = () => true): Promise<void> {
    const { stored, ports } = this;
    await stored.update((entry) => (entry.ending || !holds(entry) ? entry : { ...entry, ending }));
    if (stored.entry.ending === null && !stored.over) return;
    stored.over = true;
    // Another coordinator may have ended it first, and counted that.
    if (stored.entry.ending === ending) {
      ports.metrics.add('smoothcert_jobs_ended_total', 1, { state: ending.state });
    }
    this.reports.ended(stored.entry, ending);
  }
}
