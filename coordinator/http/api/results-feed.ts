import { setImmediate } from 'node:timers/promises';
import type { JobView } from '../../../api/job-view.js';
import { decidedOf } from '../../../shared/job-progress.js';
import type { Job } from '../../../shared/job.js';
import type { CertificationService, Position } from '../../jobs/certification-service.js';
import type { ResultsReader } from './api-parts.js';

/** Lines that are taken before the event loop gets a turn: some milliseconds. */
const LINES = 128;
/** Images of all jobs that are kept together; the job that was asked for longest ago goes first. */
const MOST_IMAGES = 500_000;

const BEGINNING: Position = { sequence: 0, skip: 0 };
export type ViewWithJob = JobView & { readonly job: Job };

/** The part of a job that the reader has. */
interface Fed {
  position: Position;
  count: number;
  /** True once it has all results of a job that has ended. */
  complete: boolean;
  /** Images of the job. */
  readonly images: number;
  /** A job that was forgotten and asked for again under the same id is another one. */
  readonly createMs: number;
  readonly job: Job;
}

/** Gives a reader the results of the jobs that are asked for, each line once, as they come. */
export class ResultsFeed {
  /** In the order in which they were asked for last. */
  private readonly fed = new Map<string, Fed>();
  private readonly feeding = new Map<string, Promise<ViewWithJob>>();

  constructor(
    private readonly service: Pick<CertificationService, 'getJob' | 'linesBehind' | 'certificates'>,
    private readonly reader: ResultsReader,
  ) {
    reader.onLost(() => this.fed.clear());
  }

  /** Resolves once the reader has at least the results that `view` counts: with the view that tells what it has. @throws as the service */
  bring(view: ViewWithJob): Promise<ViewWithJob> {
    const { id } = view;
    const before = this.feeding.get(id);
    // Simultaneous questions wait for one feeding, which may have begun before this view was made: at most a moment is missing.
    if (before) return before;
    const feeding = this.feed(view).finally(() => this.feeding.delete(id));
    this.feeding.set(id, feeding);
    return feeding;
  }

  private async feed(view: ViewWithJob): Promise<ViewWithJob> {
    const { id } = view;
    const known = this.fed.get(id);
    const fed = known?.createMs === view.createMs ? known : this.begin(view);
    this.fed.delete(id);
    this.fed.set(id, fed);
    if (view.endMs === null && (await this.live(id, fed))) return view;
    const ended = view.endMs === null ? { ...(await this.service.getJob(id)), job: view.job } : view;
    await this.ended(ended, fed);
    return ended;
  }

  /** Takes what was decided since. Returns false if the job has ended meanwhile. */
  private async live(id: string, fed: Fed): Promise<boolean> {
    for (let begun = false; ;) {
      const page = await this.service.linesBehind(id, fed.position, LINES);
      if (page === null) return false;
      this.add(id, fed, page.lines);
      fed.position = page.next;
      if (page.more) {
        await setImmediate();
        continue;
      }
      // An audit that refutes the job takes all results back.
      if (fed.count === page.decided || begun) return true;
      this.restart(id, fed);
      begun = true;
    }
  }

  private async ended({ id, progress, endMs }: ViewWithJob, fed: Fed): Promise<void> {
    if (endMs === null) return;
    const isAll = fed.count === decidedOf(progress) && fed.count > 0;
    if (fed.complete || isAll) {
      fed.complete = true;
      return;
    }
    if (fed.count > 0) this.restart(id, fed);
    let lines: string[] = [];
    for await (const { json } of this.service.certificates(id, 0, new AbortController().signal)) {
      lines.push(json);
      if (lines.length < LINES) continue;
      this.add(id, fed, lines);
      lines = [];
      await setImmediate();
    }
    this.add(id, fed, lines);
    fed.complete = true;
  }

  private add(id: string, fed: Fed, lines: readonly string[]): void {
    if (lines.length > 0) this.reader.add(id, lines);
    fed.count += lines.length;
  }

  private restart(id: string, fed: Fed): void {
    fed.position = BEGINNING;
    fed.count = 0;
    this.reader.begin(id, fed.job, fed.images);
  }

  private begin({ id, job, progress: { images }, createMs }: ViewWithJob): Fed {
    this.makeRoom(images);
    this.reader.begin(id, job, images);
    return { position: BEGINNING, count: 0, complete: false, images, createMs, job };
  }

  /** Forgets jobs until one of so many images has room. */
  private makeRoom(images: number): void {
    let kept = [...this.fed.values()].reduce((sum, one) => sum + one.images, 0);
    for (const [id, one] of this.fed) {
      if (kept + images <= MOST_IMAGES || this.feeding.has(id)) continue;
      this.fed.delete(id);
      this.reader.forget(id);
      kept -= one.images;
    }
  }
}
