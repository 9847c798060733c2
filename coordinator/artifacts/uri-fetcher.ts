import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SmoothcertError } from '../../shared/errors.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import type { Fetcher, Wanted } from './job-inputs.js';

const SILENCE_MS = 60_000;
/** Characters of an address that a message shows. */
const MAX_SHOWN = 200;

interface Opened {
  readonly bytes: number;
  readonly pieces: AsyncIterable<Uint8Array>;
}

/**
 * Fetches artifacts from addresses below the prefixes that an operator allows, such as https://models.example/ or file:///data/models/. A
 * request can name nothing else, so that no client reads the server's files or its network. Redirects are not followed. What comes is
 * verified by its digest like any upload.
 */
export class UriFetcher implements Fetcher {
  private readonly prefixes: readonly URL[];

  /** @throws SmoothcertError OPTION_INVALID for a prefix that is not the address of a folder */
  constructor(
    private readonly store: ArtifactStore,
    prefixes: readonly string[],
  ) {
    this.prefixes = prefixes.map(prefixOf);
  }

  async fetch({ digest, kind }: Wanted, uri: string): Promise<void> {
    const url = URL.canParse(uri) ? new URL(uri) : null;
    if (!url || !this.prefixes.some((prefix) => isBelow(url, prefix))) throw forbidden(uri);
    const { bytes, pieces } = await (url.protocol === 'file:' ? this.openFile(url) : openHttp(url));
    await this.store.put({ digest, kind, bytes }, 0, pieces);
  }

  /** Opens a file. Symbolic links are followed first: they may lead out of the folder that is allowed. */
  private async openFile(url: URL): Promise<Opened> {
    const file = await realpath(pathOf(url)).catch((error: unknown) => {
      throw unreachable(url, (error as NodeJS.ErrnoException).code ?? String(error));
    });
    const folders = this.prefixes
      .filter(({ protocol }) => protocol === 'file:')
      .map((prefix) => fileURLToPath(prefix));
    const real = await Promise.all(folders.map((folder) => realpath(folder).catch(() => null)));
    if (!real.some((folder) => folder !== null && file.startsWith(folder + path.sep)))
      throw forbidden(url.href);
    const found = await stat(file);
    if (!found.isFile()) throw unreachable(url, 'it is no file');
    return { bytes: found.size, pieces: createReadStream(file) as AsyncIterable<Buffer> };
  }
}

/** Returns the path of a file URL. @throws SmoothcertError ARTIFACT_MISSING for one without a path on this system */
function pathOf(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw unreachable(url, 'it is no path');
  }
}

function openHttp(url: URL): Promise<Opened> {
  const get = url.protocol === 'https:' ? https.get : http.get;
  return new Promise((resolve, reject) => {
    const request = get(url, { timeout: SILENCE_MS }, (response) => {
      const bytes = Number(response.headers['content-length']);
      if (response.statusCode === 200 && Number.isSafeInteger(bytes)) {
        resolve({ bytes, pieces: response as AsyncIterable<Buffer> });
        return;
      }
      response.destroy();
      const why =
        response.statusCode === 200
          ? 'it does not say its length'
          : `HTTP status ${response.statusCode ?? 0}`;
      reject(unreachable(url, why));
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', (error) => reject(unreachable(url, error.message)));
  });
}

function prefixOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const known = url && ['http:', 'https:', 'file:'].includes(url.protocol) && url.pathname.endsWith('/');
  if (known && url.search === '' && url.hash === '') return url;
  throw new SmoothcertError(
    'OPTION_INVALID',
    `--allow-uri ${text} is no address of a folder.`,
    'Give http(s)://host/path/ or file:///path/, with the / at its end.',
  );
}

function isBelow(url: URL, prefix: URL): boolean {
  const same =
    url.protocol === prefix.protocol &&
    url.host === prefix.host &&
    url.username === '' &&
    url.password === '';
  // Encoded separators mean different things to different servers.
  return same && url.pathname.startsWith(prefix.pathname) && !/%2f|%5c|%00/i.test(url.pathname);
}

function forbidden(uri: string): SmoothcertError {
  return new SmoothcertError(
    'ARTIFACT_FORBIDDEN',
    `This server may not fetch ${uri.slice(0, MAX_SHOWN)}.`,
    'Upload the artifact, or ask the operator to start the coordinator with --allow-uri for that place.',
  );
}

function unreachable(url: URL, why: string): SmoothcertError {
  return new SmoothcertError(
    'ARTIFACT_MISSING',
    `${url.href.slice(0, MAX_SHOWN)} cannot be fetched: ${why}.`,
    'Check the address, or upload the artifact.',
  );
}
