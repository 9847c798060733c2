/** Milliseconds for which readers are awaited. One that takes longer, for example without NATS, leaves its metrics as they were. */
const LONGEST_MS = 1_000;

/** Functions that set metrics when these are requested. All are called together, in one round at a time. */
export class Readers {
  private readonly all: (() => void | Promise<void>)[] = [];
  private reading: Promise<void> | null = null;
  private readAt = -Infinity;

  /** @param freshMs milliseconds between two rounds at least; more frequent requests cause no more work */
  constructor(private readonly freshMs: number) {}

  add(read: () => void | Promise<void>): void {
    this.all.push(read);
  }

  /** Calls all readers, unless the last round was less than `freshMs` ago. Resolves after a second at the latest. Never rejects. */
  read(): Promise<void> {
    if (performance.now() - this.readAt < this.freshMs) return Promise.resolve();
    this.reading ??= this.readAll().finally(() => {
      this.reading = null;
      this.readAt = performance.now();
    });
    return this.reading;
  }

  private async readAll(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LONGEST_MS)));
    const done = Promise.allSettled(this.all.map(async (read) => read()));
    await Promise.race([done, late]);
    clearTimeout(timer);
  }
}
