import type { ErrorAnswer } from '../../api/page-api.js';
import type { Session } from './session.js';

/** The answer that a request did not get. `status` is null where no server answered. */
export class ApiFailure extends Error {
  constructor(
    readonly status: number | null,
    readonly code: string,
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}

/** `same`: what was answered before still holds. */
export type Answer<T> =
  { readonly kind: 'new'; readonly data: T; readonly etag: string | null } | { readonly kind: 'same' };

/** Milliseconds after which a request is given up. */
const REQUEST_MS = 20_000;

/** Requests to the JSON API, with the token of this tab. */
export class ApiClient {
  /** Milliseconds by which the clock of the server is ahead of this browser's. */
  private skewMs = 0;
  /** Time of this browser at which the server last answered with success; null before its first answer. */
  answeredMs: number | null = null;

  /** @param base folder of the page, below which the API is. @param ask `fetch` of the browser */
  constructor(
    private readonly base: string,
    readonly session: Session,
    private readonly ask: typeof fetch,
  ) {}

  /** Time of the server, milliseconds since 1970. */
  get now(): number {
    return Date.now() + this.skewMs;
  }

  /**
   * Asks for an answer in JSON. @param etag of the answer that is known
   * @throws ApiFailure
   */
  async get<T>(path: string, etag: string | null = null, signal?: AbortSignal): Promise<Answer<T>> {
    const response = await this.send(
      path,
      { headers: etag === null ? {} : { 'if-none-match': etag } },
      signal,
    );
    if (response.status === 304) return { kind: 'same' };
    const data = await bodyOf<T>(response);
    return { kind: 'new', data, etag: response.headers.get('etag') };
  }

  /** Asks for a file. @throws ApiFailure */
  async blob(path: string, signal?: AbortSignal): Promise<Blob> {
    const response = await this.send(path, {}, signal, null);
    return await response.blob().catch((error: unknown) => {
      throw unreachable(error);
    });
  }

  /** Asks for something to be done. The header shows the server that no other site makes this browser ask. @throws ApiFailure */
  async post(path: string): Promise<void> {
    await this.send(path, { method: 'POST', headers: { 'x-smoothcert': '1' } });
  }

  /** @param limitMs time after which it is given up; null: large files take their time */
  private async send(
    path: string,
    request: RequestInit,
    signal?: AbortSignal,
    limitMs: number | null = REQUEST_MS,
  ): Promise<Response> {
    const { token } = this.session;
    const headers = new Headers(request.headers);
    if (token !== null) headers.set('authorization', `Bearer ${token}`);
    const signals = [signal, limitMs === null ? undefined : AbortSignal.timeout(limitMs)];
    const given = signals.filter((one) => one !== undefined);
    const response = await this.ask(`${this.base}api/v1/${path}`, {
      ...request,
      headers,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      signal: AbortSignal.any(given),
    }).catch((error: unknown) => {
      throw unreachable(error);
    });
    this.setClock(response.headers.get('date'));
    if (response.ok || response.status === 304) {
      this.answeredMs = Date.now();
      return response;
    }
    if (response.status === 401) this.session.refused(token);
    throw await failureOf(response);
  }

  private setClock(date: string | null): void {
    const ms = Date.parse(date ?? '');
    if (Number.isFinite(ms)) this.skewMs = ms - Date.now();
  }
}

function unreachable(error: unknown): ApiFailure {
  const message = error instanceof Error ? error.message : String(error);
  return new ApiFailure(null, 'SERVER_UNREACHABLE', message, '');
}

async function bodyOf<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch (error) {
    throw unreachable(error);
  }
}

async function failureOf(response: Response): Promise<ApiFailure> {
  const answer = (await response.json().catch(() => null)) as Partial<ErrorAnswer> | null;
  const { code, message, remedy } = answer?.error ?? {};
  return new ApiFailure(
    response.status,
    code ?? `HTTP_${response.status}`,
    message ?? `The server answered with ${response.status}.`,
    remedy ?? '',
  );
}
