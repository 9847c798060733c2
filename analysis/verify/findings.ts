/** Something that does not hold. */
export interface Finding {
  /** The file and the place in it: "results.jsonl, image 7". */
  readonly where: string;
  /** A sentence. It may hold text of the files: whoever prints it makes it fit for a terminal. */
  readonly what: string;
}

/** More are counted and not kept: a file that is wrong everywhere says so in its first ones. */
const MOST_KEPT = 1000;

/** The list of what does not hold, in the order in which it was found. */
export class Findings {
  readonly kept: Finding[] = [];
  total = 0;

  add(where: string, what: string): void {
    this.total += 1;
    if (this.kept.length < MOST_KEPT) this.kept.push({ where, what });
  }

  /** Adds a finding unless `holds`. */
  require(holds: boolean, where: string, what: string): void {
    if (!holds) this.add(where, what);
  }
}
