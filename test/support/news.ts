import type { EndedNews, ProgressNews, RunNews } from '../../api/run-news.js';

/** The lines that `--json-lines` printed. */
export class News {
  readonly all: readonly RunNews[];
  private readonly lines: readonly string[];

  constructor(stdout: string) {
    this.lines = stdout.split('\n').slice(0, -1);
    this.all = this.lines.map((line) => JSON.parse(line) as RunNews);
  }

  /** The kinds of the news, in their order, each once where several of one kind follow each other. */
  get order(): readonly string[] {
    const kinds = this.all.map(({ news }) => news);
    return kinds.filter((kind, at) => kind !== kinds[at - 1]);
  }

  /** The text of every row that was told, each with the end of a line, by the index of its image. */
  get rows(): string {
    const [head, tail] = ['{"news":"image","row":', '}'];
    const told = this.lines
      .filter((line) => line.startsWith(head))
      .map((line) => line.slice(head.length, -tail.length));
    const imageOf = (row: string) => (JSON.parse(row) as { image: number }).image;
    return told
      .sort((a, b) => imageOf(a) - imageOf(b))
      .map((row) => `${row}\n`)
      .join('');
  }

  get progress(): readonly ProgressNews[] {
    return this.all.filter((one) => one.news === 'progress');
  }

  get notes(): readonly string[] {
    return this.all.flatMap((one) => (one.news === 'note' ? [one.text] : []));
  }

  get ended(): EndedNews<Record<string, unknown>> {
    const last = this.all.at(-1);
    if (last?.news !== 'ended') throw new Error(`the last news is ${JSON.stringify(last)}`);
    return last as EndedNews<Record<string, unknown>>;
  }
}
