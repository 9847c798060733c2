import { request as plainRequest } from 'node:http';
import { once } from 'node:events';
import { HttpServer, type HttpServerOptions } from '../../adapters/http/http-server.js';
import type { Tokens } from '../../adapters/http/tokens.js';
import { JobResults } from '../../cli/service/web/job-results.js';
import { csvHeader, csvLine } from '../../cli/results/csv-lines.js';
import { headerOf, secondsOf } from '../../cli/results/row-files.js';
import { apiArea } from '../../coordinator/http/api/api-area.js';
import type { ApiParts, Drawn, ImagesQuery, ResultsReader } from '../../coordinator/http/api/api-parts.js';
import type { CertificationService } from '../../coordinator/jobs/certification-service.js';
import type { ResultRow } from '../../coordinator/results/result-rows.js';
import { tsvHeader } from '../../coordinator/results/tsv-lines.js';
import type { Job } from '../../shared/job.js';
import { jobToJson } from '../../shared/wire/job-json.js';

/** Keeps results in this thread; counts what it was given and asked. */
export class LocalResults implements ResultsReader {
  readonly told = { begun: 0, lines: 0, figures: 0, forgotten: 0 };
  private readonly results = new JobResults();
  private lost: () => void = () => undefined;

  begin(id: string, job: Job, images: number): void {
    this.told.begun += 1;
    this.results.begin(id, job, images);
  }
  add(id: string, lines: readonly string[]): void {
    this.told.lines += lines.length;
    this.results.add(id, lines);
  }
  forget(id: string): void {
    this.told.forgotten += 1;
    this.results.forget(id);
  }
  figures(id: string, drawn: Drawn): Promise<string> {
    this.told.figures += 1;
    return Promise.resolve(this.results.figures(id, drawn));
  }
  images(id: string, query: ImagesQuery): Promise<string> {
    return Promise.resolve(this.results.images(id, query));
  }
  onLost(listener: () => void): void {
    const before = this.lost;
    this.lost = () => {
      before();
      listener();
    };
  }
  /** Loses all, as a thread does that ends. */
  lose(): void {
    this.lost();
  }
}

/** An answer as Node's client sees it. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** The JSON API on a real HTTP server. */
export class ApiBed {
  readonly results: LocalResults;
  readonly faults: unknown[];

  private constructor(
    readonly server: HttpServer,
    state: { results: LocalResults; faults: unknown[] },
  ) {
    this.results = state.results;
    this.faults = state.faults;
  }

  /** @param more parts that are other than usual. @param http options of the server */
  static async open(
    service: CertificationService,
    {
      tokens = null,
      parts = {},
      http = {},
    }: { tokens?: Tokens | null; parts?: Partial<ApiParts>; http?: Partial<HttpServerOptions> } = {},
  ): Promise<ApiBed> {
    const results = new LocalResults();
    const faults: unknown[] = [];
    const onFault = (error: unknown) => void faults.push(error);
    const area = apiArea({
      service,
      name: 'test',
      results,
      jobFile: ({ job }) => Promise.resolve(jobToJson(job)),
      tsvHeader: ({ claim }, first) => `${first === null ? tsvHeader(claim) : headerOf(first, claim)}\n`,
      csvHeader: ({ claim }) => csvHeader(claim),
      csvLine: ({ claim }, row) =>
        csvLine(JSON.parse(row.json) as ResultRow, secondsOf(row, tsvHeader(claim))),
      classes: () => Promise.resolve(null),
      picture: () => Promise.resolve(null),
      report: () => Promise.reject(new Error('no report here')),
      accept: tokens === null ? null : (header) => tokens.accept(header),
      onRefused: () => undefined,
      onFault,
      hosts: new Set(['server.example']),
      ...parts,
    });
    const server = await HttpServer.start({
      address: { host: '127.0.0.1', port: 0 },
      tls: null,
      tokens,
      unready: () => null,
      report: onFault,
      ...http,
      areas: [...(http.areas ?? []), area],
    });
    return new ApiBed(server, { results, faults });
  }

  /** Asks as a client that sends these headers, whatever they are. @param path behind the port */
  async ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<HttpAnswer> {
    const { port } = this.server.address;
    const request = plainRequest({ host: '127.0.0.1', port, path, method, headers, agent: false });
    const answered = once(request, 'response');
    request.end();
    const [response] = (await answered) as [
      NodeJS.ReadableStream & { statusCode: number; headers: HttpAnswer['headers'] },
    ];
    let body = '';
    for await (const part of response) body += String(part);
    return { status: response.statusCode, headers: response.headers, body };
  }

  /** Returns what a path below /api/v1 answers. */
  async json<T>(path: string, headers: Record<string, string> = {}): Promise<T> {
    const { status, body } = await this.ask(`/api/v1${path}`, headers);
    if (status !== 200) throw new Error(`${path} is answered with ${status}: ${body}`);
    return JSON.parse(body) as T;
  }

  close(): Promise<void> {
    return this.server.close(0);
  }
}
