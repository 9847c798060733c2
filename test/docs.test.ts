import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { certifyConfig } from '../cli/certify/certify-flags.js';
import { CERTIFY } from '../cli/certify/certify-verb.js';
import { program } from '../cli/program.js';
import { valuesFrom } from './support/verb-values.js';
import { ERROR_CATALOGUE } from '../shared/errors.js';
import { BOUND_NAMES, type BoundName, type RuleName } from '../shared/job.js';
import { RULE_NAMES } from '../shared/job-spec.js';
import { BOUNDS, pairReason } from '../statistics/bounds/bounds.js';
import { ROOT, runCommand } from './harness/command.js';
import { MODELS, certifyArgs } from './harness/results.js';
import { TemporaryFolder } from './support/temporary-folder.js';

/** The documents agree with the code that they speak of. */

/** Every file of the project, by its path from the root; what is installed, built or written by a run is left out. */
function filesBelow(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (/^(node_modules|\.git|dist|site\/dist|coverage|certificates|cluster|\.tools)$/.test(name)) return [];
    return entry.isDirectory() ? filesBelow(name) : [name];
  });
}
const FILES = filesBelow('');

const DOCUMENTS = FILES.filter((file) => /^(docs\/)?[\w-]+\.md$/.test(file));
/** With those that stand beside what they are about. */
const ALL_DOCUMENTS = FILES.filter((file) => file.endsWith('.md'));
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const prose = DOCUMENTS.map(read).join('\n');

