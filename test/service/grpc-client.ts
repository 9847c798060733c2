import {
  Client,
  credentials,
  Metadata,
  status,
  type CallOptions,
  type ChannelCredentials,
  type ClientReadableStream,
  type ClientWritableStream,
  type ServiceError,
} from '@grpc/grpc-js';
import type { Address } from '../../adapters/http/address.js';
import {
  CERTIFICATION_METHODS,
  decodeRichStatus,
  type MethodName,
  type ReadResponseOf,
  type RequestOf,
  type RichStatus,
} from '../../api/wire/service.js';

const asItIs = (bytes: Buffer): Buffer => bytes;
export const methods = CERTIFICATION_METHODS;

/** The outcome of a call, as a client sees it. */
export interface Outcome {
  readonly code: status;
  readonly details: string;
  /** From the trailer; null if it has none. */
  readonly rich: RichStatus | null;
  /** Messages that came before. */
  readonly answers: readonly Buffer[];
}

/** A client that sends and gets bytes, so that a test may send any. Its connection is its own. */
export class RawClient extends Client {
  constructor(
    { host, port }: Address,
    channel: ChannelCredentials = credentials.createInsecure(),
    private readonly token: string | null = null,
  ) {
    super(`${host}:${port}`, channel, { 'grpc.use_local_subchannel_pool': 1 });
  }

  metadata(): Metadata {
    const metadata = new Metadata();
    if (this.token !== null) metadata.set('authorization', `Bearer ${this.token}`);
    return metadata;
  }

  /** Sends one message, whatever the method, and gathers what comes. */
  send(method: MethodName, request: Buffer, options: CallOptions = {}): Promise<Outcome> {
    const { path, requestStream, responseStream } = methods[method];
    return new Promise((resolve) => {
      const answers: Buffer[] = [];
      const done = (error: ServiceError | null, answer?: Buffer) => {
        if (answer) answers.push(answer);
        resolve(outcomeOf(error, answers));
      };
      const metadata = this.metadata();
      if (responseStream) {
        const call = this.makeServerStreamRequest(path, asItIs, asItIs, request, metadata, options);
        call.on('data', (bytes: Buffer) => answers.push(bytes));
        call.on('error', (error: ServiceError) => done(error));
        call.on('end', () => done(null));
      } else if (requestStream) {
        const call = this.makeClientStreamRequest(path, asItIs, asItIs, metadata, options, done);
        call.on('error', () => undefined);
        call.end(request);
      } else this.makeUnaryRequest(path, asItIs, asItIs, request, metadata, options, done);
    });
  }

  /** The answers of a call that succeeds; throws its outcome otherwise. */
  async ask<M extends MethodName>(method: M, request: RequestOf<M>): Promise<ReadResponseOf<M>[]> {
    const outcome = await this.send(method, encoded(method, request));
    if (outcome.code !== status.OK) throw new Error(`${method}: ${status[outcome.code]} ${outcome.details}`);
    const { response } = methods[method];
    return outcome.answers.map((bytes) => response.decode(bytes) as ReadResponseOf<M>);
  }

  /** A watch that is not read until somebody listens. */
  watch(id: string, options: CallOptions = {}): ClientReadableStream<Buffer> {
    const request = encoded('watchJob', { id });
    const call = this.makeServerStreamRequest(
      methods.watchJob.path,
      asItIs,
      asItIs,
      request,
      this.metadata(),
      options,
    );
    call.on('error', () => undefined);
    return call;
  }

  put(): Upload {
    let call!: ClientWritableStream<Buffer>;
    const outcome = new Promise<Outcome>((resolve) => {
      const { path } = methods.putArtifact;
      call = this.makeClientStreamRequest(
        path,
        asItIs,
        asItIs,
        this.metadata(),
        {},
        (error, answer?: Buffer) => resolve(outcomeOf(error, answer ? [answer] : [])),
      );
    });
    call.on('error', () => undefined);
    return new Upload(call, outcome);
  }
}

export class Upload {
  constructor(
    readonly call: ClientWritableStream<Buffer>,
    readonly outcome: Promise<Outcome>,
  ) {}

  /** Resolves when the message has left the client; false if the call has ended before. */
  write(message: RequestOf<'putArtifact'>): Promise<boolean> {
    const left = new Promise<boolean>((resolve) => {
      this.call.write(encoded('putArtifact', message), (error: Error | null | undefined) => resolve(!error));
    });
    return Promise.race([left, this.outcome.then(() => false)]);
  }

  end(): Promise<Outcome> {
    this.call.end();
    return this.outcome;
  }
}

export function encoded<M extends MethodName>(method: M, request: RequestOf<M>): Buffer {
  return (methods[method].request.encode as (message: RequestOf<M>) => Buffer)(request);
}

export function outcomeOf(error: ServiceError | null, answers: readonly Buffer[]): Outcome {
  if (!error) return { code: status.OK, details: '', rich: null, answers };
  // A call that never left the client fails without metadata.
  const [bytes] = (error.metadata as Metadata | undefined)?.get('grpc-status-details-bin') ?? [];
  const rich = bytes instanceof Buffer ? decodeRichStatus(bytes) : null;
  return { code: error.code, details: error.details, rich, answers };
}
