/** Bounds the number and the bytes of actions under way, first come first served. An action larger than the bound runs alone. */
export class ConcurrencyLimit {
  private count = 0;
  private bytes = 0;
  private readonly waiting: { bytes: number; begin: () => void }[] = [];

  constructor(
    private readonly most: number,
    private readonly mostBytes: number,
  ) {}

  /** Runs `action`, of so many bytes, as soon as the limit admits it; resolves or rejects as it does. */
  async run<T>(bytes: number, action: () => Promise<T>): Promise<T> {
    if (this.waiting.length > 0 || !this.fits(bytes)) {
      await new Promise<void>((begin) => this.waiting.push({ bytes, begin }));
    } else this.enter(bytes);
    try {
      return await action();
    } finally {
      this.count -= 1;
      this.bytes -= bytes;
      this.admit();
    }
  }

  private admit(): void {
    for (let [first] = this.waiting; first && this.fits(first.bytes); [first] = this.waiting) {
      this.waiting.shift();
      this.enter(first.bytes);
      first.begin();
    }
  }

  private enter(bytes: number): void {
    this.count += 1;
    this.bytes += bytes;
  }

  private fits(bytes: number): boolean {
    return this.count === 0 || (this.count < this.most && this.bytes + bytes <= this.mostBytes);
  }
}
