import { readFile } from 'node:fs/promises';
import {
  Client,
  Metadata,
  credentials,
  type CallOptions,
  type ChannelCredentials,
  type ClientWritableStream,
} from '@grpc/grpc-js';
import { SmoothcertError } from '../../shared/errors.js';
import {
  CERTIFICATION_METHODS,
  type MethodName,
  type ReadResponseOf,
  type RequestOf,
} from '../../api/wire/service.js';
import type { TraceContext } from '../../shared/telemetry/trace-context.js';
import { isLoopback, type ServerConfig, type TlsFiles } from '../jobs/server-flags.js';
import { errorOf } from './call-errors.js';

/** Far above what any answer takes; a connection that hangs is found out before by keepalive. */
const CALL_MS = 60_000;
const OPTIONS = {
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.max_receive_message_length': 4 * 2 ** 20,
} as const;

/** The shape of a method without its types: which messages go together is said by the functions below. */
interface Plain {
  readonly path: string;
  readonly encode: (message: never) => Buffer;
  readonly decode: (bytes: Buffer) => unknown;
}
const asItIs = (bytes: Buffer): Buffer => bytes;

/** A connection to one service: calls by name, errors as SmoothcertErrors. Nothing is tried twice here. */
export class Connection {
  private trace: TraceContext | null = null;

  private constructor(
    private readonly client: Client,
    private readonly tokenFile: string | null,
    readonly address: string,
  ) {}

  /**
   * Reads token and certificates; the first call connects. The token is read again before each call, so that a long watch outlives
   * it. @throws OPTION_INVALID for a file that cannot be read
   */
  static async open({ address, tokenFile, tls }: ServerConfig): Promise<Connection> {
    await metadataWith(tokenFile);
    const proxy = isLoopback(address) ? { 'grpc.enable_http_proxy': 0 } : {};
    const client = new Client(address, await credentialsOf(tls), { ...OPTIONS, ...proxy });
    return new Connection(client, tokenFile, address);
  }

  /** Every call from now on says where the trace stands that it belongs to; nothing where nobody traces. */
  carry(trace: TraceContext | null): void {
    this.trace = trace;
  }

  close(): void {
    this.client.close();
  }

  /** One message there, one back. @throws SmoothcertError */
  async call<M extends MethodName>(
    name: M,
    request: RequestOf<M>,
    signal?: AbortSignal,
  ): Promise<ReadResponseOf<M>> {
    const { path, encode, decode } = methodOf(name);
    const metadata = await this.metadata();
    signal?.throwIfAborted();
    const answer = await new Promise<Buffer>((resolve, reject) => {
      const options: CallOptions = { deadline: Date.now() + CALL_MS };
      const done = (error: Error | null, value?: Buffer) => {
        signal?.removeEventListener('abort', cancel);
        if (error) reject(this.refusal(error, signal));
        else resolve(value!);
      };
      const call = this.client.makeUnaryRequest(
        ...([path, encode, asItIs] as const),
        ...([request as never, metadata, options, done] as const),
      );
      const cancel = () => call.cancel();
      signal?.addEventListener('abort', cancel);
    });
    return decode(answer) as ReadResponseOf<M>;
  }

  /** One message there, many back, as fast as they are read. Ends the call when its reader stops. @throws SmoothcertError */
  async *stream<M extends 'watchJob' | 'streamCertificates'>(
    name: M,
    request: RequestOf<M>,
    signal?: AbortSignal,
  ): AsyncGenerator<ReadResponseOf<M>, void, undefined> {
    const { path, encode, decode } = methodOf(name);
    const metadata = await this.metadata();
    signal?.throwIfAborted();
    const call = this.client.makeServerStreamRequest(
      ...([path, encode, asItIs, request as never, metadata] as const),
    );
    const cancel = () => call.cancel();
    signal?.addEventListener('abort', cancel);
    try {
      for await (const bytes of call as AsyncIterable<Buffer>) {
        yield decode(bytes) as ReadResponseOf<M>;
      }
    } catch (error) {
      throw this.refusal(error, signal);
    } finally {
      signal?.removeEventListener('abort', cancel);
      call.cancel();
      // A call that is ended this way says so once more, to nobody.
      call.on('error', () => undefined);
    }
  }

