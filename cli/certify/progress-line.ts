import type { JobFold } from '../../coordinator/core/job-fold.js';
import { OutlookMeter } from '../../coordinator/observe/outlook-meter.js';
import { liveText, plainText, type Shown } from './progress-text.js';

/** How often the line of a terminal is drawn, and how often a line is added to a file or a pipe. */
const LIVE_EVERY_MS = 200;
const PLAIN_EVERY_MS = 30_000;
/** Of a terminal that does not say how wide it is. */
const USUAL_COLUMNS = 80;
const WIPE = '\r\x1b[K';

/** The progress of a job on standard error: a live line on a terminal, wiped at the end; elsewhere a line each half minute. */
export class ProgressLine {
  private readonly timer: NodeJS.Timeout | null = null;
  private readonly isLive: boolean;

  /** @param read returns how far the job is, for each drawing anew */
  constructor(
    private readonly read: () => Shown,
    private readonly stream: NodeJS.WriteStream,
    enabled: boolean,
  ) {
    this.isLive = enabled && stream.isTTY;
    if (!enabled) return;
    const [every, show] = this.isLive
      ? [LIVE_EVERY_MS, () => this.draw()]
      : [PLAIN_EVERY_MS, () => stream.write(`${plainText(read())}\n`)];
    this.timer = setInterval(show, every);
  }

  end(): void {
    if (this.timer) clearInterval(this.timer);
    if (this.isLive) this.stream.write(WIPE);
  }

  /** Writes a line that stays, above the live one. */
  say(text: string): void {
    this.stream.write(`${this.isLive ? WIPE : ''}${text}\n`);
  }

  /** Leaves the last column free: some terminals wrap a line that fills it. */
  private draw(): void {
    this.stream.write(`${WIPE}${liveText(this.read(), (this.stream.columns || USUAL_COLUMNS) - 1)}`);
  }
}

/** Returns what reads the progress of a job that this process folds. @param now milliseconds of a clock that only goes forward */
export function readFold(fold: JobFold, now = () => performance.now()): () => Shown {
  const meter = new OutlookMeter(fold, now);
  return () => ({
    decided: fold.decidedImages,
    images: fold.images.size,
    samples: fold.tally.samples,
    outlook: meter.outlook(),
    waiting: null,
  });
}
