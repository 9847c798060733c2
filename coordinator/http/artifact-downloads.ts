import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { CHUNK_BYTES } from '../../shared/dataset/data-digest.js';
import { plain } from '../../adapters/http/plain-answer.js';
import type { Artifact, ArtifactStore } from '../../shared/ports/artifact-store.js';

const PATH = /^\/artifacts\/([0-9a-f]{64})(?:\/(description|\d{1,7}))?$/;
const RANGE = /^bytes=(\d{1,15})-(\d{0,15})$/;

/**
 * Serves artifacts to workers over HTTP; it knows the artifact store and nothing of jobs. Answers GET and HEAD of /artifacts/<digest> (with one Range), /artifacts/<digest>/<n> (chunk n of 16 MiB) and
 * /artifacts/<digest>/description (JSON: digest, kind, bytes, chunk digests of a data set). Resolves with false if the path is none of these.
 * Memory does not grow with the artifact; if the client goes away, reading ends.
 */
export async function serveArtifact(
  store: ArtifactStore,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const found = PATH.exec(new URL(request.url ?? '/', 'http://localhost').pathname);
  if (!found) return false;
  const [, digest, part] = found;
  const artifact = await store.find(digest!);
  if (!artifact) plain(response, 404, 'There is no such artifact here.');
  else if (part === 'description') await describe(store, artifact, response);
  else await content(store, artifact, part, request, response);
  return true;
}

async function describe(store: ArtifactStore, artifact: Artifact, response: ServerResponse): Promise<void> {
  const chunks = artifact.kind === 'data-set' ? await store.chunks(artifact.digest) : [];
  const body = Buffer.from(JSON.stringify({ ...artifact, chunks }));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}

async function content(
  store: ArtifactStore,
  { digest, bytes }: Artifact,
  chunk: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const first = chunk === undefined ? 0 : Number(chunk) * CHUNK_BYTES;
  const last = chunk === undefined ? bytes : Math.min(first + CHUNK_BYTES, bytes);
  const asked = rangeOf(request.headers.range, last - first);
  if (first >= last || asked === 'impossible') {
    response.setHeader('content-range', `bytes */${Math.max(0, last - first)}`);
    plain(response, first >= last ? 404 : 416, 'There are no such bytes.');
    return;
  }
  const { begin, end } = asked ?? { begin: 0, end: last - first };
  response.writeHead(asked ? 206 : 200, {
    'content-type': 'application/octet-stream',
    'content-length': end - begin,
    'accept-ranges': 'bytes',
    ...(asked ? { 'content-range': `bytes ${begin}-${end - 1}/${last - first}` } : {}),
  });
  if (request.method === 'HEAD') response.end();
  else await pipeline(store.read(digest, first + begin, first + end), response);
}

/** Returns the range of a request; null without one, or with one of a form that may be ignored (RFC 9110, 14.2). */
function rangeOf(
  header: string | undefined,
  length: number,
): { begin: number; end: number } | 'impossible' | null {
  const found = RANGE.exec(header ?? '');
  if (!found) return null;
  const begin = Number(found[1]);
  const end = found[2] === '' ? length : Math.min(Number(found[2]) + 1, length);
  return begin < end ? { begin, end } : 'impossible';
}
