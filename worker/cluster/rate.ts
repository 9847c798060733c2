const WINDOW_MS = 30_000;

/** Measures how many samples a second were drawn in the last 30 seconds. */
export class Rate {
  private readonly added: { readonly at: number; readonly samples: number }[] = [];

  constructor(private readonly now: () => number) {}

  add(samples: number): void {
    this.added.push({ at: this.now(), samples });
    this.forget();
  }

  get perSecond(): number {
    this.forget();
    return this.added.reduce((sum, { samples }) => sum + samples, 0) / (WINDOW_MS / 1000);
  }

  private forget(): void {
    const oldest = this.now() - WINDOW_MS;
    while (this.added.length > 0 && this.added[0]!.at < oldest) this.added.shift();
  }
}
