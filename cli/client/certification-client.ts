import type { JobSpec } from '../../shared/job-spec.js';
import type { CertificateRow, JobUpdate, JobView } from '../../api/job-view.js';
import type { WorkerView } from '../../api/worker-view.js';
import type { Artifact } from '../../shared/ports/artifact-store.js';
import { SmoothcertError } from '../../shared/errors.js';
import type { TraceContext } from '../../shared/telemetry/trace-context.js';
import { specToWire } from '../../shared/wire/spec-message.js';
import {
  artifactOfWire,
  artifactToWire,
  jobOfWire,
  rowOfWire,
  updateOfWire,
  workerOfWire,
  type MethodName,
  type ReadResponseOf,
  type RequestOf,
} from '../../api/wire/service.js';
import type { ServerConfig } from '../jobs/server-flags.js';
import { Connection } from './connection.js';
import { Patience } from './patience.js';

/** States that a job never leaves. */
const FINAL: ReadonlySet<string> = new Set(['succeeded', 'partially-succeeded', 'failed', 'cancelled']);
const PAGE = 100;

export const hasEnded = ({ state }: JobView): boolean => FINAL.has(state);

/** The calls of a client to a service. It waits for a server that is away: every call may be made twice without harm. */
export class CertificationClient implements Disposable {
  private readonly patience: Patience;

  private constructor(
    private readonly connection: Connection,
    waitMs: number,
    private readonly signal: AbortSignal,
    onWait: (error: SmoothcertError) => void,
  ) {
    this.patience = new Patience(waitMs, onWait);
  }

  /** @param onWait is told once for each time that the server is waited for. @throws OPTION_INVALID */
  static async open(
    config: ServerConfig,
    signal: AbortSignal,
    onWait: (error: SmoothcertError) => void,
  ): Promise<CertificationClient> {
    return new CertificationClient(await Connection.open(config), config.waitMs, signal, onWait);
  }

  [Symbol.dispose](): void {
    this.connection.close();
  }

  /** As of the connection. */
  carry(trace: TraceContext | null): void {
    this.connection.carry(trace);
  }

  /** @param requestId not empty, so that the same request again is the same job */
  async createJob(spec: JobSpec, requestId: string): Promise<JobView> {
    const { job } = await this.call('createJob', { spec: specToWire(spec), requestId });
    return jobOfWire(job);
  }

  async getJob(id: string): Promise<JobView> {
    return sameJob(id, jobOfWire((await this.call('getJob', { id })).job));
  }

  async cancelJob(id: string): Promise<JobView> {
    return sameJob(id, jobOfWire((await this.call('cancelJob', { id })).job));
  }

  /** Newest first, page by page as they are read. */
  async *jobs(): AsyncGenerator<JobView, void, undefined> {
    let pageToken = '';
    do {
      const page = await this.call('listJobs', { pageSize: PAGE, pageToken });
      yield* page.jobs.map(jobOfWire);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
  }

  /** Workers that the server heard of in the last seconds, by name. */
  async *workers(): AsyncGenerator<WorkerView, void, undefined> {
    let pageToken = '';
    do {
      const page = await this.call('listWorkers', { pageSize: PAGE, pageToken });
      yield* page.workers.map(workerOfWire);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
  }

  /** Complete ones, by digest. */
  async *artifacts(): AsyncGenerator<Artifact, void, undefined> {
    let pageToken = '';
    do {
      const page = await this.call('listArtifacts', { pageSize: PAGE, pageToken });
      yield* page.artifacts.map(artifactOfWire);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
  }

  /** News of a job until it has ended, across restarts of the server: the last one says how it ended. */
  async *watch(id: string): AsyncGenerator<JobUpdate, void, undefined> {
    for (let afterSequence = 0; ;) {
      try {
        for await (const message of this.connection.stream('watchJob', { id, afterSequence }, this.signal)) {
          this.patience.answered();
          const update = updateOfWire(message);
          sameJob(id, update.job);
          afterSequence = update.sequence;
          yield update;
          if (hasEnded(update.job)) return;
        }
        // A server that shuts down ends its streams; what it knew by then is no end of the job.
        throw endedEarly(this.connection.address);
      } catch (error) {
        await this.patience.orThrow(error, this.signal);
      }
    }
  }

  /** Rows of the images decided so far, in image order, each once, across restarts of the server. */
  async *certificates(id: string): AsyncGenerator<CertificateRow, void, undefined> {
    for (let fromImage = 0; ;) {
      try {
        const request = { id, fromImage };
        for await (const message of this.connection.stream('streamCertificates', request, this.signal)) {
          this.patience.answered();
          const row = rowOfWire(message);
          if (row.image < fromImage) throw outOfOrder(id, row.image);
          fromImage = row.image + 1;
          yield row;
        }
        return;
      } catch (error) {
        await this.patience.orThrow(error, this.signal);
      }
    }
  }

  /**
   * Sends what the server lacks of an artifact.
   * @param read bytes from a position on. @param onSent is told how many bytes the server has or will have
   */
  async upload(
    artifact: Artifact,
    read: (from: number) => AsyncIterable<Uint8Array>,
    onSent: (bytes: number) => void,
  ): Promise<void> {
    const { digest, bytes } = artifact;
    // Of its own: that the server answers is not enough, bytes must arrive.
    const patience = this.patience.again();
    for (let before = 0; ;) {
      const { complete, receivedBytes } = await this.call('getArtifact', { digest });
      if (complete) {
        onSent(bytes);
        return;
      }
      if (receivedBytes > before) patience.answered();
      before = receivedBytes;
      try {
        const offset = Math.min(receivedBytes, bytes);
        await this.connection.send('putArtifact', steps(artifact, offset, read(offset), onSent), this.signal);
        return;
      } catch (error) {
        await patience.orThrow(error, this.signal);
      }
    }
  }

  private async call<M extends MethodName>(name: M, request: RequestOf<M>): Promise<ReadResponseOf<M>> {
    for (;;) {
      try {
        const answer = await this.connection.call(name, request, this.signal);
        this.patience.answered();
        return answer;
      } catch (error) {
        await this.patience.orThrow(error, this.signal);
      }
    }
  }
}

async function* steps(
  artifact: Artifact,
  offset: number,
  pieces: AsyncIterable<Uint8Array>,
  onSent: (bytes: number) => void,
): AsyncGenerator<RequestOf<'putArtifact'>> {
  yield { upload: { artifact: artifactToWire(artifact), offset } };
  let sent = offset;
  for await (const piece of pieces) {
    yield { piece };
    onSent((sent += piece.length));
  }
}

/** Returns a job if it is the one that was asked for. @throws MESSAGE_MALFORMED */
function sameJob(id: string, job: JobView): JobView {
  if (job.id === id) return job;
  throw new SmoothcertError(
    'MESSAGE_MALFORMED',
    `The server was asked for the job ${id} and answered with ${job.id || 'none'}.`,
    'Run the same version of smoothcert everywhere.',
  );
}

function endedEarly(address: string): SmoothcertError {
  return new SmoothcertError(
    'SERVER_UNREACHABLE',
    `The server at ${address} ended the watch before the job has ended.`,
    'It goes on without this command; smoothcert watch shows it again.',
  );
}

function outOfOrder(id: string, image: number): SmoothcertError {
  return new SmoothcertError(
    'MESSAGE_MALFORMED',
    `The certificates of ${id} are out of order at image ${image}.`,
    'Run the same version of smoothcert everywhere.',
  );
}
