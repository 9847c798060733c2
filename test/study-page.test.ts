import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

import type { Study } from '../analysis/study/study.js';
import { ROOT } from './harness/command.js';
import { folderOfAllTests } from './support/temporary-folder.js';

/** docs/study.md says what the studies beside it say. */

const folder = folderOfAllTests();
const read = (file: string) => readFile(`${ROOT}docs/${file}`, 'utf8');

describe('docs/study.md', () => {
  it('and its figures are what scripts/study-page.mjs makes of the studies', async () => {
    const page = folder.file('study.md');
    const command = ['scripts/study-page.mjs', page, folder.path];
    await promisify(execFile)(process.execPath, command, { cwd: ROOT });
    expect(await read('study.md')).toBe(await readFile(page, 'utf8'));
    const figures = (await readdir(folder.path)).filter((name) => name.endsWith('.svg')).sort();
    const kept = (await readdir(`${ROOT}docs/study`)).filter((name) => name.endsWith('.svg')).sort();
    expect(kept).toEqual(figures);
    for (const name of kept)
      expect(await read(`study/${name}`)).toBe(await readFile(folder.file(name), 'utf8'));
  });

  it.each(['digits', 'tumours'])(
    'has the measured radii of the study of the %s, digit by digit',
    async (name) => {
      const study = JSON.parse(await read(`study/${name}.json`)) as Study;
      const rows = (await read('study.md')).split('\n').filter((line) => line.startsWith('|'));
      const drawing = study.drawings[1]!;
      for (const n of [100, 1_000, 100_000]) {
        const { measured } = drawing.rows.find((row) => row.n === n)!;
        const cells = rows.map((line) => line.split('|').map((cell) => cell.trim()));
        const found = cells.filter(
          ([, samples, , acr]) => samples === n.toLocaleString('en-US') && acr === measured.acr.toFixed(4),
        );
        expect(found).toHaveLength(1);
      }
      for (const { found, verdict } of study.checks)
        expect(rows.some((line) => line.includes(found) && line.includes(`| ${verdict} `))).toBe(true);
    },
  );
});
