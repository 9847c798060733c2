import type { CertificateRow, JobView } from '../../../api/job-view.js';
import type { ImageKind, ImageOrder } from '../../../api/page-api.js';
import type { Job } from '../../../shared/job.js';
import type { Progress } from '../../../shared/job-progress.js';
import type { CertificationService } from '../../jobs/certification-service.js';

/** A part of the images of a job that have ended, as it is asked for. */
export interface ImagesQuery {
  readonly sort: ImageOrder;
  readonly descending: boolean;
  readonly outcome: ImageKind;
  readonly from: number;
  readonly count: number;
}

/** The samples of a job, and the sequence of its progress that counts them. */
export type Drawn = Pick<Progress, 'samples' | 'sequence'>;

/**
 * Keeps the results of some jobs, and answers questions about them as JSON. It may work in a thread of its own: many images are sorted and counted
 * without holding up anybody else.
 */
export interface ResultsReader {
  /** Begins a job, or begins it anew. @param images of the job, decided or not */
  begin(id: string, job: Job, images: number): void;
  /** Adds lines of results.jsonl, in any order, each image once. */
  add(id: string, lines: readonly string[]): void;
  /** Forgets a job. */
  forget(id: string): void;
  /** Returns a `FiguresAnswer` of what was added, as JSON. @param drawn the samples of the job, and the sequence of them. @throws SERVER_BUSY */
  figures(id: string, drawn: Drawn): Promise<string>;
  /** Returns an `ImagesAnswer` as JSON. @throws SERVER_BUSY */
  images(id: string, query: ImagesQuery): Promise<string>;
  /** Calls `listener` when all that it kept is lost. */
  onLost(listener: () => void): void;
}

/** A file that was made for one answer or several. */
export interface MadeFile {
  readonly file: string;
  readonly bytes: number;
  /** To be called when the answer has ended. */
  release(): void;
}

/** All that the API is made of. What other floors make of jobs is given to it as functions. */
export interface ApiParts {
  readonly service: CertificationService;
  /** Name of this process. */
  readonly name: string;
  readonly results: ResultsReader;
  /** Returns job.json of a job that a worker has looked at, as `certify` writes it. */
  readonly jobFile: (view: JobView & { readonly job: Job }) => Promise<string>;
  /** Returns the header of results.tsv, with its end. @param first its first row; null: it has none */
  readonly tsvHeader: (job: Job, first: CertificateRow | null) => string;
  /** Returns the header of results.csv, and the line of a row, each with its end. */
  readonly csvHeader: (job: Job) => string;
  readonly csvLine: (job: Job, row: CertificateRow) => string;
  /** Returns names of classes by number; null if they are not known. */
  readonly classes: (view: JobView) => Promise<readonly string[] | null>;
  /**
   * Returns a PNG of an image, or of its copy with noise as the model saw it; null if images of this job are no pictures.
   * @param signal aborts if nobody waits for it any more. @throws SERVER_BUSY, CANCELLED
   */
  readonly picture: (
    view: JobView & { readonly job: Job },
    image: number,
    noisy: boolean,
    signal: AbortSignal,
  ) => Promise<Uint8Array | null>;
  /** Returns report.html. @param signal aborts if nobody waits for it any more. @throws SERVER_BUSY, CANCELLED */
  readonly report: (view: JobView & { readonly job: Job }, signal: AbortSignal) => Promise<MadeFile>;
  /** Returns true if an Authorization header is accepted; null: nobody needs one. */
  readonly accept: ((header: string | undefined) => Promise<boolean>) | null;
  /** Called for each request without a known token, for a log. */
  readonly onRefused: (where: string) => void;
  /** Called with every error that is not the client's fault, for a log. */
  readonly onFault: (error: unknown) => void;
  /** Names of this server in lower case, beside addresses and localhost. */
  readonly hosts: ReadonlySet<string>;
}
