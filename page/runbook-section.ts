/** A part of docs/runbook.md: a heading and what is below it, as HTML that the build made of this project's own text. */
export interface RunbookSection {
  readonly anchor: string;
  readonly title: string;
  /** 2 or 3, as its heading in the document. */
  readonly level: number;
  /** The event, in a sentence; empty: the title says it. */
  readonly summary: string;
  /** Empty of a heading that only holds others together. */
  readonly html: string;
}
