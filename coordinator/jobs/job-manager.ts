import { setMaxListeners } from 'node:events';
import { RequestError } from '../../shared/errors.js';
import type { CertificateRow, JobUpdate, JobView } from '../../api/job-view.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import type { JobEnding, JobEntry } from '../../shared/ports/job-store.js';
import type { Lease } from '../../shared/ports/lease.js';
import { NO_TRACER, within } from '../../shared/telemetry/tracer.js';
import { Admission } from './admission.js';
import { certificateRows } from '../results/certificate-rows.js';
import { Inputs, type Fetcher } from './inputs.js';
import { showMoment, type Moment } from '../observe/gauges.js';
import { JobRunner } from '../run/job-runner.js';
import { viewOf } from './job-view-of.js';
import { pageOf } from './pages.js';
import type { ServicePorts } from './ports.js';
import { ResultsInHand } from '../results/results-in-hand.js';
import { jobNotFound, notServing, tooManyWatchers } from './refusals.js';
import type { CertificationService, CreateRequest } from './service.js';
import { Term } from './term.js';
import { updateEntry } from './update.js';
import { watchEnded, watchLive } from './watch.js';

export interface JobManagerOptions extends ServicePorts {
  /** Null: nobody else could hold one. */
  readonly lease: Lease | null;
  /** Null: artifacts are uploaded, never fetched. */
  readonly fetcher: Fetcher | null;
}

const JOB_ID = /^j-[0-9a-f]{20}$/;

/**
 * The jobs of one installation, served while this process holds the lease. It keeps no truth: the job store says which jobs there are,
 * each job's ledger how far it is. So any coordinator may take over at any moment, and two at once do no harm.
 */
export class JobManager implements CertificationService {
  private term: Term | null = null;
  private readonly listeners = new Set<(serving: boolean) => void>();
  private readonly admission: Admission;
  private watchers = 0;
  /** Beyond a term: jobs of the one before may still let go. */
  private readonly inHand = new ResultsInHand();

  constructor(private readonly options: JobManagerOptions) {
    this.admission = new Admission(options, new Inputs(options.artifacts, options.fetcher));
    options.metrics.onScrape(() => showMoment(options.metrics, this.moment()));
  }

  get artifacts(): ArtifactStore {
    return this.options.artifacts;
  }

  get serving(): boolean {
    return this.term !== null && isOn(this.term.until);
  }

