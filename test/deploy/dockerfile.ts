import { readFileSync } from 'node:fs';
import { project } from '../harness/local-job.js';

/** One instruction of a Dockerfile, with build arguments put in. */
export interface Instruction {
  readonly name: string;
  /** The text after the name, without flags. */
  readonly text: string;
  /** For example `--from=build` as `from: build`. */
  readonly flags: Readonly<Record<string, string>>;
  readonly line: number;
}

export interface Stage {
  readonly base: string;
  readonly alias: string | null;
  readonly instructions: readonly Instruction[];
}

const KNOWN =
  /^(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)$/;

/**
 * Reads a Dockerfile into its stages. It knows what ours use, and throws on anything else, so that nothing is passed over.
 * @param given build arguments, as --build-arg gives them
 */
export function readDockerfile(file: string, given: Readonly<Record<string, string>> = {}): readonly Stage[] {
  return parseDockerfile(readFileSync(project(file), 'utf8'), given);
}

export function parseDockerfile(
  text: string,
  given: Readonly<Record<string, string>> = {},
): readonly Stage[] {
  const stages: { base: string; alias: string | null; instructions: Instruction[] }[] = [];
  const globals = new Map<string, string>();
  let args = globals;
  for (const { words, line } of logicalLines(text)) {
    const [, name = '', rest = ''] = /^(\S+)\s+([\s\S]+)$/.exec(words) ?? [];
    if (!KNOWN.test(name)) throw new Error(`line ${line}: ${words} is no instruction`);
    if (name === 'ARG') {
      const [key, preset] = split(rest, '=');
      const value = given[key] ?? preset ?? globals.get(key);
      if (value !== undefined) args.set(key, value);
      continue;
    }
    // RUN leaves variables to its shell; FROM sees those before the first stage only.
    const full = name === 'RUN' ? rest : substitute(rest, name === 'FROM' ? globals : args, line);
    if (name === 'FROM') {
      const [, base, alias] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(full) ?? [];
      if (base === undefined) throw new Error(`line ${line}: ${words}`);
      stages.push({ base, alias: alias ?? null, instructions: [] });
      args = new Map();
      continue;
    }
    const stage = stages.at(-1);
    if (!stage) throw new Error(`line ${line}: ${name} before FROM`);
    stage.instructions.push({ name, line, ...withoutFlags(full) });
  }
  return stages;
}

/** KEY=value pairs, values quoted or not. */
export function pairsOf(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(/([\w.]+)=(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)];
  return Object.fromEntries(pairs.map(([, key, quoted, bare]) => [key!, quoted ?? bare!]));
}

/** The words of the exec form; null for the shell form. */
export function execForm(text: string): readonly string[] | null {
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : null;
  } catch {
    return null;
  }
}

function* logicalLines(text: string): Generator<{ words: string; line: number }> {
  let words = '';
  let line = 0;
  for (const [index, raw] of text.split('\n').entries()) {
    if (/^\s*(#.*)?$/.test(raw)) continue;
    if (words === '') line = index + 1;
    words += raw.replace(/\\\s*$/, ' ');
    if (/\\\s*$/.test(raw)) continue;
    yield { words: words.trim().replaceAll(/\s+/g, ' '), line };
    words = '';
  }
  if (words !== '') throw new Error(`line ${line}: nothing follows its last backslash`);
}

function substitute(text: string, args: ReadonlyMap<string, string>, line: number): string {
  return text.replaceAll(/\$\{(\w+)\}|\$(\w+)/g, (whole, braced?: string, bare?: string) => {
    const value = args.get(braced ?? bare ?? '');
    if (value === undefined) throw new Error(`line ${line}: ${whole} is not declared in this stage`);
    return value;
  });
}

function withoutFlags(text: string): { text: string; flags: Record<string, string> } {
  const flags: Record<string, string> = {};
  let rest = text;
  for (let found; (found = /^--([a-z]+)=(\S+) /.exec(rest)); rest = rest.slice(found[0].length)) {
    flags[found[1]!] = found[2]!;
  }
  return { text: rest, flags };
}

function split(text: string, by: string): [string, string | undefined] {
  const at = text.indexOf(by);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
