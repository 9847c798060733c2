import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** How fast a reader must take an answer. */
export interface Pace {
  /** Milliseconds that the server may wait for the reader, whatever was sent. */
  readonly graceMs: number;
  /** Bytes that give the reader one second more. */
  readonly bytesASecond: number;
}

/** So a reader holds a place for half a minute, and 16 seconds for each MiB, beside the time that the server itself takes. */
export const PACE: Pace = { graceMs: 30_000, bytesASecond: 65_536 };

/**
 * Sends an answer, and ends the connection of a reader that takes it too slowly. Only the time counts that the server waits for the reader, not that in
 * which it makes what comes next.
 * @param signal ends the sending. @throws ABORT_ERR if `signal` aborts or the reader is too slow, and what the source throws
 */
export async function sendPaced(
  source: AsyncIterable<string | Uint8Array>,
  response: Writable,
  signal: AbortSignal,
  pace: Pace = PACE,
): Promise<void> {
  const reader = new ReaderClock(pace);
  try {
    await pipeline(paced(source, reader), response, { signal: AbortSignal.any([signal, reader.tooSlow]) });
  } finally {
    reader.stop();
  }
}

/** Gives on what a source gives; the clock runs while the next part is not asked for, and after the last one. */
async function* paced(
  source: AsyncIterable<string | Uint8Array>,
  clock: ReaderClock,
): AsyncGenerator<string | Uint8Array> {
  for await (const part of source) {
    clock.start();
    yield part;
    clock.stop();
    clock.bytes += Buffer.byteLength(part);
  }
  clock.start();
}

/** Counts the time that a reader lets the server wait. */
class ReaderClock {
  private readonly slow = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private since = 0;
  private waitedMs = 0;
  /** Bytes that the reader has taken. */
  bytes = 0;

  constructor(private readonly pace: Pace) {}

  /** Aborts when the reader has let the server wait for longer than it may. */
  get tooSlow(): AbortSignal {
    return this.slow.signal;
  }

  start(): void {
    const { graceMs, bytesASecond } = this.pace;
    this.since = performance.now();
    const leftMs = graceMs + (1_000 * this.bytes) / bytesASecond - this.waitedMs;
    this.timer = setTimeout(() => this.slow.abort(), Math.max(0, leftMs));
  }

  stop(): void {
    clearTimeout(this.timer);
    this.waitedMs += performance.now() - this.since;
  }
}
