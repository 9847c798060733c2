import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CertificateRow } from '../../../api/job-view.js';
import type { MadeFile } from './api-parts.js';
import { setHeaders } from './json-answers.js';
import { sendPaced } from './paced-send.js';

/** Characters that are gathered before they are sent. */
const PIECE_CHARACTERS = 2 ** 16;
/** Milliseconds that a download may take, with all that is made for it. */
export const LONGEST_DOWNLOAD_MS = 600_000;

/** A file that a browser saves. */
export interface Download {
  readonly name: string;
  readonly type: string;
}

/** Returns a signal that aborts when the client is gone, also if it is gone already. To be made before anything is waited for. */
export function goneOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  if (response.closed) gone.abort();
  else response.once('close', () => gone.abort());
  return gone.signal;
}

/** Returns a signal that aborts when the client is gone, or a download that begins now takes too long. */
export const limitOf = (gone: AbortSignal): AbortSignal =>
  AbortSignal.any([gone, AbortSignal.timeout(LONGEST_DOWNLOAD_MS)]);

/**
 * Sends lines, made of rows as fast as they are read. If it fails on the way, the connection ends before the last chunk, so that nobody takes a part
 * for the whole. @param headerOf returns the first line, with its end, as all lines have theirs; empty: none
 */
export async function sendLines(
  request: IncomingMessage,
  response: ServerResponse,
  download: Download,
  headerOf: (first: CertificateRow | null) => string,
  rows: AsyncIterable<CertificateRow>,
  lineOf: (row: CertificateRow) => string,
  limit: AbortSignal,
): Promise<void> {
  head(response, download);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  await send(response, pieces(headerOf, rows, lineOf), limit);
}

/** Sends a file. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  download: Download,
  { file, bytes }: MadeFile,
  policy: string,
  limit: AbortSignal,
): Promise<void> {
  head(response, download);
  response.setHeader('content-security-policy', policy);
  response.setHeader('content-length', bytes);
  if (request.method === 'HEAD') response.end();
  else await send(response, createReadStream(file), limit);
}

/** Sends what is there already. */
export function sendBytes(
  response: ServerResponse,
  { name, type }: Download,
  body: Uint8Array,
  inline = false,
): void {
  head(response, { name, type }, inline);
  response.setHeader('content-length', body.length);
  response.end(body);
}

async function send(
  response: ServerResponse,
  source: AsyncIterable<string | Uint8Array>,
  limit: AbortSignal,
): Promise<void> {
  await sendPaced(source, response, limit).catch((error: unknown) => {
    // A client that went away, or was too slow, is no fault.
    if (!response.destroyed || isOurs(error)) throw error;
  });
}

const isOurs = (error: unknown): boolean =>
  !['ERR_STREAM_PREMATURE_CLOSE', 'ABORT_ERR', 'ECONNRESET', 'EPIPE'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  );

function head(response: ServerResponse, { name, type }: Download, inline = false): void {
  setHeaders(response);
  response.setHeader('content-type', type);
  response.setHeader('content-disposition', `${inline ? 'inline' : 'attachment'}; filename="${name}"`);
}

async function* pieces(
  headerOf: (first: CertificateRow | null) => string,
  rows: AsyncIterable<CertificateRow>,
  lineOf: (row: CertificateRow) => string,
): AsyncGenerator<string> {
  let text: string | null = null;
  for await (const row of rows) {
    text ??= headerOf(row);
    text += lineOf(row);
    if (text.length < PIECE_CHARACTERS) continue;
    yield text;
    text = '';
  }
  const rest = text ?? headerOf(null);
  if (rest !== '') yield rest;
}
