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

/** Answers a GET or HEAD request. An error that it throws becomes status 500, or ends an answer that was begun. */
export type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

export interface Page {
  /** True if the page needs no token. */
  readonly open: boolean;
  readonly serve: Serve;
}

/** Paths that are answered by something that checks tokens itself, and words its own refusals. Requests with a body do not reach it. */
export interface Area {
  readonly owns: (path: string) => boolean;
  /** Methods that it answers. */
  readonly methods: readonly string[];
  readonly serve: Serve;
  /** Answers a request that does not reach it. */
  readonly refuse: (response: ServerResponse, status: number, sentence: string) => void;
}

export interface HttpServerOptions {
  readonly address: Address;
  readonly tls: Tls | null;
  /** Null: no page needs a token. */
  readonly tokens: Tokens | null;
  /** Answers paths that are not in `pages`, which need the token; returns false for a path that it does not know. */
  readonly others?: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
  /** Asked for paths that are not in `pages`, before `others`; the first that owns a path answers it. */
  readonly areas?: readonly Area[];
  /** Returns null if this process can do its work, else a sentence that says why not. */
  readonly unready: () => string | null;
  /** Returns null if this process is alive, else a sentence that says why it must be restarted. By default always null. */
  readonly stuck?: () => string | null;
  /** Further pages by path, for example /metrics. */
  readonly pages?: Readonly<Record<string, Page>>;
  /** Called for a request without a known token, for a log. */
  readonly onRefused?: (where: string) => void;
  /** Called with an error that a page threw, for a log. */
  readonly report: (error: unknown) => void;
  readonly limits?: HttpLimits;
}

/** Limits, in milliseconds and bytes, that keep slow clients from occupying connections. */
export interface HttpLimits {
  readonly maxHeaderSize: number;
  /** From the first byte of a request to the end of its header, and to the end of the request. */
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  /** How often these two limits are checked. */
  readonly connectionsCheckingInterval: number;
  /** Between two requests. */
  readonly keepAliveTimeout: number;
  /** Without a byte in either direction. */
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
/** Everything that is no area: pages, artifacts, paths that nobody knows. */
const PLAIN: Pick<Area, 'methods' | 'refuse'> = { methods: ['GET', 'HEAD'], refuse: plain };

/** The HTTP server of a process: /livez, /readyz, and its further pages. */
export class HttpServer {
  private closing = false;

  private constructor(
    private readonly server: Server,
    private readonly listener: Listener,
  ) {}

  /** Starts to listen. @throws SmoothcertError OPTION_INVALID if it cannot listen at the address */
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

  /** The address at which it listens, with the actual port. */
  get address(): Address {
    return this.listener.address;
  }

  /** Accepts no more requests, lets those under way finish for `graceMs`, then ends them. */
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

/** Makes a server that uses the certificates which the files hold at the moment of each connection. */
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
  const { tokens, others, onRefused, areas = [] } = options;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = pathOf(request);
    const page = path === null ? undefined : pages.get(path);
    const area = path === null || page ? undefined : areas.find(({ owns }) => owns(path));
    const welcome = page?.open === true || tokens === null;
    if (refuse(request, response, path, area)) return;
    if (area) await area.serve(request, response);
    else if (!welcome && !(await tokens.accept(request.headers.authorization))) {
      onRefused?.('over HTTP');
      response.setHeader('www-authenticate', 'Bearer');
      plain(response, 401, 'The request has no token that this server knows.');
    } else if (page) await page.serve(request, response);
    else if (!(await others?.(request, response))) plain(response, 404, 'There is no such page.');
  };
  return (request, response) => {
    answer(request, response).catch((error: unknown) => {
      // A client that disconnects in the middle of an answer is no fault.
      if (!response.destroyed) options.report(error);
      if (response.headersSent) response.destroy();
      else plain(response, 500, 'Something unforeseen happened in the server.');
    });
  };
}

function healthPages({ unready, stuck = () => null }: HttpServerOptions): Record<string, Page> {
  return {
    // An answer shows that the event loop runs; a process that waits for the lease, or for NATS, is alive.
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

/** Returns the path of a request; null if it has no valid one. */
function pathOf({ url }: IncomingMessage): string | null {
  return URL.canParse(url ?? '', 'http://localhost') ? new URL(url ?? '', 'http://localhost').pathname : null;
}

/** Answers requests of other methods than are answered there, and those with a body; returns false for the others. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  path: string | null,
  { methods, refuse: say }: Pick<Area, 'methods' | 'refuse'> = PLAIN,
): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  // It closes the connection without reading the rest of the request.
  const hangUp = (status: number, sentence: string) => {
    response.setHeader('connection', 'close');
    say(response, status, sentence);
  };
  if (!methods.includes(request.method ?? '')) {
    response.setHeader('allow', methods.join(', '));
    hangUp(405, `Only ${methods.join(' and ')} are answered.`);
  } else if (encoding !== undefined || (length !== undefined && length !== '0')) {
    hangUp(400, 'A request has no body here.');
  } else if (path === null) hangUp(400, 'That is no path.');
  else return false;
  return true;
}
