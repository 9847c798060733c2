import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { BORDERS, COORDINATOR_ROOMS, FLOORS, LIBRARIES } from '../eslint.config.mjs';
import { loadProto } from '../scripts/proto-fields.mjs';
import type { LedgerRecord } from '../shared/wire/record.js';
import { Redraws } from '../coordinator/core/redraws.js';
import { JOB, lives } from './support/coordinator-life.js';
import { ROOT } from './harness/command.js';

/** docs/architecture.md says of folders, borders, the ledger and names of tasks what the code says. */

const text = readFileSync(path.join(ROOT, 'docs/architecture.md'), 'utf8');

/** The rows, cell by cell, of the table whose first column has this heading; there is exactly one. */
function tableOf(...headings: readonly string[]): string[][] {
  const found = text.split(/\n\n+/).filter((block) => {
    const first = cellsOf(block.split('\n')[0]!);
    return block.startsWith('|') && headings.every((heading, at) => first[at] === heading);
  });
  expect(found).toHaveLength(1);
  return found[0]!.trim().split('\n').slice(2).map(cellsOf);
}
const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** Returns the names between backticks, folders without their last slash. */
const namesIn = (cell: string): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!.replace(/\/$/, ''));

/** Every folder that holds code, or folders with code, below a floor; the floor itself too. */
function foldersOf(folder: string): string[] {
  const entries = readdirSync(path.join(ROOT, folder), { withFileTypes: true });
  const inner = entries.filter((entry) => entry.isDirectory()).map(({ name }) => `${folder}/${name}`);
  return [folder, ...inner.flatMap(foldersOf)];
}

describe('the folders', () => {
  const named = tableOf('folder', 'what it knows').map(([folder]) => namesIn(folder!)[0]!);

  it('are named, every one and no other, once', () => {
    expect([...named].sort()).toEqual(Object.keys(FLOORS).flatMap(foldersOf).sort());
  });

  it('follow the one that they are in', () => {
    named.forEach((folder, at) => {
      if (!folder.includes('/')) return;
      const above = named.lastIndexOf(path.dirname(folder), at);
      const between = named.slice(above + 1, at);
      expect([folder, between.filter((one) => !one.startsWith(`${path.dirname(folder)}/`))]).toEqual([
        folder,
        [],
      ]);
    });
  });

  it.each(['deploy/docker/Dockerfile.cpu', 'deploy/docker/Dockerfile.cuda', '.dockerignore'])(
    'are all in the build of an image: %s',
    (file) => {
      const lines = readFileSync(path.join(ROOT, file), 'utf8').split('\n');
      const line = (floor: string) => (file.startsWith('.') ? `!${floor}` : `COPY ${floor} ./${floor}`);
      expect(Object.keys(FLOORS).filter((floor) => !lines.includes(line(floor)))).toEqual([]);
    },
  );

  it('beside the code exist', () => {
    const [, line] = /^Beside the code: ([\s\S]*?)\n\n/m.exec(text)!;
    const folders = namesIn(line!);
    expect(folders.length).toBeGreaterThan(5);
    expect(folders.filter((folder) => !existsSync(path.join(ROOT, folder)))).toEqual([]);
  });
});

