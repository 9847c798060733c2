import { beforeAll, describe, expect, it } from 'vitest';
import type { Flags } from '../harness/results.js';
import { seededRandom } from '../harness/processes.js';
import { folderOfAllTests } from '../support/temporary-folder.js';
import { AlteredFolder, makeFolder, reportOf } from './altered-folder.js';

/** Real folders, of each of which one byte at a time is another one: every change is found, but for the texts that nobody can check. */

const FOLDERS: Readonly<Record<string, { readonly flags: Flags; readonly verb?: string }>> = {
  gain: { flags: {} },
  'gain with anytime': { flags: { bound: 'anytime', 'max-samples': 3000 } },
  'the runner-up': { flags: { 'runner-up': true, 'max-samples': 3000 } },
  target: { flags: { stop: 'target', radii: '0.1,0.25' } },
  'two-stage': { flags: { stop: 'two-stage', 'max-samples': 3000, 'topk-rows': true } },
  fixed: { flags: { stop: 'fixed', 'max-samples': 500, 'topk-rows': true } },
  'fixed with the runner-up': { flags: { stop: 'fixed', 'max-samples': 500, 'runner-up': true } },
  clt: { flags: { stop: 'fixed', bound: 'clt', 'max-samples': 500 } },
  budget: { flags: { stop: 'budget', 'total-samples': 3000, 'max-samples': 3000 } },
  laplace: { flags: { noise: 'laplace', 'max-samples': 1000, simultaneous: true } },
  predict: { flags: { 'max-samples': 1000 }, verb: 'predict' },
};
const CHANGES_A_FILE = 40;
const folder = folderOfAllTests();

/** Returns the positions of bytes that nobody can check: texts of job.json about the run. docs/verify.md lists them. */
function uncheckable(file: string, bytes: Buffer): (at: number) => boolean {
  // A page for people, made of the others, which verify does not read.
  if (file === 'report.html') return () => true;
  if (file !== 'job.json') return () => false;
  const text = bytes.toString('latin1');
  const spans = ['smoothcert', 'node', 'model', 'data'].map((field) => {
    const from = text.indexOf(`  "${field}": "`) + `  "${field}": "`.length;
    return { from, to: text.indexOf('"', from) };
  });
  const ofInput = text.indexOf('    "data": "') + '    "data": "'.length;
  spans.push({ from: ofInput, to: text.indexOf('"', ofInput) });
  return (at) => spans.some(({ from, to }) => at >= from && at < to);
}

/** Returns a byte that a person might write instead: another digit for a digit, else the next character. */
function otherByte(byte: number, random: () => number): number {
  const isDigit = byte >= 0x30 && byte <= 0x39;
  return isDigit ? 0x30 + ((byte - 0x30 + 1 + Math.floor(9 * random())) % 10) : byte ^ 1;
}

describe.each(Object.entries(FOLDERS))('a folder of %s', (name, { flags, verb }) => {
  const original = () => folder.file(name);
  beforeAll(() => makeFolder(original(), flags, verb));

  it('holds as it was written', async () => {
    const { findings, checked } = await reportOf(original());
    expect(findings).toEqual([]);
    expect(Object.fromEntries(checked)).toHaveProperty('replay');
  });

  it('does not hold with any byte changed', async () => {
    const altered = await AlteredFolder.of(original(), folder.file(`${name}, altered`));
    const below = seededRandom(7);
    const random = () => below(1_000_000) / 1_000_000;
    for (const file of await altered.files()) {
      const bytes = await altered.bytes(file);
      const skipped = uncheckable(file, bytes);
      const step = bytes.length / CHANGES_A_FILE;
      for (let change = 0; change < Math.min(CHANGES_A_FILE, bytes.length); change++) {
        const at = Math.min(bytes.length - 1, Math.floor((change + random()) * Math.max(1, step)));
        if (skipped(at)) continue;
        const content = Buffer.from(bytes);
        content[at] = otherByte(bytes[at]!, random);
        const { found } = await altered.reportWith(file, content);
        expect({ file, at, found: found > 0 }).toEqual({ file, at, found: true });
      }
    }
  });
});
