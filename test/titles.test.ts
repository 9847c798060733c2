import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { FLOORS } from '../eslint.config.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = [...Object.keys(FLOORS), 'test'];

/** Paths of all files in the project's folders, from its root. */
const files = SOURCES.flatMap((folder) =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
    path.posix.join(folder, name),
  ),
);
const testFiles = files.filter((name) => name.endsWith('.test.ts'));
/** Those that may declare tests: suites of the test kit, too. */
const suites = files.filter((name) => name.endsWith('.test.ts') || /^test\/.*\.ts$/.test(name));

/** Returns the function that is called in the end: `it` of `it.each(table)('title', …)`. */
function nameOf(callee: ts.Expression): string | null {
  if (ts.isIdentifier(callee)) return callee.text;
  if (ts.isPropertyAccessExpression(callee) || ts.isCallExpression(callee)) return nameOf(callee.expression);
  return ts.isTaggedTemplateExpression(callee) ? nameOf(callee.tag) : null;
}

/** Lists the tests that a source file declares, each by the titles around it and its own. */
function titlesIn(source: ts.SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node, around: readonly string[]): void => {
    const [title] = ts.isCallExpression(node) ? node.arguments : [];
    const called = ts.isCallExpression(node) ? nameOf(node.expression) : null;
    const isTitled = title !== undefined && ts.isStringLiteralLike(title);
    if (isTitled && (called === 'it' || called === 'test')) found.push([...around, title.text].join(' > '));
    // Suites that are functions may be called within different ones, and say each title once.
    const inner =
      isTitled && called === 'describe'
        ? [...around, title.text]
        : ts.isFunctionDeclaration(node)
          ? [...around, node.name?.text ?? '']
          : around;
    ts.forEachChild(node, (child) => visit(child, inner));
  };
  visit(source, []);
  return found;
}

function parse(text: string): ts.SourceFile {
  return ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest, true);
}

/** Returns the values that occur more than once. */
function repeated(values: readonly string[]): string[] {
  return values.filter((value, at) => values.indexOf(value) !== at);
}

describe('the tests', () => {
  it('have titles that differ within a file', () => {
    const perFile = suites.map((file) => ({
      file,
      titles: titlesIn(parse(readFileSync(path.join(ROOT, file), 'utf8'))),
    }));
    expect(perFile.flatMap(({ titles }) => titles).length).toBeGreaterThan(1000);
    const twice = perFile.map(({ file, titles }) => ({ file, twice: repeated(titles) }));
    expect(twice.filter(({ twice: found }) => found.length > 0)).toEqual([]);
  });

  it('would be found if two had one title', () => {
    const text = "describe('a', () => { it('b', f); it.each([1])('b', f); it('c', f); }); it('b', f);";
    expect(titlesIn(parse(text))).toEqual(['a > b', 'a > b', 'a > c', 'b']);
    expect(repeated(titlesIn(parse(text)))).toEqual(['a > b']);
  });

  it('belong to one project of vitest each', () => {
    const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
    const listed = execFileSync(process.execPath, [vitest, 'list', '--filesOnly', '--json'], {
      cwd: ROOT,
      encoding: 'utf8',
      maxBuffer: 2 ** 24,
    });
    const found = (JSON.parse(listed) as { file: string }[]).map(({ file }) =>
      path.relative(ROOT, file).split(path.sep).join('/'),
    );
    expect(found.sort()).toEqual([...testFiles].sort());
  });
});
