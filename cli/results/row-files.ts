import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { storageError } from '../../shared/files.js';
import type { Job } from '../../shared/job.js';
import type { CertificateRow } from '../../api/job-view.js';
import { tsvHeader } from '../../coordinator/results/tsv-lines.js';

const PIECE_CHARACTERS = 2 ** 16;

/**
 * Writes results.jsonl and results.tsv while the rows pass by. Both appear whole, once all rows have passed, or not at all:
 * whoever takes the rows must take them to their end. @throws SmoothcertError DISK_FULL or FOLDER_UNUSABLE
 */
export async function* writingRows(
  folder: string,
  job: Job,
  rows: AsyncIterable<CertificateRow>,
): AsyncGenerator<CertificateRow, void, undefined> {
  const jsonl = new LineFile(path.join(folder, 'results.jsonl'));
  const tsv = new LineFile(path.join(folder, 'results.tsv'));
  try {
    await Promise.all([jsonl.open(), tsv.open()]);
    await tsv.add(tsvHeader(job.claim));
    for await (const row of rows) {
      await jsonl.add(row.json);
      await tsv.add(row.tsv);
      yield row;
    }
    await Promise.all([jsonl.finish(), tsv.finish()]);
    await jsonl.publish();
    await tsv.publish();
  } finally {
    await Promise.all([jsonl.discard(), tsv.discard()]);
  }
}

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
    return this.storing(async () => void (this.handle = await open(this.temporary, 'w')));
  }

  async add(line: string): Promise<void> {
    this.gathered.push(line, '\n');
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
