/** Lets only so many things be under way at a time, and only so much of them, first come first served; one that is larger than all goes alone. */
export class Room {
  private count = 0;
  private bytes = 0;
  private readonly waiting: { bytes: number; begin: () => void }[] = [];

  constructor(
    private readonly most: number,
    private readonly mostBytes: number,
  ) {}

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
