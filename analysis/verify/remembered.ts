/** Answers that are kept by their questions, at most so many: beyond that all are forgotten. */
export class Remembered<Key, Answer> {
  private readonly answers = new Map<Key, Answer>();

  constructor(private readonly most: number) {}

  /** Returns the answer to a question; `make` is called where it is not known. */
  of(key: Key, make: () => Answer): Answer {
    const known = this.answers.get(key);
    if (known !== undefined) return known;
    const answer = make();
    if (this.answers.size >= this.most) this.answers.clear();
    this.answers.set(key, answer);
    return answer;
  }
}
