import { number } from '../results/summary-lines.js';
const EVERY_MS = 200;

/** The progress of a job; read anew for each drawing of the line. */
export interface Drawing {
  readonly decidedImages: number;
  readonly images: { readonly size: number };
  readonly tally: { readonly samples: number };
}

/** The live line on a terminal; silent elsewhere. Written to standard error, wiped at the end. */
export class ProgressLine {
  private readonly timer: NodeJS.Timeout | null;
  private readonly begun = performance.now();
  private readonly samplesBefore: number;

  /** @param total the samples that the images share, which the bar is of then: they are decided together, at the end. Null: they share none */
  constructor(
    private readonly job: Drawing,
    private readonly stream: NodeJS.WriteStream,
    enabled: boolean,
    private readonly total: number | null = null,
  ) {
    this.samplesBefore = job.tally.samples;
    this.timer = enabled && stream.isTTY ? setInterval(() => this.draw(), EVERY_MS) : null;
  }

  end(): void {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.stream.write('\r\x1b[K');
  }

  /** A line that stays, above the live one. */
  say(text: string): void {
    this.stream.write(`${this.timer ? '\r\x1b[K' : ''}${text}\n`);
  }

  private draw(): void {
    this.stream.write(`\r\x1b[K${this.text().slice(0, (this.stream.columns || 80) - 1)}`);
  }

  private text(): string {
    const { decidedImages: decided, images, tally } = this.job;
    const seconds = (performance.now() - this.begun) / 1000;
    const rate = (tally.samples - this.samplesBefore) / seconds;
    const done = this.total === null ? decided / images.size : Math.min(1, tally.samples / this.total);
    const bar = '█'.repeat(Math.round(20 * done)).padEnd(20, '░');
    const of = this.total === null ? '' : `/${number(this.total)}`;
    return `${bar} ${decided}/${images.size} images decided · ${number(tally.samples)}${of} samples · ${number(rate)}/s · ${seconds.toFixed(0)} s`;
  }
}
