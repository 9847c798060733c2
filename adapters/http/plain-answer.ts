import type { ServerResponse } from 'node:http';

/** Answers a request with one sentence of plain text. */
export function plain(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${sentence}\n`);
}
