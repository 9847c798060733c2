import { readFile } from 'node:fs/promises';
import type { FlagGroup } from '../command/flag.js';
import { optionError } from '../command/parse.js';
import { MOST_CLASS_NAMES, MOST_NAME_BYTES, nameOf, namesOf } from '../../shared/image-names.js';
import { SmoothcertError } from '../../shared/errors.js';
import { cannotRead, sizeOf } from '../../input/bytes/input-files.js';

/** The flag that names classes, for every command that begins a job. */
export const NAMING = {
  heading: 'Input:',
  flags: {
    classNames: {
      argument: '<file>',
      help: 'names of the classes 0, 1, …, for results and report: one a line, or a JSON list (default: the folders of pictures that are the labels)',
      decides: 'run',
    },
  },
} as const satisfies FlagGroup;

const BYTE_ORDER_MARK = /^\uFEFF/;

/** Reads the names of classes: one a line, or a JSON list. @throws DATA_UNREADABLE, DATA_FORMAT */
export async function readClassNames(file: string): Promise<string[]> {
  if ((await sizeOf(file)) > MOST_NAME_BYTES)
    throw noNames(file, `it has more than ${MOST_NAME_BYTES} bytes`);
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw cannotRead(file, cause);
  });
  const text = textOf(bytes)?.replace(BYTE_ORDER_MARK, '').trimEnd() ?? null;
  if (text === null) throw noNames(file, 'it is no text in UTF-8');
  const names = text.trimStart().startsWith('[') ? listIn(text) : text.split(/\r?\n/).map(nameOf);
  if (names === null || names.length > MOST_CLASS_NAMES)
    throw noNames(file, `it is no list of at most ${MOST_CLASS_NAMES} texts`);
  const empty = names.findIndex((name) => name.trim() === '');
  if (empty >= 0) throw noNames(file, `class ${empty} has none`);
  return names;
}

/** @throws OPTION_INVALID unless there is a name for each class of the model */
export function requireClassNames(names: readonly string[], classes: number): void {
  if (names.length === classes) return;
  throw optionError(
    `--class-names has ${names.length} names, and the model has ${classes} classes.`,
    `Name the classes 0 to ${classes - 1} in their order, or leave --class-names out.`,
  );
}

function listIn(text: string): string[] | null {
  try {
    return namesOf(JSON.parse(text), MOST_CLASS_NAMES);
  } catch {
    return null;
  }
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

const noNames = (file: string, why: string): SmoothcertError =>
  new SmoothcertError(
    'DATA_FORMAT',
    `${file} holds no names of classes: ${why}.`,
    'Write one name a line, class 0 first; or a JSON list of texts.',
  );
