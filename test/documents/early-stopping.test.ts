import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../harness/command.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** docs/figures/early-stopping.svg shows what the planner expects. */

const folder = folderOfAllTests();

describe('docs/figures/early-stopping.svg', () => {
  it('is what scripts/early-stopping.mjs draws', () => {
    const file = folder.file('early-stopping.svg');
    execFileSync(process.execPath, ['scripts/early-stopping.mjs', file], { cwd: ROOT });
    expect(readFileSync(`${ROOT}docs/figures/early-stopping.svg`, 'utf8')).toBe(readFileSync(file, 'utf8'));
  });
});
