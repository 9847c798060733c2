import { setMaxListeners } from 'node:events';
import { NATS_AWAY, NO_QUORUM, READING_JOBS, STANDBY, natsSilent } from '../../shared/waiting-reasons.js';
import type { Waiting } from '../../shared/waiting.js';
import { RequestError, type SmoothcertError } from '../../shared/errors.js';
import type { CertificateRow, JobUpdate, JobView } from '../../api/job-view.js';
import type { WorkerView } from '../../api/worker-view.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import { isJobId } from '../../shared/job-id-pattern.js';
import { Listeners } from '../../shared/listeners.js';
import type { Lease } from '../../shared/ports/lease.js';
import { NO_TRACER, within } from '../../shared/telemetry/tracer.js';
import { Admission } from './admission.js';
import { certificateRows } from '../results/row-stream.js';
import { InputArtifacts, type Fetcher } from '../artifacts/job-inputs.js';
import { setGauges, type CoordinatorState } from '../observe/gauges.js';
import { JobRunner } from '../run/job-runner.js';
import { endedViewOf } from '../observe/job-view-of.js';
import { pageOf } from './job-pages.js';
import { workersPage } from './worker-pages.js';
import type { ServicePorts } from './service-ports.js';
import { ResultsInUse } from '../results/results-in-use.js';
import { jobNotFound, notServing, tooManyWatchers } from './service-errors.js';
import type { CertificationService, CreateRequest, LinesPage, Position } from './certification-service.js';
import { linesBehind } from './decided-lines.js';
import { ActiveJobs } from './active-jobs.js';
import { hasEnded, updateEntry, type EndedEntry } from '../run/stored-job.js';
import { watchEnded, watchLive } from './job-updates.js';

export interface JobManagerOptions extends ServicePorts {
  /** Null: no other process could serve these jobs. */
  readonly lease: Lease | null;
  /** Null: artifacts are uploaded, never fetched. */
  readonly fetcher: Fetcher | null;
}

/**
 * Serves the jobs of one installation while this process holds the lease. It knows requests, the lease and which jobs there are; how a job
 * is run is up to `JobRunner`, and how calls come in up to `coordinator/grpc`. It keeps nothing that must last: the job store says which
 * jobs there are, each job's ledger how far it is. So any coordinator may take over at any moment, and two at once do no harm.
 */
export class JobManager implements CertificationService {
  /** The jobs that it runs while it serves; null while it does not. */
  private active: ActiveJobs | null = null;
  private readonly listeners = new Listeners<[serving: boolean]>();
  private readonly admission: Admission;
  private watchers = 0;
  /** Shared by all the `ActiveJobs` that this process has in turn: a runner of earlier ones may still be ending. */
  private readonly inUse = new ResultsInUse();

  constructor(private readonly options: JobManagerOptions) {
    this.admission = new Admission(options, new InputArtifacts(options.artifacts, options.fetcher));
    options.metrics.onScrape(() => setGauges(options.metrics, this.state()));
  }

  get artifacts(): ArtifactStore {
    return this.options.artifacts;
  }

  get serving(): boolean {
    return this.active !== null && isOn(this.active.until);
  }

  get waiting(): Waiting | null {
    const { exchange, lease } = this.options;
    if (!exchange.connected) return NATS_AWAY;
    if (!exchange.hasQuorum) return NO_QUORUM;
    if (this.serving) return null;
    if (lease === null || lease.held) return READING_JOBS;
    return lease.trouble === null ? STANDBY : natsSilent(lease.trouble);
  }

  onServing(listener: (serving: boolean) => void): () => void {
    return this.listeners.add(listener);
  }