  /** Many messages there, as fast as the server takes them, one back. @throws SmoothcertError */
  async send<M extends 'putArtifact'>(
    name: M,
    requests: AsyncIterable<RequestOf<M>>,
    signal?: AbortSignal,
  ): Promise<ReadResponseOf<M>> {
    const { path, encode, decode } = methodOf(name);
    const metadata = await this.metadata();
    signal?.throwIfAborted();
    let call: ClientWritableStream<never> | undefined;
    const cancel = () => call?.cancel();
    signal?.addEventListener('abort', cancel);
    try {
      const answer = new Promise<Buffer>((resolve, reject) => {
        call = this.client.makeClientStreamRequest(
          ...([path, encode, asItIs, metadata] as const),
          (error, value?: Buffer) => (error ? reject(error) : resolve(value!)),
        );
      });
      const ended = answer.then(
        () => true,
        () => true,
      );
      await writeAll(call!, requests as AsyncIterable<never>, ended);
      return decode(await answer) as ReadResponseOf<M>;
    } catch (error) {
      call?.cancel();
      throw this.refusal(error, signal);
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  private async metadata(): Promise<Metadata> {
    const metadata = await metadataWith(this.tokenFile);
    if (this.trace !== null) metadata.set('traceparent', this.trace.traceparent);
    if (this.trace?.tracestate !== undefined) metadata.set('tracestate', this.trace.tracestate);
    return metadata;
  }

  /** Returns the reason of a call that was cancelled here, and else the error of the server. */
  private refusal(error: unknown, signal: AbortSignal | undefined): Error {
    return signal?.aborted ? (signal.reason as Error) : errorOf(error, this.address);
  }
}

function methodOf(name: MethodName): Plain {
  const { path, request, response } = CERTIFICATION_METHODS[name];
  return { path, encode: (message) => request.encode(message), decode: (bytes) => response.decode(bytes) };
}

/** Writes until the messages, or the server's patience with them, are at an end. */
async function writeAll(
  call: ClientWritableStream<never>,
  requests: AsyncIterable<never>,
  ended: Promise<boolean>,
): Promise<void> {
  for await (const request of requests) {
    if (call.write(request)) continue;
    const drained = new Promise<boolean>((resolve) => call.once('drain', () => resolve(false)));
    if (await Promise.race([drained, ended])) return;
  }
  call.end();
}

async function metadataWith(tokenFile: string | null): Promise<Metadata> {
  const metadata = new Metadata();
  if (tokenFile !== null) metadata.set('authorization', `Bearer ${await readToken(tokenFile)}`);
  return metadata;
}

async function readToken(file: string): Promise<string> {
  const token = (await readPem('--token-file', file)).toString('utf8').trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new SmoothcertError(
    'OPTION_INVALID',
    `--token-file ${file} does not hold a token: one line without spaces.`,
    'Write the token that the server was started with into the file.',
  );
}

async function credentialsOf(tls: TlsFiles | null): Promise<ChannelCredentials> {
  if (tls === null) return credentials.createInsecure();
  const ca = tls.ca === null ? null : await readPem('--tls-ca', tls.ca);
  const key = tls.client && (await readPem('--tls-key', tls.client.key));
  const cert = tls.client && (await readPem('--tls-cert', tls.client.cert));
  try {
    return credentials.createSsl(ca, key, cert);
  } catch (cause) {
    throw new SmoothcertError(
      'OPTION_INVALID',
      `The certificates for --tls cannot be used: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Give PEM files: --tls-ca, and --tls-cert with its --tls-key.',
      { cause },
    );
  }
}

function readPem(flag: string, file: string): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw new SmoothcertError(
      'OPTION_INVALID',
      `${flag} ${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? ''}).`,
      'Check the path and who may read it.',
      { cause },
    );
  });
}
