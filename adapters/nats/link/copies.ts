/** Copies that a cluster keeps of a stream where nobody asks for another number: with three, one server may be lost. */
const USUAL = 3;
/** Streams of which is said that they have fewer copies, each once. */
const MOST_TOLD = 8;

/** The number of copies that are asked for of each stream that is made. */
export class Copies {
  readonly wanted: number;
  /** True if fewer will do, because nobody has asked for this number. */
  readonly mayBeFewer: boolean;
  private readonly told = new Set<string>();

  /** @param asked by the operator, 1 to 5; undefined: as many as the cluster bears @param clustered true if the server is one of several */
  constructor(asked: number | undefined, clustered: boolean) {
    this.wanted = asked ?? (clustered ? USUAL : 1);
    this.mayBeFewer = asked === undefined && clustered;
  }

  /** Returns what an operator should know of a stream that has fewer copies than are wanted; null if that was said, or need not be. */
  noteOf(stream: string, copies: number): string | null {
    const isFew = this.mayBeFewer && copies < this.wanted;
    if (!isFew || this.told.has(stream) || this.told.size >= MOST_TOLD) return null;
    this.told.add(stream);
    const has = copies === 1 ? 'one copy' : `${copies} copies`;
    return `NATS keeps ${has} of the stream ${stream}, and its cluster could keep ${this.wanted}: nats stream edit ${stream} --replicas ${this.wanted}`;
  }
}
