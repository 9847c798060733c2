import http from 'node:http';
import https from 'node:https';
import { SmoothcertError } from '../../../shared/errors.js';
import type { ArtifactSource } from './source.js';

/** A coordinator is asked again so often before its absence is an error. */
const TRIES = 5;
const SILENCE_MS = 30_000;
export const LARGEST_DESCRIPTION = 8 * 2 ** 20;

export interface HttpSourceOptions {
  /** Base address of the coordinator's artifacts; null while nobody has said it. Asked before each try. */
  readonly url: () => Promise<string | null>;
  /** Bearer token; null: none. Read before each try, so that a file may change. */
  readonly token: () => string | null;
  /** PEM of the authorities, and of a certificate of this worker's own. Read before each try, too. */
  readonly tls?: () => { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sleep: (ms: number) => Promise<void>;
}

/** Fetches artifacts from a coordinator: GET <url>/artifacts/<digest>, with ranges. What breaks off goes on where it was. */
export class HttpSource implements ArtifactSource {
  constructor(private readonly options: HttpSourceOptions) {}

  async describe(digest: string): ReturnType<ArtifactSource['describe']> {
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const part of this.retrying(`${digest}/description`, 0, null)) {
      bytes += part.length;
      if (bytes > LARGEST_DESCRIPTION) throw unusable(digest);
      parts.push(part);
    }
    return descriptionOf(digest, Buffer.concat(parts));
  }

  read(digest: string, begin: number, end: number): AsyncIterable<Uint8Array> {
    return this.retrying(digest, begin, end);
  }

  private async *retrying(name: string, begin: number, end: number | null): AsyncGenerator<Uint8Array> {
    let at = begin;
    for (let tries = 1; end === null || at < end; tries++) {
      try {
        const response = await this.get(name, at, end);
        for await (const part of response as AsyncIterable<Buffer>) {
          at += part.length;
          tries = 1;
          // One that sends without end fills no disk.
          if (end !== null && at > end) throw tooLong(name);
          yield part;
        }
        if (end === null || at >= end) return;
        throw new Error('the answer ended early');
      } catch (error) {
        const again = !(error instanceof SmoothcertError) && tries < TRIES && (end !== null || at === begin);
        if (!again) throw error instanceof SmoothcertError ? error : unreachable(error);
        await this.options.sleep(100 * 2 ** tries);
      }
    }
  }

  private async get(name: string, begin: number, end: number | null): Promise<http.IncomingMessage> {
    const base = await this.options.url();
    if (base === null) throw new Error('no coordinator has said where artifacts are');
    const url = new URL(`${base.replace(/\/$/, '')}/artifacts/${name}`);
    const token = this.options.token();
    const tls = this.options.tls?.();
    const headers = {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(end === null ? {} : { range: `bytes=${begin}-${end - 1}` }),
    };
    const get = url.protocol === 'https:' ? https.get : http.get;
    return new Promise((resolve, reject) => {
      const request = get(url, { headers, ...tls, timeout: SILENCE_MS }, (response) => {
        const expected = end === null ? 200 : 206;
        if (response.statusCode === expected) {
          resolve(response);
          return;
        }
        // Its words are not waited for.
        response.destroy();
        reject(refused(name, response.statusCode ?? 0));
      });
      request.on('timeout', () => request.destroy(new Error('no answer')));
      request.on('error', reject);
    });
  }
}

/** Reads a coordinator's description of an artifact. @throws SmoothcertError PROTOCOL_MISMATCH for anything else */
export function descriptionOf(
  digest: string,
  bytes: Buffer,
): Awaited<ReturnType<ArtifactSource['describe']>> {
  try {
    const found = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
    const { kind, bytes: length, chunks } = found;
    const isDigest = (chunk: unknown): chunk is string =>
      typeof chunk === 'string' && /^[0-9a-f]{64}$/.test(chunk);
    if (
      (kind === 'file' || kind === 'data-set') &&
      Number.isSafeInteger(length) &&
      (length as number) >= 1 &&
      Array.isArray(chunks) &&
      chunks.every(isDigest)
    ) {
      return { digest, kind, bytes: length as number, chunks };
    }
  } catch {
    // Told below.
  }
  throw unusable(digest);
}

/** An answer that another try would repeat, except that a coordinator which is starting (503) will answer later. */
function refused(name: string, status: number): Error {
  if (status === 404) {
    return new SmoothcertError(
      'ARTIFACT_MISSING',
      `The coordinator has no artifact ${name}.`,
      'Upload it again; give all coordinators the same --store.',
    );
  }
  if (status === 401 || status === 403) {
    return new SmoothcertError(
      'UNAUTHENTICATED',
      'The coordinator does not accept the token of this worker.',
      "Give the worker the coordinator's token with --token-file.",
    );
  }
  return new Error(`the coordinator answered ${status}`);
}

function unusable(digest: string): SmoothcertError {
  return new SmoothcertError(
    'PROTOCOL_MISMATCH',
    `The coordinator describes the artifact ${digest} in a way that this smoothcert does not read.`,
    'Run one version of smoothcert everywhere, and check what answers at the address of the artifacts.',
  );
}

function tooLong(name: string): SmoothcertError {
  return new SmoothcertError(
    'PROTOCOL_MISMATCH',
    `The coordinator sent more of the artifact ${name} than was asked for.`,
    'Check what answers at the address of the artifacts.',
  );
}

function unreachable(cause: unknown): SmoothcertError {
  return new SmoothcertError(
    'SERVER_UNREACHABLE',
    `The coordinator's artifacts cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}.`,
    'Check --advertise of the coordinator, or give the worker --artifacts with an address that it can reach.',
    { cause },
  );
}