  /** Waits for the lease, serves while it is held, and waits for it again, until `signal` aborts; then gives it back. */
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
    return found instanceof JobRunner ? found.view() : endedViewOf(found);
  }

  async listJobs(pageSize: number, pageToken: string): Promise<{ jobs: JobView[]; nextPageToken: string }> {
    const active = this.current();
    const entries = (await this.options.jobs.list()).map(({ entry }) => entry);
    const { page, nextPageToken } = pageOf(entries, pageSize, pageToken);
    const jobs = page.map((entry) => (hasEnded(entry) ? endedViewOf(entry) : active.begin(entry).view()));
    return { jobs, nextPageToken };
  }

  async listWorkers(
    pageSize: number,
    pageToken: string,
  ): Promise<{ workers: WorkerView[]; nextPageToken: string }> {
    this.current();
    const presences = await Promise.resolve(this.options.exchange.presences());
    return workersPage(presences, pageSize, pageToken, this.options.now());
  }

  async cancelJob(id: string): Promise<JobView> {
    const active = this.current();
    await this.find(active, id);
    const entry = await updateEntry(this.options.jobs, id, (now) =>
      now.ending || now.cancelRequested ? now : { ...now, cancelRequested: true },
    );
    if (entry === null) throw jobNotFound(id);
    if (hasEnded(entry)) return endedViewOf(entry);
    const runner = active.begin(entry);
    runner.notice(entry);
    return runner.view();
  }

  async *watch(id: string, afterSequence: number, signal: AbortSignal): AsyncGenerator<JobUpdate> {
    const active = this.current();
    const { limits, clock } = this.options;
    if (!Number.isSafeInteger(afterSequence) || afterSequence < 0) {
      throw new RequestError([{ field: 'after_sequence', description: 'is no sequence of a watch' }]);
    }
    if (this.watchers >= limits.watchers) throw tooManyWatchers(limits.watchers);
    const leave = this.watching(signal);
    try {
      const found = await this.find(active, id);
      const until = AbortSignal.any([signal, active.until]);
      if (found instanceof JobRunner) {
        yield* watchLive(found, afterSequence, clock, limits.watchMs, until);
      } else yield* watchEnded(endedViewOf(found), found.ending, this.artifacts, afterSequence);
      if (active.until.aborted && !signal.aborted) throw this.notServing();
    } finally {
      leave();
    }
  }

  async *certificates(id: string, fromImage: number, signal: AbortSignal): AsyncGenerator<CertificateRow> {
    const active = this.current();
    const found = await this.find(active, id);
    if (found instanceof JobRunner) await active.settled(this.options.limits.settleMs, [found]);
    const job = found instanceof JobRunner ? found : { entry: found, shown: { labelled: null } };
    for await (const row of certificateRows(job, this.artifacts, fromImage)) {
      if (signal.aborted) return;
      yield row;
    }
    // Without the lease the job's fold was dropped on the way, and rows are missing.
    if (job.entry.ending === null && active.until.aborted) throw this.notServing();
  }

  async linesBehind(id: string, position: Position, most: number): Promise<LinesPage | null> {
    const found = await this.find(this.current(), id);
    return found instanceof JobRunner ? linesBehind(found, position, most) : null;
  }

  private state(): CoordinatorState {
    const { watchers, active, serving } = this;
    const { exchange, clock } = this.options;
    const jobs = [...(active?.runners.values() ?? [])].map((runner) => runner.forMetrics());
    return {
      serving,
      watchers,
      jobs,
      presences: exchange.presences(),
      connected: exchange.connected,
      now: clock.now(),
    };
  }

  /** Runs the jobs that have not ended, then answers calls, too, until `until` aborts; then waits for the jobs to stop. */
  private async serve(until: AbortSignal): Promise<void> {
    const { clock, limits } = this.options;
    // Every job and every watch waits on it.
    setMaxListeners(0, until);
    const active = new ActiveJobs(this.options, until, this.inUse);
    while (isOn(until) && !(await this.tried(() => active.adopt()))) {
      await clock.sleep(limits.backoffMs.least, until);
    }
    // First the ledgers are read: counters that a client has seen at another coordinator must not begin at 0 here.
    await active.settled(limits.settleMs);
    if (isOn(until)) this.enter(active);
    while (isOn(until)) {
      await clock.sleep(limits.sweepMs, until);
      if (isOn(until)) await this.tried(() => active.sweep());
    }
    this.enter(null);
    await active.ended(limits.closeMs);
  }

  /** Returns true if the action succeeded. An error is logged: the caller tries again later. */
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

  /** Answers calls with these jobs from now on, or none; tells the listeners of `onServing`. */
  private enter(active: ActiveJobs | null): void {
    const changed = (this.active === null) !== (active === null);
    this.active = active;
    if (changed) this.listeners.tell(active !== null);
  }

  /** @throws SmoothcertError NOT_SERVING */
  private current(): ActiveJobs {
    if (this.active !== null && isOn(this.active.until)) return this.active;
    throw this.notServing();
  }

  private notServing(): SmoothcertError {
    return notServing(this.waiting ?? STANDBY);
  }

  /** Returns the runner of a job that has not ended, or the entry of one that has. @throws SmoothcertError JOB_NOT_FOUND */
  private async find(active: ActiveJobs, id: string): Promise<JobRunner | EndedEntry> {
    const running = active.runners.get(id);
    if (running) return running;
    const stored = isJobId(id) ? await this.options.jobs.get(id) : null;
    if (stored === null) throw jobNotFound(id);
    return hasEnded(stored.entry) ? stored.entry : active.begin(stored.entry);
  }

  /** Counts a watch until the function that it returns is called or `signal` aborts: a reader may go away without ending the watch. */
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
