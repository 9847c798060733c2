import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { reportOnFolder } from '../../cli/verify/folder-report.js';
import type { Report } from '../../cli/verify/report.js';
import { SmoothcertError } from '../../shared/errors.js';
import { runCommand } from '../harness/command.js';
import { digitsJob } from '../harness/digits-job.js';
import type { Flags } from '../harness/results.js';

/** A job on the bundled digits of a moment, into `out`, by the command itself. */
export async function makeFolder(out: string, flags: Flags, verb = 'certify'): Promise<void> {
  const [, ...args] = digitsJob(out, { bound: undefined, 'min-gain': undefined, ...flags });
  const { code, stderr } = await runCommand([verb, ...args]);
  if (code !== 0) throw new Error(stderr);
}

/** Verifies a folder as the command does, in this process. */
export const reportOf = (folder: string): Promise<Report> =>
  reportOnFolder(
    {
      path: folder,
      redraw: null,
      table: { sigma: null, samples: null, alpha: null },
      json: false,
      quiet: true,
    },
    new AbortController().signal,
  );

/** A copy of a folder of which files are altered, one at a time. */
export class AlteredFolder {
  private constructor(
    readonly path: string,
    private readonly original: string,
  ) {}

  static async of(original: string, into: string): Promise<AlteredFolder> {
    await mkdir(into, { recursive: true });
    await cp(original, into, { recursive: true });
    return new AlteredFolder(into, original);
  }

  files(): Promise<string[]> {
    return readdir(this.original);
  }

  bytes(file: string): Promise<Buffer> {
    return readFile(path.join(this.original, file));
  }

  /** Verifies the folder with another content of one file, and puts the file back. */
  async reportWith(file: string, content: Buffer | string): Promise<Report> {
    const target = path.join(this.path, file);
    await writeFile(target, content);
    try {
      return await reportOf(this.path);
    } catch (error) {
      // A field that has another name now: this version does not know it, and says so.
      if (!(error instanceof SmoothcertError && error.code === 'PROTOCOL_MISMATCH')) throw error;
      const findings = [{ where: file, what: error.message }];
      return { path: target, findings, found: 1, checked: [], remarks: [], notChecked: [], figures: {} };
    } finally {
      await writeFile(target, await this.bytes(file));
    }
  }

  /** Verifies the folder with a text replaced in one file. @throws if it is not there exactly once, or is what it is replaced by */
  async reportReplacing(file: string, text: string | RegExp, by: string): Promise<Report> {
    const before = (await this.bytes(file)).toString();
    const after = before.replace(text, by);
    if (after === before) throw new Error(`${String(text)} is not in ${file}`);
    return this.reportWith(file, after);
  }
}