/** Contents of the code blocks between ``` lines. */
const blocksOf = (text: string) => [...text.matchAll(/^```.*\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);

/** The `smoothcert certify …` lines of the code blocks, as arguments. */
const commandsOf = (text: string) =>
  blocksOf(text)
    .flatMap((block) => block.replaceAll(/ *\\\n\s*/g, ' ').split('\n'))
    .filter((line) => line.startsWith('smoothcert certify '))
    .map((line) => line.split(/\s+/).slice(2));

/** Parses as the command does and checks every value; nothing runs. */
const configOf = (args: readonly string[]) => certifyConfig(valuesFrom(CERTIFY, args));

const FLAGS = [
  ...new Set(
    program(() => undefined).commands.flatMap((command) =>
      command
        .createHelp()
        .visibleOptions(command)
        .map(({ long }) => long!),
    ),
  ),
];

/** Where the codes begin that only the Python package has. */
const OF_PYTHON = '## Of the Python package';
const [ERRORS = '', PYTHON_ERRORS = ''] = read('docs/errors.md').split(OF_PYTHON);

describe('docs/errors.md', () => {
  it('has one section a code, in the order of the catalogue, with exit code and retryability', () => {
    const sections = ERRORS.split(/^### /m)
      .slice(1)
      .map((section) => {
        const match = /^(\w+)\n\nExit code (\d)\. (Retryable|Not retryable)\.\n\n\S/.exec(section);
        return [match?.[1], { exit: Number(match?.[2]), retryable: match?.[3] === 'Retryable' }];
      });
    expect(sections).toEqual(Object.entries(ERROR_CATALOGUE));
  });

  it('says of every code what to do', () => {
    const remedies = ERRORS.match(/^_What to do:_ \S/gm);
    expect(remedies).toHaveLength(Object.keys(ERROR_CATALOGUE).length);
  });

  it('has one section for each code that the Python package alone raises', () => {
    const sources = FILES.filter((file) => /^clients\/python\/smoothcert\/.*\.py$/.test(file)).map(read);
    const raised = sources.flatMap((text) =>
      [...text.matchAll(/SmoothcertError\(\s*"([A-Z_]+)"/g)].map(([, code]) => code!),
    );
    const own = new Set(raised.filter((code) => !(code in ERROR_CATALOGUE)));
    const sections = [...PYTHON_ERRORS.matchAll(/^### (\w+)\n\n\S/gm)].map(([, code]) => code!);
    expect(sections).toEqual([...own].sort());
    expect(PYTHON_ERRORS.match(/^_What to do:_ \S/gm)).toHaveLength(own.size);
  });
});

/** Programs that the documents tell a reader to run beside ours; their flags are theirs. */
const OTHERS =
  /^(\w+=\S+ )*(sudo )?(apt-get|curl|docker|git|helm|kubectl|kustomize|nats|nats-server|node(?! dist)|npm|npx|openssl|prometheus|promtool|python3|systemctl)\b/;

/** The text without commands of other programs, in blocks and in inline code, with their continued lines. */
const withoutOthers = (text: string) =>
  text
    .replaceAll(/ *\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => !OTHERS.test(line.trim()))
    .join('\n')
    .replaceAll(/`([^`\n]+)`/g, (whole, code: string) => (OTHERS.test(code) ? '' : whole));

describe('flags', () => {
  it.each(FLAGS)('%s of --help is in the documents', (flag) => {
    expect(prose).toMatch(new RegExp(`${flag}(?![a-z0-9-])`));
  });

  it('the documents name no flag that does not exist', () => {
    const named = new Set(withoutOthers(prose).match(/(?<![\w-])--[a-z][a-z0-9-]*/g));
    expect([...named].filter((flag) => !FLAGS.includes(flag))).toEqual([]);
    expect(named.size).toBe(FLAGS.length);
  });
});

describe('paths', () => {
  const ROOTS =
    /^(adapters|api|bench|cli|coordinator|deploy|docs|examples|input|proto|scripts|shared|site|statistics|test|worker)\//;
  /** `*` and `<name>` stand for anything in one name, `{a,b}` for either. */
  const patternOf = (named: string) =>
    new RegExp(
      `^${named
        .replaceAll(/[.+]/g, '\\$&')
        .replaceAll(/\*|<\w+>/g, '[^/]+')
        .replaceAll(/\{([^}]+)\}/g, (_, either: string) => `(${either.replaceAll(',', '|')})`)}(/|$)`,
    );
  /** Files that commands of the documents make. */
  const MADE = /^(site\/dist\/|examples\/\w+\/certificates|deploy\/\w+\/secrets\/)/;
  const named = ALL_DOCUMENTS.flatMap((file) =>
    [...read(file).matchAll(/`([\w.*<>{},-]+(?:\/[\w.*<>{},-]+)+\/?)`/g)]
      .map(([, name]) => name!.replace(/\/$/, ''))
      .filter((name) => ROOTS.test(name) && !MADE.test(name))
      .map((name): [string, string] => [file, name]),
  );

  it('that documents name exist', () => {
    const isThere = (name: string) => {
      const pattern = patternOf(name);
      return FILES.some((file) => pattern.test(file));
    };
    expect(named.filter(([, name]) => !isThere(name))).toEqual([]);
    expect(named.length).toBeGreaterThan(100);
  });
});

describe('commands', () => {
  const verbs = program(() => undefined).commands.map((command) => command.name());
  const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts);
  const code = ALL_DOCUMENTS.flatMap((file) =>
    [
      ...blocksOf(withoutOthers(read(file))),
      ...[...read(file).matchAll(/`([^`\n]+)`/g)].map(([, inline]) => inline!),
    ].map((text): [string, string] => [file, text]),
  );
  const named = (pattern: RegExp) =>
    code.flatMap(([file, text]) => [...text.matchAll(pattern)].map(([, name]) => [file, name!] as const));

  it('of ours that documents name exist, and all are named', () => {
    const found = named(/(?:^|&& |[\s$])(?<!import )smoothcert ([a-z][a-z-]*)/gm);
    expect(found.filter(([, verb]) => !verbs.includes(verb))).toEqual([]);
    expect(verbs.filter((verb) => !found.some(([, name]) => name === verb))).toEqual([]);
  });

  it('of npm that documents name exist, and all are named', () => {
    const found = named(/\bnpm run ([\w:-]+)/g);
    expect(found.filter(([, script]) => !scripts.includes(script))).toEqual([]);
    const contributing = read('CONTRIBUTING.md');
    const unnamed = scripts.filter((script) => !new RegExp(`\\bnpm (run )?${script}\\b`).test(contributing));
    expect(unnamed).toEqual([]);
  });
});

describe('rules and bounds', () => {
  const pairs = RULE_NAMES.flatMap((rule) =>
    BOUND_NAMES.filter((bound) => pairReason(rule, bound) === null).map((bound): [RuleName, BoundName] => [
      rule,
      bound,
    ]),
  );
  const headings = (file: string, pattern: RegExp) =>
    [...read(file).matchAll(pattern)].map(([, ...names]) => names).sort();

  it('that are offered together have a row each in docs/rules.md', () => {
    const rows = headings(
      'docs/rules.md',
      /^\| `([a-z][\w-]*)`(?: \(default\))? +\| `([a-z][\w-]*)`(?: \(default\))? +\|/gm,
    );
    expect(rows).toEqual(pairs.sort());
  });

  it('that are proved have a section each in docs/guarantee.md', () => {
    const proved = pairs.filter(([, bound]) => BOUNDS[bound].proves);
    expect(headings('docs/guarantee.md', /^### `([\w-]+)` with `([\w-]+)`$/gm)).toEqual(proved.sort());
  });

  it('have a section each in docs/statistics.md', () => {
    const [, bounds] = read('docs/statistics.md').split(/^## Bounds$/m);
    const sections = [...bounds!.split(/^## /m)[0]!.matchAll(/^### `([\w-]+)`$/gm)].map(([, name]) => name);
    expect(sections.sort()).toEqual([...BOUND_NAMES].sort());
    const rules = headings('docs/statistics.md', /^## The rule `([\w-]+)`$/gm);
    expect(rules.flat()).toEqual([...RULE_NAMES].sort());
  });
});

describe('docs/testing.md', () => {
  it('names every adapter that a conformance suite is run against, and no other', () => {
    const files = FILES.filter((file) => /^test\/conformance\/.*\.test\.ts$/.test(file));
    const run = files.flatMap((file) => [...read(file).matchAll(/\bdescribe([A-Z]\w+)\(\s*'([^']+)',/g)]);
    const named = [
      ...read('docs/testing.md').matchAll(/^\| (\w+) +\| `test\/conformance\/[\w-]+\.ts` +\| (.*?) +\|$/gm),
    ];
    const adapters = named.flatMap(([, port, cell]) =>
      cell!.split(', ').map((adapter) => `${port}: ${adapter}`),
    );
    const tried = run.filter(([, port]) => port !== 'Nats').map(([, port, adapter]) => `${port}: ${adapter}`);
    expect(adapters.sort()).toEqual(tried.sort());
  });

  it('names every file that stands in test/ itself', () => {
    const files = FILES.filter((file) => /^test\/[\w-]+\.test\.ts$/.test(file));
    expect(files.filter((file) => !read('docs/testing.md').includes(`\`${file}\``))).toEqual([]);
    expect(files.length).toBeGreaterThan(4);
  });

  it('names every folder of test/, and no other', () => {
    const folders = readdirSync(path.join(ROOT, 'test'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `test/${name}/`);
    const named = [...read('docs/testing.md').matchAll(/^\| `(test\/\w+\/)` /gm)].map(([, name]) => name);
    expect(named).toEqual(folders.sort());
  });
});

