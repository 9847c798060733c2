import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Address } from './address.js';
import { listen, type Listener } from './listen.js';
import type { Tls, TlsContents } from './tls.js';
import type { Tokens } from './tokens.js';
import { plain } from './plain-answer.js';

/** Answers a GET or HEAD. What it throws becomes a 500, or ends the answer that was begun. */
export type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

export interface Page {
  /** Whoever reaches the address may see it, without a token. */
  readonly open: boolean;
  readonly serve: Serve;
}

export interface HttpServerOptions {
  readonly address: Address;
  readonly tls: Tls | null;
  /** Null: whoever reaches the address is let in. */
  readonly tokens: Tokens | null;
  /** What else is there, behind the token: answers, or says false where the path is none of its own. */
  readonly others?: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
  /** Null if this process can do its work; otherwise why not, in a sentence. */
  readonly unready: () => string | null;
  /** Null if this process is well; otherwise, in a sentence, why only another one in its place can help. Always well unless given. */
  readonly stuck?: () => string | null;
  /** Further pages by path, for example /metrics. */
  readonly pages?: Readonly<Record<string, Page>>;
  /** Called with what was asked for without a token that is known, for a log. */
  readonly onRefused?: (where: string) => void;
  /** Called with what a page threw, for a log. */
  readonly report: (error: unknown) => void;
  readonly limits?: HttpLimits;
}

/** Nobody holds a connection by sending, or reading, as slowly as he can. Milliseconds and bytes. */
export interface HttpLimits {
  readonly maxHeaderSize: number;
  /** From the first byte of a request to the end of its header, and of all of it. */
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  /** How often the two are looked at. */
  readonly connectionsCheckingInterval: number;
  /** Between two requests. */
  readonly keepAliveTimeout: number;
  /** Without a byte either way. */
  readonly silenceMs: number;
}

export const HTTP_LIMITS: HttpLimits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 15_000,
  silenceMs: 60_000,
};
const READING = new Set(['GET', 'HEAD']);

/** /livez, /readyz, and what else the process shows. */
export class HttpServer {
  private closing = false;

  private constructor(
    private readonly server: Server,
    private readonly listener: Listener,
  ) {}

  /** Listens. @throws SmoothcertError OPTION_INVALID where the address cannot be had */
  static async start(options: HttpServerOptions): Promise<HttpServer> {
    const answer = answering(options);
    const { tls, limits = HTTP_LIMITS } = options;
    const { silenceMs, ...times } = limits;
    const server = tls
      ? secureServer(tls, { noDelay: true, ...times }, answer)
      : createServer({ noDelay: true, ...times }, answer);
    server.setTimeout(silenceMs);
    const listener = await listen(server, options.address, 'The HTTP server');
    const started = new HttpServer(server, listener);
    server.on('request', (_, response: ServerResponse) => {
      response.once('close', () => started.closing && server.closeIdleConnections());
    });
    return started;
  }

  /** Where it listens, with the port that was found. */
  get address(): Address {
    return this.listener.address;
  }

  /** Takes no more requests, lets those there are finish for `graceMs`, then ends them. */
  async close(graceMs: number): Promise<void> {
    this.closing = true;
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => (timer = setTimeout(resolve, graceMs)));
    const finished = new Promise<void>((resolve) => this.server.close(() => resolve()));
    await Promise.race([finished, grace]);
    clearTimeout(timer);
    await this.listener.end();
  }
}

/** A server of which each connection gets the certificates that the files hold when it comes. */
function secureServer(tls: Tls, options: ServerOptions, answer: RequestListener): Server {
  let used = tls.current();
  const server = createSecureServer({ ...options, ...secured(used) }, answer);
  return server.prependListener('connection', () => {
    const now = tls.current();
    if (now === used) return;
    used = now;
    server.setSecureContext(secured(now));
  });
}

function secured({ cert, key, clientCa }: TlsContents) {
  return { cert, key, ...(clientCa ? { ca: clientCa, requestCert: true, rejectUnauthorized: true } : {}) };
}

function answering(options: HttpServerOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const pages = new Map(Object.entries({ ...options.pages, ...healthPages(options) }));
  const { tokens, others, onRefused } = options;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = pathOf(request);
    const page = path === null ? undefined : pages.get(path);
    const welcome = page?.open === true || tokens === null;
    if (refuse(request, response, path)) return;
    if (!welcome && !(await tokens.accept(request.headers.authorization))) {
      onRefused?.('over HTTP');
      response.setHeader('www-authenticate', 'Bearer');
      plain(response, 401, 'The request has no token that this server knows.');
    } else if (page) await page.serve(request, response);
    else if (!(await others?.(request, response))) plain(response, 404, 'There is no such page.');
  };
  return (request, response) => {
    answer(request, response).catch((error: unknown) => {
      // A client that goes in the middle of an answer is no fault.
      if (!response.destroyed) options.report(error);
      if (response.headersSent) response.destroy();
      else plain(response, 500, 'Something unforeseen happened in the server.');
    });
  };
}

function healthPages({ unready, stuck = () => null }: HttpServerOptions): Record<string, Page> {
  return {
    // That it is answered shows that the event loop turns; a process that waits for the lease, or for NATS, is alive.
    '/livez': healthPage(stuck, 'Alive.'),
    '/readyz': healthPage(unready, 'Ready.'),
  };
}

function healthPage(reason: () => string | null, well: string): Page {
  return {
    open: true,
    serve: (_, response) => {
      const found = reason();
      plain(response, found === null ? 200 : 503, found ?? well);
    },
  };
}

/** Null for what is no path. */
function pathOf({ url }: IncomingMessage): string | null {
  return URL.canParse(url ?? '', 'http://localhost') ? new URL(url ?? '', 'http://localhost').pathname : null;
}

/** Answers what is not a plain question. */
function refuse(request: IncomingMessage, response: ServerResponse, path: string | null): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (!READING.has(request.method ?? '')) {
    response.setHeader('allow', 'GET, HEAD');
    hangUp(response, 405, 'Only GET and HEAD are answered.');
  } else if (encoding !== undefined || (length !== undefined && length !== '0')) {
    hangUp(response, 400, 'A request has no body here.');
  } else if (path === null) hangUp(response, 400, 'That is no path.');
  else return false;
  return true;
}

/** The rest of such a request is not read. */
function hangUp(response: ServerResponse, status: number, sentence: string): void {
  response.setHeader('connection', 'close');
  plain(response, status, sentence);
}
