import type { handleClientStreamingCall, sendUnaryData, ServerReadableStream } from '@grpc/grpc-js';
import { RequestError, SmoothcertError } from '../../shared/errors.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import {
  artifactOfRequest,
  artifactToWire,
  CERTIFICATION_METHODS,
  type ReadRequestOf,
} from '../../api/wire/service.js';
import { statusOf, type Report } from './call-status.js';

type Call = ServerReadableStream<Buffer, Buffer>;
type Step = ReadRequestOf<'putArtifact'>;

export interface UploadLimits {
  /** Uploads at one time. In each, grpc-js reads up to 16 messages ahead of the disk. */
  readonly uploads: number;
  /** Milliseconds of silence within an upload after which it is refused. */
  readonly silenceMs: number;
  /** An upload is refused, too, if the server has waited for it longer than its bytes take at this rate, and `silenceMs` more. */
  readonly leastBytesPerSecond: number;
  /** The rate is higher for a large upload: so high that it takes no longer than this. The space for all of it is promised to it meanwhile. */
  readonly maxUploadMs: number;
}

export const UPLOAD_LIMITS: UploadLimits = {
  uploads: 8,
  silenceMs: 60_000,
  leastBytesPerSecond: 32 * 1024,
  maxUploadMs: 6 * 3_600_000,
};

export interface UploadOptions {
  readonly limits: UploadLimits;
  /** Called with the error of every upload that was refused. */
  readonly onRefused: Report;
}

export const MOST_PIECE_BYTES = 2 ** 20;
const { request, response } = CERTIFICATION_METHODS.putArtifact;

/**
 * Makes the handler of PutArtifact. A call sends a description, then pieces; each piece is asked for when the one before is on disk, so that
 * memory does not grow with the artifact. What came before a failure is kept (see ArtifactStore.put), and the next upload goes on from there.
 * @param store returns the store; throws if uploads are not taken now
 */
export function upload(
  store: () => ArtifactStore,
  { limits, onRefused }: UploadOptions,
  report: Report,
): handleClientStreamingCall<Buffer, Buffer> {
  let uploads = 0;
  const receive = async (call: Call, callback: sendUnaryData<Buffer>): Promise<void> => {
    uploads += 1;
    try {
      const artifacts = store();
      if (uploads > limits.uploads) throw tooMany(limits.uploads);
      const pace = new PaceGuard(limits);
      const steps = stepsOf(call, pace);
      const { artifact, offset } = await beginning(steps);
      pace.announced(artifact.bytes - offset);
      await artifacts.put(artifact, offset, piecesOf(steps));
      callback(null, response.encode({ artifact: artifactToWire(artifact) }));
    } catch (error) {
      if (call.cancelled) return;
      onRefused(error);
      callback(statusOf(error, report));
    } finally {
      uploads -= 1;
    }
  };
  return (call, callback) => void receive(call, callback);
}

async function beginning(steps: AsyncIterator<Step>) {
  const first = await steps.next();
  if (first.done === true || !first.value.upload)
    throw fault('upload', 'is missing: it is the first message');
  const { artifact, offset } = first.value.upload;
  return { artifact: artifactOfRequest('upload.artifact', artifact), offset: offset ?? 0 };
}

async function* piecesOf(steps: AsyncIterable<Step>): AsyncGenerator<Uint8Array> {
  for await (const { piece, upload: again } of steps) {
    if (again) throw fault('upload', 'came again: it is the first message only');
    if (!piece || piece.length === 0) throw fault('piece', 'is empty');
    if (piece.length > MOST_PIECE_BYTES) throw fault('piece', `has more than ${MOST_PIECE_BYTES} bytes`);
    yield piece;
  }
}

/** Yields the messages of a call; throws when it is cancelled, so that a part of them is never taken for all. */
async function* stepsOf(call: Call, pace: PaceGuard): AsyncGenerator<Step, undefined> {
  const messages = call[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    const message = await pace.next(messages.next());
    if (message.done === true) {
      if (call.cancelled) throw new Error('The client has ended the call.');
      return undefined;
    }
    pace.received(message.value.length);
    yield request.decode(message.value);
  }
}

/** Refuses a client that keeps the server waiting for too long. The time that the disk takes does not count. */
class PaceGuard {
  private waitedMs = 0;
  private bytes = 0;
  private bytesPerSecond: number;

  constructor(private readonly limits: UploadLimits) {
    this.bytesPerSecond = limits.leastBytesPerSecond;
  }

  /** Takes note of how many bytes are to come. */
  announced(bytes: number): void {
    this.bytesPerSecond = Math.max(this.bytesPerSecond, Math.ceil((1_000 * bytes) / this.limits.maxUploadMs));
  }

  received(bytes: number): void {
    this.bytes += bytes;
  }

  /** Resolves with the message. @throws SmoothcertError CANCELLED if the client is silent for too long, or too slow in all */
  async next<T>(message: Promise<T>): Promise<T> {
    const { bytesPerSecond } = this;
    const { silenceMs } = this.limits;
    const left = silenceMs + (1_000 * this.bytes) / bytesPerSecond - this.waitedMs;
    const tooSlow = left < silenceMs;
    const began = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<never>((_, reject) => {
      const refuse = () => reject(tooSlow ? slow(bytesPerSecond) : silent(silenceMs));
      timer = setTimeout(refuse, Math.max(0, Math.min(silenceMs, left)));
    });
    try {
      return await Promise.race([message, over]);
    } finally {
      clearTimeout(timer);
      this.waitedMs += performance.now() - began;
    }
  }
}

const fault = (field: string, description: string): RequestError =>
  new RequestError([{ field, description }]);

function tooMany(most: number): SmoothcertError {
  return new SmoothcertError(
    'ARTIFACT_BUSY',
    `There are ${most} uploads, as many as this server takes at a time.`,
    'Try again later.',
  );
}

function silent(ms: number): SmoothcertError {
  return new SmoothcertError(
    'CANCELLED',
    `The upload was silent for ${ms / 1000} seconds.`,
    'Begin again: what has arrived is kept.',
  );
}

function slow(bytesPerSecond: number): SmoothcertError {
  return new SmoothcertError(
    'CANCELLED',
    `The upload was slower than ${bytesPerSecond} bytes a second.`,
    'Begin again where the connection is faster: what has arrived is kept.',
  );
}
