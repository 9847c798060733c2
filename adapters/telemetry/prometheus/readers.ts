/** A reading that takes longer, for example because NATS is away, leaves what it would have set as it was. */
const LONGEST_MS = 1_000;
/** What is read when somebody asks for the metrics: together, one reading at a time, and not without end. */
export class Readers {
  private readonly all: (() => void | Promise<void>)[] = [];
  private reading: Promise<void> | null = null;
  private readAt = -Infinity;

  /** @param freshMs so old may be what is shown: whoever asks more often causes no more work */
  constructor(private readonly freshMs: number) {}

  add(read: () => void | Promise<void>): void {
    this.all.push(read);
  }

  /** Resolves once what is shown is fresh, as far as that can be had. Never rejects. */
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
