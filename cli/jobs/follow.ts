import type { JobUpdate, JobView } from '../../api/job-view.js';
import { decidedOf } from '../../shared/job-progress.js';
import { oneLine } from '../../shared/safe-text.js';
import type { CertificationClient } from '../client/certification-client.js';
import { EXIT } from '../command/exit.js';
import { ProgressLine } from '../certify/progress-line.js';
import type { Shown } from '../certify/progress-text.js';
import { serverWords, type ServerConfig } from './server-flags.js';

export interface FollowOptions {
  /** No progress and no notes. */
  readonly quiet: boolean;
  /** Is told of every message. */
  readonly onUpdate?: (update: JobUpdate) => Promise<void> | void;
}

/** Watches a job until it has ended; a live line on a terminal, why it waits anywhere. Resolves with the job as it ended. */
export async function follow(
  client: CertificationClient,
  id: string,
  { quiet, onUpdate }: FollowOptions,
): Promise<JobView> {
  let job = await client.getJob(id);
  const line = new ProgressLine(() => shownOf(job), process.stderr, !quiet);
  const news = new News((text) => {
    if (!quiet) line.say(text);
  });
  try {
    for await (const update of client.watch(id)) {
      ({ job } = update);
      news.of(job);
      await onUpdate?.(update);
    }
    return job;
  } finally {
    news.end();
    line.end();
  }
}

/** Returns how far a job is, as its server says. */
const shownOf = ({ progress, outlook, waitingFor }: JobView): Shown => ({
  decided: decidedOf(progress),
  images: progress.images,
  samples: progress.samples,
  outlook,
  waiting: waitingFor,
});

/** Every job waits for a moment; a wait is printed only if it lasts so long. */
const WORTH_SAYING_MS = 3_000;

/** Prints why a running job waits, and notes about it; nothing twice. */
class News {
  private readonly said = new Set<string>();
  private message: string | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly say: (line: string) => void) {}

  of({ waitingFor, waiting, refusals, batchNote, roundingNote }: JobView): void {
    for (const { worker, code, message } of refusals) {
      this.once(`Note: ${worker} cannot draw for it: ${message} (${code})`);
    }
    for (const note of [roundingNote, batchNote]) if (note !== null) this.once(`Note: ${note}`);
    if (waitingFor === this.message) return;
    this.end();
    this.message = waitingFor;
    if (waitingFor === null) return;
    const text = [waitingFor, waiting?.remedy ?? ''].filter((sentence) => sentence !== '').join(' ');
    this.timer = setTimeout(() => this.once(`Waiting: ${text}`), WORTH_SAYING_MS);
  }

  end(): void {
    clearTimeout(this.timer);
  }

  private once(line: string): void {
    if (this.said.has(line)) return;
    this.said.add(line);
    this.say(oneLine(line));
  }
}

/** Tells a user who leaves a running job how to see it again or end it. Returns the exit code. */
export function leave(id: string, server: ServerConfig): number {
  const words = serverWords(server);
  process.stderr.write(
    `The job ${id} goes on without this command.\n  smoothcert watch ${id}${words}    to see it again\n  smoothcert cancel ${id}${words}   to end it\n`,
  );
  return EXIT.interrupted;
}
