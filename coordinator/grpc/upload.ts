import type { handleClientStreamingCall, sendUnaryData, ServerReadableStream } from '@grpc/grpc-js';
import { RequestError, SmoothcertError } from '../../shared/errors.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import {
  artifactOfRequest,
  artifactToWire,
  CERTIFICATION_METHODS,
  type ReadRequestOf,
} from '../../shared/wire/service.js';
import { statusOf, type Report } from './errors.js';

type Call = ServerReadableStream<Buffer, Buffer>;
type Step = ReadRequestOf<'putArtifact'>;

export interface UploadLimits {
  /** At one time. grpc-js reads up to 16 messages ahead of the disk in each. */
  readonly uploads: number;
  /** A client that is silent for so long in the middle holds the place of others no longer. */
  readonly silenceMs: number;
}

export const UPLOAD_LIMITS: UploadLimits = { uploads: 8, silenceMs: 60_000 };

const MOST_PIECE_BYTES = 2 ** 20;
const { request, response } = CERTIFICATION_METHODS.putArtifact;

/**
 * The handler of PutArtifact: a description, then pieces, each asked for when the one before is on disk; so memory does not grow with
 * the artifact. What came before a failure is kept (see ArtifactStore.put), and the next upload goes on from there.
 * @param store throws where uploads are not taken now
 */
export function upload(
  store: () => ArtifactStore,
  limits: UploadLimits,
  report: Report,
): handleClientStreamingCall<Buffer, Buffer> {
  let uploads = 0;
  const receive = async (call: Call, callback: sendUnaryData<Buffer>): Promise<void> => {
    uploads += 1;
    try {
      const artifacts = store();
      if (uploads > limits.uploads) throw tooMany(limits.uploads);
      const steps = stepsOf(call, limits.silenceMs);
      const { artifact, offset } = await beginning(steps);
      await artifacts.put(artifact, offset, piecesOf(steps));
      callback(null, response.encode({ artifact: artifactToWire(artifact) }));
    } catch (error) {
      if (!call.cancelled) callback(statusOf(error, report));
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

/** The messages of a call; throws when it is cancelled, so that what came is never taken for all. */
async function* stepsOf(call: Call, silenceMs: number): AsyncGenerator<Step, undefined> {
  const messages = call[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    const message = await withinSilence(messages.next(), silenceMs);
    if (message.done === true) {
      if (call.cancelled) throw new Error('The client has ended the call.');
      return undefined;
    }
    yield request.decode(message.value);
  }
}

async function withinSilence<T>(next: Promise<T>, silenceMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(silent(silenceMs)), silenceMs);
  });
  try {
    return await Promise.race([next, silence]);
  } finally {
    clearTimeout(timer);
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
