import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { FIELDS } from '../../adapters/telemetry/logs/lines.js';
import { EVENTS } from '../../shared/telemetry/events.js';
import { FLOORS } from '../../eslint.config.mjs';
import { ROOT } from '../harness/command.js';

const text = readFileSync(path.join(ROOT, 'docs/logs.md'), 'utf8');
/** The rows of the table under a heading, cell by cell. */
const rowsUnder = (heading: string): string[][] =>
  text
    .split(`## ${heading}\n`)[1]!
    .split('\n## ')[0]!
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));

const sources = Object.keys(FLOORS)
  .flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(
      (file) => `${folder}/${file}`,
    ),
  )
  .filter((file) => /(?<!\.test|\.d)\.ts$/.test(file) && file !== 'shared/telemetry/events.ts')
  .map((file) => readFileSync(path.join(ROOT, file), 'utf8'))
  .join('\n');

describe('docs/logs.md', () => {
  it('has every event of the code, and no other, with its level and meaning', () => {
    const expected = Object.entries(EVENTS).map(([event, { level, meaning }]) => [
      `\`${event}\``,
      level,
      meaning,
    ]);
    expect(rowsUnder('Events')).toEqual(expected);
  });

  it('has every field, in the order in which they are written', () => {
    const named = rowsUnder('Fields').map(([field]) => field);
    expect(named).toEqual(
      ['time', 'level', 'event', 'message', ...FIELDS, 'stack'].map((field) => `\`${field}\``),
    );
  });

  it.each(Object.keys(EVENTS))('tells of %s, which something says', (event) => {
    expect(sources).toContain(`'${event}'`);
  });
});