describe('the borders', () => {
  it('are those of the linter, floor by floor', () => {
    const rows = tableOf('folder', 'may import').map(([floor, allowed]) => {
      if (allowed !== 'nothing of ours') expect(namesIn(allowed!)).not.toEqual([]);
      return [namesIn(floor!)[0]!, namesIn(allowed!).sort()];
    });
    const floors = Object.entries(FLOORS).map(([floor, allowed]) => [floor, [...allowed].sort()]);
    expect(rows.sort()).toEqual(floors.sort());
  });

  /** Names that a border may close although its floor may import them, and the rooms that they stand for. */
  const CLOSED = {
    'node:': 'node:fs',
    ...closable('shared/ports', 'shared/telemetry', 'shared/wire', 'statistics', 'coordinator'),
  };
  function closable(...folders: string[]) {
    return Object.fromEntries(folders.map((folder) => [folder, `../../${folder}/any.js`]));
  }
  const closedTo = ({ closed = [] }: (typeof BORDERS)[number]): string[] =>
    Object.entries(CLOSED)
      .filter(([, specifier]) => closed.some(({ regex }) => new RegExp(regex).test(specifier)))
      .map(([name]) => name);

  it('of some folders are wider or narrower, as the linter has them', () => {
    const rows = tableOf('folder', 'also', 'never').flatMap(([cell, also, never]) => {
      const files = cell!.includes('*.test.ts') ? '*.test.ts' : '*.ts';
      const folders = namesIn(cell!).filter((name) => name !== '*.test.ts');
      return folders.map((folder) => ({
        folder,
        files,
        open: namesIn(also!),
        closed: namesIn(never!).sort(),
      }));
    });
    // Those of the rooms of the coordinator have a test of their own.
    const closedOf = ({ closed = [] }: (typeof BORDERS)[number]) =>
      closed.filter(({ regex }) => !regex.startsWith(String.raw`^\.\./(`));
    const borders = BORDERS.filter((one) => (one.open ?? []).length + closedOf(one).length > 0);
    const expected = borders.map((border) => ({
      folder: border.folder,
      files: border.files ?? '*.ts',
      open: border.open ?? [],
      closed: closedTo(border).sort(),
    }));
    const byName = (a: { folder: string; files: string }, b: typeof a) =>
      `${a.folder} ${a.files}`.localeCompare(`${b.folder} ${b.files}`);
    expect(rows.sort(byName)).toEqual(expected.sort(byName));
    expect(borders.filter((one) => closedOf(one).length > 0).map(closedTo)).not.toContainEqual([]);
  });

  it('within coordinator/ are those of the linter', () => {
    const [, order] = /^Within `coordinator\/` [\s\S]*?From below: ([\s\S]*?)\n\n/m.exec(text)!;
    expect(namesIn(order!)).toEqual(COORDINATOR_ROOMS.flatMap((room) => room.match(/\w+/g)!));
    expect(namesIn(order!).sort()).toEqual(
      foldersOf('coordinator')
        .slice(1)
        // A room within a room goes the way of that.
        .filter((folder) => folder.split('/').length === 2)
        .map((folder) => path.basename(folder))
        .sort(),
    );
  });

  it('of libraries are those of the linter', () => {
    const seenIn = (library: string) =>
      BORDERS.filter(({ libraries = [] }) => libraries.includes(library)).map(({ folder }) => folder);
    const outermost = (folders: string[]) =>
      folders.filter((folder) => !folders.some((outer) => folder.startsWith(`${outer}/`))).sort();
    const rows = tableOf('library', 'seen in');
    const unnamed = Object.entries(LIBRARIES).filter(([library, { regex }]) => {
      const row = rows.find(([names]) => namesIn(names!).some((name) => new RegExp(regex).test(name)));
      if (row) expect([library, namesIn(row[1]!).sort()]).toEqual([library, outermost(seenIn(library))]);
      return row === undefined;
    });
    expect(unnamed).toEqual([]);
  });
});

describe('the ledger', () => {
  it('has the fields of proto/smoothcert/v1/ledger.proto', () => {
    const record = loadProto(ROOT).lookupType('smoothcert.v1.LedgerRecord');
    const rows = tableOf('field', 'name', 'content');
    expect(rows.map(([number, name]) => [Number(number), namesIn(name!)[0]])).toEqual(
      record.fieldsArray.map(({ id, name }) => [id, name]),
    );
    for (const field of record.fieldsArray) {
      const [, , content] = rows.find(([number]) => Number(number) === field.id)!;
      expect([field.name, /\brepeated\b/.test(content!)]).toEqual([field.name, field.repeated]);
      const type = field.resolvedType;
      if (type instanceof protobuf.Type && content!.startsWith('repeated: '))
        expect(namesIn(content!)).toEqual(expect.arrayContaining(Object.keys(type.fields)));
    }
  });
});

describe('names of tasks and of records', () => {
  const forms = tableOf('name', 'of').map(([form]) => namesIn(form!)[0]!);
  const { live } = lives();
  const PREFIX = 'a1b2c3d4e5f6';
  const REDRAW = 'PREFIX.rNUMBER';
  const formOf = (name: string): string => name.replace(PREFIX, 'PREFIX').replace(/(?<=\.r?)\d+/, 'NUMBER');
  const formsIn = (records: readonly LedgerRecord[]) => [...new Set(records.map(({ task }) => formOf(task)))];

  it('are those that a coordinator gives, also where a shard is never answered', async () => {
    const run = await live(JOB, PREFIX, {
      slots: 1,
      onTask: ({ task }) => {
        if (!task.shards.some(({ image }) => image === 3)) return true;
        run.coordinator.taskExhausted(task);
        return false;
      },
    });
    await run.all;
    await run.end();
    expect(formsIn(run.records).sort()).toEqual(
      forms.filter((form) => form !== 'cancel' && form !== REDRAW).sort(),
    );
  });

  it('are those that it gives where shards are drawn a second time', () => {
    const redraws = new Redraws({ share: 1, draw: () => 0, taskPrefix: PREFIX });
    const shard = { image: 0, begin: 0, end: 64 };
    redraws.counted('a', [{ shard, micros: 1, counts: { classes: [0], votes: [64], invalid: 0 } }]);
    expect(redraws.next(['b'], 0).map(({ name }) => formOf(name))).toEqual([REDRAW]);
    expect(forms).toContain(REDRAW);
  });

  it('are those that it gives where the job is cancelled', async () => {
    const run = await live(JOB, PREFIX, { onTask: () => false });
    run.coordinator.cancel();
    await run.all;
    await run.end();
    expect(formsIn(run.records)).toEqual(['cancel']);
    expect(forms).toContain('cancel');
  });
});
