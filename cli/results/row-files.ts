import { rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { openFresh, storageError } from '../../shared/files.js';
import type { Job } from '../../shared/job.js';
import type { CertificateRow } from '../../api/job-view.js';
import type { ResultRow } from '../../coordinator/results/result-rows.js';
import { tsvHeader } from '../../coordinator/results/tsv-lines.js';
import { CSV_FILE, csvHeader, csvLine } from './csv-lines.js';

const PIECE_CHARACTERS = 2 ** 16;

/**
 * Writes results.jsonl, results.tsv and results.csv while the rows pass by. All appear whole, once all rows have passed, or not at all:
 * whoever takes the rows must take them to their end. @throws SmoothcertError DISK_FULL or FOLDER_UNUSABLE
 */
export async function* writingRows(
  folder: string,
  job: Job,
  rows: AsyncIterable<CertificateRow>,
): AsyncGenerator<CertificateRow, void, undefined> {
  const files = ['results.jsonl', 'results.tsv', CSV_FILE].map(
    (name) => new LineFile(path.join(folder, name)),
  );
  const [jsonl, tsv, csv] = files as [LineFile, LineFile, LineFile];
  const all = (step: (file: LineFile) => Promise<void>) => Promise.all(files.map(step));
  const header = tsvHeader(job.claim);
  let rowsPassed = 0;
  try {
    await all((file) => file.open());
    await csv.add(csvHeader(job.claim));
    for await (const row of rows) {
      // First, because whoever takes it looks at what it says.
      yield row;
      if (rowsPassed === 0) await tsv.add(`${headerOf(row, job.claim)}\n`);
      rowsPassed += 1;
      await jsonl.add(`${row.json}\n`);
      await tsv.add(`${row.tsv}\n`);
      await csv.add(csvLine(JSON.parse(row.json) as ResultRow, secondsOf(row, header)));
    }
    if (rowsPassed === 0) await tsv.add(`${header}\n`);
    await all((file) => file.finish());
    for (const file of files) await file.publish();
  } finally {
    await all((file) => file.discard());
  }
}

/** Returns the header of rows: with columns for names if they have more cells than those of a job without. */
export function headerOf({ tsv }: CertificateRow, claim: Job['claim']): string {
  const plain = tsvHeader(claim);
  return tsvHeader(claim, tsv.split('\t').length > plain.split('\t').length);
}

/** Returns the seconds of a row, as results.tsv has them. @param header without columns for names */
export const secondsOf = ({ tsv }: CertificateRow, header: string): string =>
  tsv.split('\t')[header.split('\t').indexOf('time')] ?? '';

/** A file of lines under a temporary name until it is published. */
class LineFile {
  private handle: FileHandle | null = null;
  private gathered: string[] = [];
  private characters = 0;

  constructor(private readonly file: string) {}

  private get temporary(): string {
    return `${this.file}.tmp`;
  }

  open(): Promise<void> {
    return this.storing(async () => void (this.handle = await openFresh(this.temporary)));
  }

  async add(line: string): Promise<void> {
    this.gathered.push(line);
    this.characters += line.length;
    if (this.characters >= PIECE_CHARACTERS) await this.flush();
  }

  async finish(): Promise<void> {
    await this.flush();
    await this.storing(() => this.handle!.sync());
    await this.close();
  }

  publish(): Promise<void> {
    return this.storing(() => rename(this.temporary, this.file));
  }

  /** Removes what was not published. */
  async discard(): Promise<void> {
    await this.close();
    await rm(this.temporary, { force: true }).catch(() => undefined);
  }

  private async flush(): Promise<void> {
    const text = this.gathered.join('');
    this.gathered = [];
    this.characters = 0;
    await this.storing(() => this.handle!.appendFile(text));
  }

  private async close(): Promise<void> {
    await this.handle?.close();
    this.handle = null;
  }

  private async storing(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      throw storageError(error, this.file);
    }
  }
}
