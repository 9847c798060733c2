import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JobView } from '../api/job-view.js';
import { CertificationClient } from '../cli/client/certification-client.js';
import { knownError } from '../cli/command/known-error.js';
import { createJob } from '../cli/jobs/create-job.js';
import { WATCH } from '../cli/jobs/job-verbs.js';
import { serverConfig } from '../cli/jobs/server-flags.js';
import { submitConfig } from '../cli/jobs/submit-flags.js';
import { SUBMIT } from '../cli/jobs/submit-verb.js';
import { readRow, withJob } from '../cli/results/service-results.js';
import type { Job } from '../shared/job.js';
import { decidedOf } from '../shared/job-progress.js';
import { callWith } from './call.js';
import { TAKEN } from './taken.js';
import { throwingKnown } from './throwing-known.js';
import type { ConnectOptions, SubmitOptions } from './types/options.js';
import type { Certificate, Prediction } from './types/rows.js';
import type { Server, ServerJob } from './types/server.js';

/**
 * Connects to a coordinator, or to `smoothcert serve`; the first call finds out whether it is there.
 *
 * @throws OPTION_INVALID; the calls also SERVER_UNREACHABLE, UNAUTHENTICATED, NOT_FOUND and what the server refuses
 */
export function connect(options: ConnectOptions = {}): Promise<Server> {
  return throwingKnown(options, async (signal) => {
    const { values } = await callWith(WATCH, ['any'], { taken: TAKEN.connect, options, signal });
    const client = await CertificationClient.open(serverConfig(values()), signal, () => undefined);
    return new ConnectedServer(client, signal);
  });
}

class ConnectedServer implements Server {
  constructor(
    private readonly client: CertificationClient,
    private readonly signal: AbortSignal,
  ) {}

  submit(options: SubmitOptions): Promise<ServerJob> {
    return this.asking(async () => {
      const { values } = await callWith(SUBMIT, [], { taken: TAKEN.submit, options, signal: this.signal });
      const config = submitConfig({ ...values(), report: false });
      const temporary = mkdtempSync(path.join(tmpdir(), 'smoothcert-submit-'));
      const dataFile = path.join(temporary, 'data.canonical');
      try {
        const { job } = await createJob(this.client, config, { dataFile, temporary }, () => undefined);
        return jobOf(job);
      } finally {
        rmSync(temporary, { recursive: true, force: true });
      }
    });
  }

  job(id: string): Promise<ServerJob> {
    return this.asking(async () => jobOf(await this.client.getJob(id)));
  }

  cancel(id: string): Promise<ServerJob> {
    return this.asking(async () => jobOf(await this.client.cancelJob(id)));
  }

  async *jobs(): AsyncGenerator<ServerJob, void, undefined> {
    for await (const view of this.reading(this.client.jobs())) yield jobOf(view);
  }

  async *watch(id: string): AsyncGenerator<ServerJob, void, undefined> {
    for await (const { job } of this.reading(this.client.watch(id))) yield jobOf(job);
  }

  async *certificates(id: string): AsyncGenerator<Certificate | Prediction, void, undefined> {
    let job: Job | null = null;
    for await (const received of this.reading(this.client.certificates(id))) {
      job ??= await this.asking(async () => withJob(await this.client.getJob(id)).job);
      readRow(job, received);
      yield JSON.parse(received.json) as Certificate | Prediction;
    }
  }

  close(): void {
    this.client[Symbol.dispose]();
  }

  private asking<T>(ask: () => Promise<T>): Promise<T> {
    return throwingKnown({ signal: this.signal }, ask);
  }

  /** Yields what is read; errors are those of the library. */
  private async *reading<T>(source: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    try {
      yield* source;
    } catch (error) {
      if (this.signal.aborted) throw this.signal.reason;
      throw knownError(error);
    }
  }
}

function jobOf({ id, spec, state, createMs, progress, waitingFor, error, outlook }: JobView): ServerJob {
  const { images, certified, abstained, failed, samples } = progress;
  return {
    id,
    name: spec.names?.job ?? null,
    state,
    sigma: spec.sigma,
    seed: spec.seed,
    created: new Date(createMs),
    images,
    decided: decidedOf(progress),
    certified,
    abstained,
    failed,
    samples,
    waitingFor,
    error: error && { code: error.code, message: error.message, remedy: error.remedy },
    outlook,
  };
}
