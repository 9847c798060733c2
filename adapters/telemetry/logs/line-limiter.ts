import { definitionOf, type EventName } from '../../../shared/telemetry/events.js';

const MINUTE_MS = 60_000;
/** Lines a minute of one event and job, unless its definition says otherwise. */
const DEFAULT_PER_MINUTE = 10;
/** All jobs together may have so many times the lines of one job. */
const JOBS_SHARE = 12;
/** Pairs of event and job that are counted apart. A further one replaces the oldest; the bound over all jobs stays. */
const MOST_JOBS = 2_000;

/** The lines of one event, or of one event and job, in one minute. */
interface Window {
  readonly since: number;
  written: number;
  leftOut: number;
  last: () => void;
}

/**
 * Lets pass the first lines of a minute of each event and job, and of each event. Of the lines beyond these, the last one is written when
 * the minute is over, with their number: a job that fails a million times writes some lines a minute.
 */
export class LineLimiter {
  private readonly events = new Map<string, Window>();
  private readonly jobs = new Map<string, Window>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Writes a line now, or later, or not at all. @param write writes the line; its argument is the number of lines left out for it */
  pass(event: EventName, job: string, write: (leftOut: number) => void): void {
    const { perMinute = DEFAULT_PER_MINUTE } = definitionOf(event);
    const own = this.windowOf(this.jobs, `${event} ${job}`);
    const all = this.windowOf(this.events, event);
    const full = own.written >= perMinute ? own : all.written >= JOBS_SHARE * perMinute ? all : null;
    if (full === null) {
      own.written += 1;
      all.written += 1;
      write(0);
      return;
    }
    full.leftOut += 1;
    full.last = () => write(full.leftOut - 1);
    this.timer ??= setTimeout(() => this.sweep(MINUTE_MS), MINUTE_MS).unref();
  }

  /** Writes the lines that wait for the end of their minute. */
  flush(): void {
    this.sweep(0);
  }

  private windowOf(windows: Map<string, Window>, key: string): Window {
    const known = windows.get(key);
    if (known && this.now() - known.since < MINUTE_MS) return known;
    if (known) this.close(windows, key, known);
    if (windows.size >= MOST_JOBS) this.closeOldest(windows);
    return windows.get(key) ?? this.open(windows, key, 0);
  }

  private open(windows: Map<string, Window>, key: string, written: number): Window {
    const window = { since: this.now(), written, leftOut: 0, last: () => undefined };
    windows.set(key, window);
    return window;
  }

  /** Ends a minute: writes the line that stands for those left out, as the first one of the next minute. */
  private close(windows: Map<string, Window>, key: string, window: Window): void {
    windows.delete(key);
    if (window.leftOut === 0) return;
    this.open(windows, key, 1);
    window.last();
  }

  private closeOldest(windows: Map<string, Window>): void {
    const [oldest] = windows;
    if (!oldest) return;
    this.close(windows, ...oldest);
    windows.delete(oldest[0]);
  }

  /** Ends the minutes that began at least so many milliseconds ago. */
  private sweep(ms: number): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    for (const windows of [this.jobs, this.events]) {
      for (const [key, window] of [...windows]) {
        if (this.now() - window.since >= ms) this.close(windows, key, window);
      }
    }
    const waiting = [...this.jobs.values(), ...this.events.values()].some(({ leftOut }) => leftOut > 0);
    if (waiting) this.timer = setTimeout(() => this.sweep(MINUTE_MS), MINUTE_MS).unref();
  }
}