  onServing(listener: (serving: boolean) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Holds the lease as often as it can be had, and runs the jobs meanwhile, until `signal` aborts; then lets go of everything. */
  async run(signal: AbortSignal): Promise<void> {
    const { lease } = this.options;
    while (!signal.aborted) {
      try {
        await lease?.acquire(signal, () => this.standBy());
      } catch (error) {
        if (error === signal.reason) return;
        throw error;
      }
      await this.serve(lease ? AbortSignal.any([signal, lease.lost]) : signal);
    }
    await lease?.release();
  }

  async createJob(request: CreateRequest): Promise<JobView> {
    const parent = request.trace ?? null;
    const { tracer = NO_TRACER } = this.options;
    const span = tracer.start('smoothcert.CreateJob', { kind: 'server', parent });
    return within(span, async () => {
      const view = await this.admission.create(this.current(), { ...request, trace: span.context });
      span.set({ 'smoothcert.job': view.id });
      return view;
    });
  }

  async getJob(id: string): Promise<JobView> {
    const found = await this.find(this.current(), id);
    return found instanceof JobRunner ? found.view() : endedView(found);
  }

  async listJobs(pageSize: number, pageToken: string): Promise<{ jobs: JobView[]; nextPageToken: string }> {
    const term = this.current();
    const entries = (await this.options.jobs.list()).map(({ entry }) => entry);
    const { page, nextPageToken } = pageOf(entries, pageSize, pageToken);
    const jobs = page.map((entry) => (hasEnded(entry) ? endedView(entry) : term.begin(entry).view()));
    return { jobs, nextPageToken };
  }

  async cancelJob(id: string): Promise<JobView> {
    const term = this.current();
    await this.find(term, id);
    const entry = await updateEntry(this.options.jobs, id, (now) =>
      now.ending || now.cancelRequested ? now : { ...now, cancelRequested: true },
    );
    if (entry === null) throw jobNotFound(id);
    if (hasEnded(entry)) return endedView(entry);
    const runner = term.begin(entry);
    runner.notice(entry);
    return runner.view();
  }

  async *watch(id: string, afterSequence: number, signal: AbortSignal): AsyncGenerator<JobUpdate> {
    const term = this.current();
    const { limits, clock } = this.options;
    if (!Number.isSafeInteger(afterSequence) || afterSequence < 0) {
      throw new RequestError([{ field: 'after_sequence', description: 'is no sequence of a watch' }]);
    }
    if (this.watchers >= limits.watchers) throw tooManyWatchers(limits.watchers);
    const leave = this.watching(signal);
    try {
      const found = await this.find(term, id);
      const until = AbortSignal.any([signal, term.until]);
      if (found instanceof JobRunner) {
        yield* watchLive(found, afterSequence, clock, limits.watchMs, until);
      } else yield* watchEnded(endedView(found), found.ending, this.artifacts, afterSequence);
      if (term.until.aborted && !signal.aborted) throw notServing();
    } finally {
      leave();
    }
  }

  async *certificates(id: string, fromImage: number, signal: AbortSignal): AsyncGenerator<CertificateRow> {
    const term = this.current();
    const found = await this.find(term, id);
    if (found instanceof JobRunner) await term.settled(this.options.limits.settleMs, [found]);
    const job = found instanceof JobRunner ? found : { entry: found, shown: { labelled: null } };
    for await (const row of certificateRows(job, this.artifacts, fromImage)) {
      if (signal.aborted) return;
      yield row;
    }
    // A job that was let go on the way has given only some of its rows.
    if (job.entry.ending === null && term.until.aborted) throw notServing();
  }

  private moment(): Moment {
    const { watchers, term, serving } = this;
    const { exchange, clock } = this.options;
    const jobs = [...(term?.runners.values() ?? [])].map((runner) => runner.moment());
    return {
      serving,
      watchers,
      jobs,
      presences: exchange.presences(),
      connected: exchange.connected,
      now: clock.now(),
    };
  }

  /** One term: the unfinished jobs run, then calls are answered, until the lease is lost or this process ends. */
  private async serve(until: AbortSignal): Promise<void> {
    const { clock, limits } = this.options;
    // Every job and every watch waits on it.
    setMaxListeners(0, until);
    const term = new Term(this.options, until, this.inHand);
    while (isOn(until) && !(await this.tried(() => term.adopt()))) {
      await clock.sleep(limits.backoffMs.least, until);
    }
    // So that counters are there when the first client asks, and do not begin at 0 again at a take-over.
    await term.settled(limits.settleMs);
    if (isOn(until)) this.enter(term);
    while (isOn(until)) {
      await clock.sleep(limits.sweepMs, until);
      if (isOn(until)) await this.tried(() => term.sweep());
    }
    this.enter(null);
    await term.ended(limits.closeMs);
  }

  /** Whether it worked; what did not is said, and tried again later. */
  private async tried(action: () => Promise<void>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (cause) {
      this.options.log('jobs-unlisted', 'The jobs could not be looked through.', { cause });
      return false;
    }
  }

  private standBy(): void {
    this.options.log('standby', 'Waiting: another coordinator holds the lease, or nobody can take it now.');
  }

  private enter(term: Term | null): void {
    const changed = (this.term === null) !== (term === null);
    this.term = term;
    if (changed) for (const listener of [...this.listeners]) listener(term !== null);
  }

  /** @throws SmoothcertError NOT_SERVING */
  private current(): Term {
    if (this.term !== null && isOn(this.term.until)) return this.term;
    throw notServing();
  }

  /** The runner of a job that has not ended, or the entry of one that has. @throws SmoothcertError JOB_NOT_FOUND */
  private async find(term: Term, id: string): Promise<JobRunner | Ended> {
    const running = term.runners.get(id);
    if (running) return running;
    const stored = JOB_ID.test(id) ? await this.options.jobs.get(id) : null;
    if (stored === null) throw jobNotFound(id);
    return hasEnded(stored.entry) ? stored.entry : term.begin(stored.entry);
  }

  /** Counts a watch until it is over: also where its reader went away without a word. */
  private watching(signal: AbortSignal): () => void {
    this.watchers += 1;
    const leave = () => {
      signal.removeEventListener('abort', leave);
      if (open) this.watchers -= 1;
      open = false;
    };
    let open = true;
    signal.addEventListener('abort', leave);
    return leave;
  }
}

const isOn = (signal: AbortSignal): boolean => !signal.aborted;

interface Ended extends JobEntry {
  readonly ending: JobEnding;
}

const hasEnded = (entry: JobEntry): entry is Ended => entry.ending !== null;

const endedView = (entry: Ended): JobView => viewOf(entry, entry.ending.progress, null, []);
