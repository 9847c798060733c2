import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { callStatusOf } from '../../../api/call-statuses.js';
import type { ErrorAnswer } from '../../../api/page-api.js';
import type { SmoothcertError } from '../../../shared/errors.js';
import type { Waiting } from '../../../shared/waiting.js';

/** Headers of every answer: nothing is kept by a browser, run by it, or shown within another site. */
const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

/** Seconds after which a client that was told to wait may ask again. */
const RETRY_SECONDS = '2';
/** Characters of a digest that tells answers apart. */
const ETAG_LENGTH = 32;

export function setHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
}

/** Answers with JSON, or with 304 where the client says that it has the same already. @param json text of it */
export function answerJson(request: IncomingMessage, response: ServerResponse, json: string): void {
  const body = Buffer.from(json);
  const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, ETAG_LENGTH)}"`;
  setHeaders(response);
  response.setHeader('etag', etag);
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end();
    return;
  }
  response
    .writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length })
    .end(body);
}

/** Answers with an error. @param waiting why nothing is answered now; null: no such reason. @param status another one than that of the code */
export function answerError(
  response: ServerResponse,
  { code, message, remedy, retryable }: SmoothcertError,
  waiting: Waiting | null,
  status = callStatusOf(code).http,
): void {
  setHeaders(response);
  if (status === 401) response.setHeader('www-authenticate', 'Bearer');
  if (retryable) response.setHeader('retry-after', RETRY_SECONDS);
  const answer: ErrorAnswer = { error: { code, message, remedy }, waiting };
  const body = Buffer.from(JSON.stringify(answer));
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length })
    .end(body);
}