describe('examples', () => {
  const commands = DOCUMENTS.flatMap((file) => commandsOf(read(file)));

  it.each(commands.map((args) => [args.join(' '), args] as const))('smoothcert certify %s', (_, args) => {
    expect(configOf(args).out).toBe(args[args.indexOf('--out') + 1]);
  });

  it('are there, and a wrong one would be seen', () => {
    expect(commands.length).toBeGreaterThanOrEqual(5);
    const [first] = commands;
    expect(() => configOf([...first!, '--sigma', '-1'])).toThrow(/--sigma -1 is not a number above 0/);
    expect(() => configOf([...first!, '--sigmma', '1'])).toThrow(/unknown option '--sigmma'/);
  });
});

describe('docs/results.md', () => {
  /** Names in the first column of each table behind a heading, up to the next heading. */
  function tablesBehind(heading: string): string[][] {
    const text = read('docs/results.md');
    const at = text.indexOf(`\n${heading}\n`) + heading.length + 2;
    const section = text.slice(at).split(/^#/m)[0]!;
    return section
      .trim()
      .split(/\n\n+/)
      .filter((paragraph) => paragraph.startsWith('|'))
      .map((table) => [...table.matchAll(/^\| (`[^|]*)\|/gm)].map(([, cell]) => cell!))
      .map((cells) => cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!)));
  }
  const keys = (value: unknown) => Object.keys(value as object);

  it('lists the fields that a run writes, in their order', async () => {
    using folder = new TemporaryFolder();
    const out = folder.file('out');
    // Of the first two images one is certified and one fails, so that `detail` is there too.
    const { code, stdout } = await runCommand(
      certifyArgs({
        model: `${MODELS}/nan-sometimes.onnx`,
        data: `${MODELS}/images.npz`,
        sigma: 0.25,
        seed: 3,
        images: ':2',
        'max-samples': 512,
        json: true,
        out,
      }),
    );
    expect(code).toBe(3);
    const file = (name: string) => readFileSync(path.join(out, name), 'utf8');

    const [header] = file('results.tsv').split('\n');
    expect(tablesBehind('## results.tsv')).toEqual([header!.split('\t')]);

    const rows = file('results.jsonl').trim().split('\n');
    const [certified, failed] = rows.map((row) => JSON.parse(row) as { looks: unknown[] });
    expect(tablesBehind('## results.jsonl')[0]).toEqual(keys(failed));
    expect(keys(certified)).toEqual(keys(failed).filter((key) => key !== 'detail'));
    expect(keys(certified!.looks[0])).toEqual(['n', 'classes', 'votes', 'invalid']);

    const { job, ...notes } = JSON.parse(file('job.json')) as { job: Record<string, unknown> };
    const [whole, draw] = tablesBehind('## job.json').map((names) => names.sort());
    expect(whole).toEqual([...keys(notes), 'job'].sort());
    expect(draw).toEqual(keys(job['draw']).sort());
    for (const key of keys(job['claim'])) expect(read('docs/results.md')).toContain(`\`${key}\``);

    expect(tablesBehind('### `--json`')).toEqual([keys(JSON.parse(stdout))]);
  });

  it('lists the fields of predictions, in their order', async () => {
    using folder = new TemporaryFolder();
    const out = folder.file('out');
    const files = ['--model', `${MODELS}/nan-sometimes.onnx`, '--data', `${MODELS}/images.npz`];
    const flags = ['--sigma', '0.25', '--seed', '3', '--images', ':2', '--out', out];
    const { code } = await runCommand(['predict', ...files, ...flags]);
    expect(code).toBe(3);
    const file = (name: string) => readFileSync(path.join(out, name), 'utf8');
    const rows = file('results.jsonl').trim().split('\n');
    const failed = rows.map((row) => JSON.parse(row) as object).find((row) => 'detail' in row);
    const header = file('results.tsv').split('\n')[0]!.split('\t');
    expect(tablesBehind('## Predictions')).toEqual([header, keys(failed)]);
  });
});

describe('what a merge may leave behind', () => {
  it('is no empty section', () => {
    const empty = DOCUMENTS.flatMap((file) =>
      [
        ...read(file)
          .replaceAll(/^```[\s\S]*?^```$/gm, 'code')
          .matchAll(/^(#+) (.*)\n+(#+) /gm),
      ].flatMap(([, level, title, next]) => (next!.length <= level!.length ? [`${file}: ${title!}`] : [])),
    );
    expect(empty).toEqual([]);
  });

  it('is no field with two rows in a table of docs/results.md', () => {
    const tables = read('docs/results.md').split(/\n(?!\|)/);
    const names = tables.map((table) =>
      [...table.matchAll(/^\| (`[^|]+`) /gm)].map(([, name]) => name!.trim()),
    );
    expect(names.filter((some) => some.length > 5).length).toBeGreaterThan(5);
    for (const some of names) expect(some).toEqual([...new Set(some)]);
  });
});
