// Writes docs/configuration.md (or the file named as its argument) from the commands that dist/ has: `npm run reference`.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { parse } from 'yaml';
import { printConfig } from '../dist/cli/command/config-file.js';
import { program } from '../dist/cli/program.js';

const document = fileURLToPath(new URL('../docs/configuration.md', import.meta.url));

const HEAD = `# Flags and configuration files

<!-- Written by npm run reference from the definitions of the flags. Edit those. -->

A **job** flag is part of the job: another value into the same folder is refused. A **run** flag says how one command
runs and what it shows, and is free to change on resume. Every command has \`--help\`.

A flag with a key can be kept in a YAML or JSON file, which \`--config\` names:

\`\`\`yaml
model: M.onnx
data: D.npz
sigma: 0.25
mean: [0.4914, 0.4822, 0.4465]
\`\`\`

The command line wins over the environment, the environment over the file, and the file over the default.

For programs that start the command: with \`SMOOTHCERT_HELD_BY_INPUT=1\` in its environment the end of its standard input is like a
first Ctrl-C. Whoever holds a pipe to it stops it by closing that, and it stops, too, if that program is killed.
`;

const cell = (text) => text.replaceAll(/[|<*_]/g, '\\$&');
const code = (text) => `\`${text.replaceAll('|', '\\|')}\``;

/** The keys of a file for this command, by flag: asked of the code that writes such files. */
function keysOf(command) {
  if (!command.options.some((option) => option.long === '--config')) return new Set();
  for (const option of command.options) command.setOptionValue(option.attributeName(), 'given');
  return new Set(Object.keys(parse(printConfig(command))));
}

/** Returns the default of a flag, and the description without it. */
function defaultOf(option, needed) {
  const [, meaning, said] = /^(.*?)(?: \(default: (.*)\))?$/.exec(option.description);
  if (option.defaultValue !== undefined) return [code(String(option.defaultValue)), meaning];
  if (said !== undefined) return [cell(said), meaning];
  return [needed ? 'none: it is needed' : option.isBoolean() ? 'off' : '', meaning];
}

/** The columns of a table of flags; a column that is empty in a whole table is left out of it. */
const COLUMNS = ['flag', 'default', 'choices', 'environment', 'key in a file', 'job or run', 'meaning'];

function rowOf(option, keys) {
  const { decides, choices = [], needed = false } = option.flag;
  const [preset, meaning] = defaultOf(option, needed);
  const key = option.long.slice(2);
  return [
    code(option.flags),
    preset,
    choices.map(code).join(', '),
    option.envVar === undefined ? '' : code(option.envVar),
    keys.has(key) ? code(key) : '',
    decides,
    cell(meaning),
  ];
}

function tableOf(rows) {
  const filled = COLUMNS.map((_, at) => at).filter((at) => rows.some((row) => row[at] !== ''));
  const line = (cells) => `| ${filled.map((at) => cells[at]).join(' | ')} |`;
  return [line(COLUMNS), line(COLUMNS.map(() => '-')), ...rows.map(line)].join('\n');
}

/** Options by the heading that --help gives them, in its order. */
function groupsOf(options) {
  const groups = new Map();
  for (const option of options) {
    const heading = option.helpGroupHeading ?? '';
    groups.set(heading, [...(groups.get(heading) ?? []), option]);
  }
  return groups;
}

function sectionOf(command) {
  const help = command.createHelp();
  const options = help.visibleOptions(command).filter(({ long }) => long !== '--help');
  const keys = keysOf(command);
  const groups = groupsOf(options);
  const args = help.visibleArguments(command);
  return [
    `## smoothcert ${command.name()}`,
    cell(command.description()),
    ...args.map(
      (arg) => `Its argument ${code(help.argumentTerm(arg))} is ${cell(help.argumentDescription(arg))}.`,
    ),
    ...[...groups].flatMap(([heading, group]) => [
      ...(heading === '' ? [] : [`### ${cell(heading.replace(/:$/, ''))}`]),
      tableOf(group.map((option) => rowOf(option, keys))),
    ]),
  ];
}

const { commands } = program(() => undefined);
const text = [HEAD, ...commands.flatMap(sectionOf)].join('\n\n');
const style = await resolveConfig(document);
writeFileSync(process.argv[2] ?? document, await format(text, { ...style, filepath: document }));
