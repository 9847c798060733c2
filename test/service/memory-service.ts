import { STANDBY } from '../../shared/waiting-reasons.js';
import type { Waiting } from '../../shared/waiting.js';
import { EventEmitter } from 'node:events';
import type {
  CertificationService,
  CreateRequest,
  LinesPage,
  Position,
} from '../../coordinator/jobs/certification-service.js';
import { decidedOf } from '../../shared/job-progress.js';
import { jobNotFound, notServing } from '../../coordinator/jobs/service-errors.js';
import { pageOf } from '../../coordinator/jobs/job-pages.js';
import { DEFAULT_BOUNDS, type JobSpec } from '../../shared/job-spec.js';
import type { CertificateRow, JobUpdate, JobView } from '../../api/job-view.js';
import type { WorkerView } from '../../api/worker-view.js';
import { workersPage } from '../../coordinator/jobs/worker-pages.js';
import type { HeardPresence } from '../../shared/ports/exchange.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';

const digest = (digit: string) => digit.repeat(64);

export const SPEC: JobSpec = {
  model: { digest: digest('a'), fileDigest: digest('a'), weights: [], uri: null },
  data: { digest: digest('b'), uri: 'file:///data/digits.bin' },
  images: { start: 0, stop: 20, step: 2 },
  noise: 'gaussian',
  sigma: 0.25,
  seed: '18446744073709551615',
  normalisation: { inputScale: 1, mean: [0], std: [1] },
  layout: 'auto',
  output: null,
  batch: null,
  device: 'cpu',
  alpha: 0.001,
  bound: DEFAULT_BOUNDS.gain,
  stop: { kind: 'gain', minGain: 0.02 },
  maxSamples: 100_000,
  runnerUp: false,
  simultaneous: false,
};

export function viewOf(id: string, changes: Partial<JobView> = {}): JobView {
  const none = {
    certified: 0,
    abstained: 0,
    failed: 0,
    approximate: 0,
    predicted: 0,
    samples: 0,
    micros: 0,
    sequence: 0,
  };
  const shards = { shardsCounted: 0, shardsDuplicate: 0, shardsDivergent: 0, shardsLate: 0 };
  return {
    id,
    requestId: '',
    spec: SPEC,
    state: 'running',
    waitingFor: null,
    waiting: null,
    createMs: 1_700_000_000_000,
    startMs: null,
    endMs: null,
    error: null,
    refusals: [],
    job: null,
    batchNote: null,
    roundingNote: null,
    outlook: null,
    progress: { images: 10, ...none, ...shards, shardsRejected: 0, shardsFailed: 0 },
    ...changes,
  };
}

export function rowOf(image: number): CertificateRow {
  const tsv = `${image}\t1\t1\t0.5\t1\t0:00:00`;
  return {
    image,
    outcome: 'certified',
    class: 1,
    radius: 0.5,
    label: 1,
    correct: true,
    samples: 1024,
    json: `{"idx":${image}}`,
    tsv,
  };
}

/**
 * A service without any coordinator behind it: jobs that a test puts there, and watches whose messages are made when they are asked
 * for. It tells by events what becomes of its callers: `watched` (a message was drawn; its sequence), `left` (an iteration ended).
 */
export class MemoryService extends EventEmitter implements CertificationService {
  readonly jobs = new Map<string, JobView>();
  readonly created: CreateRequest[] = [];
  readonly cancelled: string[] = [];
  readonly presences: HeardPresence[] = [];
  /** Thrown by the next calls. */
  fault: Error | null = null;
  /** Messages of a watch before it ends; for ever if Infinity. */
  messages = Infinity;
  /** Messages drawn so far, by the job's id. */
  readonly drawn = new Map<string, number>();
  private isServing = true;

  constructor(readonly artifacts: ArtifactStore) {
    super();
  }

  get waiting(): Waiting | null {
    return this.isServing ? null : STANDBY;
  }

  get serving(): boolean {
    return this.isServing;
  }
  set serving(serving: boolean) {
    this.isServing = serving;
    this.emit('serving', serving);
  }

  onServing(listener: (serving: boolean) => void): () => void {
    this.on('serving', listener);
    return () => this.off('serving', listener);
  }

  async createJob(request: CreateRequest): Promise<JobView> {
    await this.check();
    this.created.push(request);
    const view = viewOf(request.validateOnly ? '' : `j-${'0'.repeat(20)}`, {
      requestId: request.requestId,
      spec: request.spec,
    });
    if (!request.validateOnly) this.jobs.set(view.id, view);
    return view;
  }

  async getJob(id: string): Promise<JobView> {
    await this.check();
    const found = this.jobs.get(id);
    if (!found) throw jobNotFound(id);
    return found;
  }

  async listJobs(pageSize: number, pageToken: string): Promise<{ jobs: JobView[]; nextPageToken: string }> {
    await this.check();
    const { page, nextPageToken } = pageOf([...this.jobs.values()], pageSize, pageToken);
    return { jobs: page, nextPageToken };
  }

  async listWorkers(
    pageSize: number,
    pageToken: string,
  ): Promise<{ workers: WorkerView[]; nextPageToken: string }> {
    await this.check();
    return workersPage(this.presences, pageSize, pageToken, 1_700_000_000_000);
  }

  async cancelJob(id: string): Promise<JobView> {
    this.cancelled.push(id);
    return { ...(await this.getJob(id)), state: 'cancelling' };
  }

  async *watch(id: string, afterSequence: number, signal: AbortSignal): AsyncGenerator<JobUpdate> {
    try {
      const job = await this.getJob(id);
      for (let n = 1; n <= this.messages && !signal.aborted; n++) {
        const sequence = afterSequence + n;
        this.drawn.set(id, sequence);
        this.emit('watched', id, sequence);
        const decided = [{ image: n, outcome: 'certified' as const, class: 1, radius: 0.5 }];
        yield { job, decided, sequence, snapshot: n === 1 };
        await new Promise((resolve) => setImmediate(resolve));
        if (this.fault) throw this.fault;
      }
    } finally {
      this.emit('left', id);
    }
  }

  async *certificates(id: string, fromImage: number, signal: AbortSignal): AsyncGenerator<CertificateRow> {
    try {
      await this.getJob(id);
      for (let image = fromImage; image < 10 && !signal.aborted; image++) yield rowOf(image);
    } finally {
      this.emit('left', id);
    }
  }

  async linesBehind(id: string, { sequence }: Position, most: number): Promise<LinesPage | null> {
    const { progress, endMs } = await this.getJob(id);
    if (endMs !== null) return null;
    const decided = decidedOf(progress);
    const end = Math.min(decided, sequence + most);
    const lines = Array.from({ length: end - sequence }, (_, i) => rowOf(sequence + i).json);
    return { lines, next: { sequence: end, skip: 0 }, more: end < decided, decided };
  }

  private async check(): Promise<void> {
    await Promise.resolve();
    if (!this.isServing) throw notServing();
    if (this.fault) throw this.fault;
  }
}
