import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { constants, setPriority, tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { MadeFile } from '../../../coordinator/http/api/api-parts.js';
import { Limiter, left } from '../../../coordinator/http/api/limiter.js';
import type { ViewWithJob } from '../../../coordinator/http/api/results-feed.js';
import type { CertificationService } from '../../../coordinator/jobs/certification-service.js';
import { SmoothcertError, isErrorCode } from '../../../shared/errors.js';

/** Reports that are kept for the next who ask. */
const MOST_KEPT = 4;
/** Milliseconds that the writing of a report may take. */
const LONGEST_MS = 300_000;
/** Characters of what the process says. */
const LONGEST_WORDS = 4_096;

/** A report, and who reads it. */
interface Kept {
  readonly sequence: number;
  readonly folder: string;
  readonly made: { readonly file: string; readonly bytes: number };
  readers: number;
  /** True: it is removed once nobody reads it. */
  old: boolean;
}

export interface ReportMakerOptions {
  readonly service: Pick<CertificationService, 'certificates' | 'artifacts'>;
  readonly jobFile: (view: ViewWithJob) => Promise<string>;
}

/**
 * Makes report.html of jobs, one at a time, in a process of low priority; keeps it while the job stays as it is. All files lie in folders of their own,
 * which are gone when they are not needed any more.
 */
export class ReportMaker {
  private readonly kept = new Map<string, Kept>();
  private readonly limiter = new Limiter('reports are written', { running: 1, waiting: 16 });

  constructor(private readonly options: ReportMakerOptions) {}

  /** @param signal aborts if nobody waits for it any more. @throws SERVER_BUSY, CANCELLED, and what the process throws */
  report(view: ViewWithJob, signal: AbortSignal): Promise<MadeFile> {
    return this.limiter.run(async () => {
      const known = this.kept.get(view.id);
      if (known?.sequence === view.progress.sequence) return this.lent(known);
      const made = await this.make(view, signal);
      if (known) await this.drop(view.id, known);
      this.kept.set(view.id, made);
      const lent = this.lent(made);
      for (const [id, oldest] of this.kept) {
        if (this.kept.size <= MOST_KEPT) break;
        await this.drop(id, oldest);
      }
      return lent;
    }, signal);
  }

  /** Removes all reports. */
  async close(): Promise<void> {
    for (const [id, kept] of [...this.kept]) await this.drop(id, kept);
  }

  private lent(kept: Kept): MadeFile {
    kept.readers += 1;
    let lent = true;
    const release = () => {
      if (!lent) return;
      lent = false;
      kept.readers -= 1;
      if (kept.old && kept.readers === 0) void remove(kept.folder);
    };
    return { ...kept.made, release };
  }

  private async drop(id: string, kept: Kept): Promise<void> {
    if (this.kept.get(id) === kept) this.kept.delete(id);
    kept.old = true;
    if (kept.readers === 0) await remove(kept.folder);
  }

  private async make(view: ViewWithJob, signal: AbortSignal): Promise<Kept> {
    const { service, jobFile } = this.options;
    const folder = await mkdtemp(path.join(tmpdir(), 'smoothcert-report-'));
    try {
      await writeFile(path.join(folder, 'job.json'), await jobFile(view));
      const rows = service.certificates(view.id, 0, signal);
      await pipeline(Readable.from(linesOf(rows)), createWriteStream(path.join(folder, 'results.jsonl')));
      const into = path.join(folder, 'report.html');
      const canonical = await service.artifacts.file(view.job.draw.dataDigest).catch(() => null);
      await writeInProcess({ folder, canonical, into }, signal);
      const { size: bytes } = await stat(into);
      return {
        sequence: view.progress.sequence,
        folder,
        made: { file: into, bytes },
        readers: 0,
        old: false,
      };
    } catch (error) {
      await remove(folder);
      throw error;
    }
  }
}

const remove = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

async function* linesOf(rows: AsyncIterable<{ readonly json: string }>): AsyncGenerator<string> {
  for await (const { json } of rows) yield `${json}\n`;
}

/** Runs the process that writes a report. @throws what it says; CANCELLED if `signal` aborts, CHILD_DIED if it takes too long or is killed */
async function writeInProcess(report: object, signal: AbortSignal): Promise<void> {
  const program = fileURLToPath(new URL('../../report/report-process.js', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(report)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]),
    killSignal: 'SIGKILL',
  });
  lower(child.pid);
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-LONGEST_WORDS);
  });
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  if (code !== 0) throw signal.aborted ? left() : errorOf(words);
}

/** Lets everything else go first, where the system allows it. */
function lower(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It is written with the usual priority, then, or has ended already.
  }
}

function errorOf(words: string): SmoothcertError {
  try {
    const said = JSON.parse(words.trim().split('\n').at(-1)!) as Record<
      'code' | 'message' | 'remedy',
      string
    >;
    if (isErrorCode(said.code)) return new SmoothcertError(said.code, said.message, said.remedy);
  } catch {
    // It was killed, or said something else.
  }
  return new SmoothcertError(
    'CHILD_DIED',
    'The process that writes the report ended before it was done.',
    'Ask again; smoothcert results and smoothcert report write it on another machine.',
    { cause: words },
  );
}
