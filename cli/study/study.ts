import { mkdir } from 'node:fs/promises';
import type { Drawing } from '../../analysis/study/drawing.js';
import { studyOf } from '../../analysis/study/study.js';
import { oneLine } from '../../shared/safe-text.js';
import { storageError } from '../../shared/files.js';
import { certify } from '../certify/certify.js';
import { TerminalTeller } from '../certify/terminal-teller.js';
import { EXIT } from '../command/exit.js';
import { readDrawing } from './read-drawing.js';
import { requireComparable, withDistinctNames } from './comparable.js';
import type { StudyConfig } from './study-flags.js';
import { studyText } from './study-text.js';
import { writeStudy } from './write-study.js';

/**
 * `smoothcert study`: draws what is not drawn yet, studies the votes, writes tables, figures and study.json, and prints the tables. Resolves with
 * the exit code. @throws SmoothcertError; what was drawn is kept, and the same command goes on from there
 */
export async function study(config: StudyConfig, interrupt: AbortSignal): Promise<number> {
  const say = (line: string) => config.quiet || config.json || process.stderr.write(`${oneLine(line)}\n`);
  let failed = false;
  for (const job of config.jobs) {
    say(`Drawing σ = ${job.sigma} into ${job.out}.`);
    const code = await certify(job, interrupt, new TerminalTeller(job, false));
    if (code === EXIT.interrupted) {
      say(`Interrupted. Run the same command again to resume; what is drawn is in ${config.out}.`);
      return code;
    }
    if (code === EXIT.failedImages) failed = true;
  }
  const folders = config.from ?? config.jobs.map(({ out }) => out);
  const read: Drawing[] = [];
  for (const folder of folders) read.push(await readDrawing(folder));
  const drawings = withDistinctNames(read, folders);
  requireComparable(drawings, folders);
  const result = studyOf(drawings, (name) => say(`Studying the votes of ${name}.`));
  await mkdir(config.out, { recursive: true }).catch((error: unknown) => {
    throw storageError(error, config.out);
  });
  const files = await writeStudy(config.out, result);
  if (config.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else if (!config.quiet) process.stdout.write(studyText(result, config.out, files));
  return failed ? EXIT.failedImages : EXIT.done;
}
