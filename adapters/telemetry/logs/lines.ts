import { SmoothcertError } from '../../../shared/errors.js';
import { oneLine, withoutSecrets } from '../../../shared/safe-text.js';
import { definitionOf, type EventName, type Level } from '../../../shared/telemetry/events.js';
import type { LogFields } from '../../../shared/telemetry/log.js';

const LONGEST_TEXT = 2_000;
/** Characters of a text that are searched for secrets; more than are written, so that no secret is cut and then missed. */
const SEARCHED_TEXT = 16_000;
/** Nested causes whose stack traces are written. */
const MOST_CAUSES = 8;
const LONGEST_STACK_LINES = 60;

/** An event as it is written: texts on one line each, without secrets; fields in the order of `FIELDS`. */
export interface Line {
  readonly level: Level;
  readonly event: EventName;
  readonly message: string;
  readonly fields: Readonly<Record<string, string | number>>;
  /** Stack traces of the causes; null unless --verbose is given. */
  readonly stack: readonly string[] | null;
}

/** Names of the fields of a line, as docs/logs.md lists them. */
export const FIELDS = [
  ...(['job', 'image', 'shard', 'task', 'worker', 'code', 'remedy', 'error'] as const),
  ...(['state', 'images', 'samples', 'seconds', 'count', 'more', 'words'] as const),
] as const;

const safe = (text: string): string =>
  oneLine(withoutSecrets(text.slice(0, SEARCHED_TEXT))).slice(0, LONGEST_TEXT);

/** Makes the line of an event. @param more lines like this one that were left out */
export function lineOf(
  event: EventName,
  message: string,
  given: LogFields,
  { verbose, more }: { readonly verbose: boolean; readonly more: number },
): Line {
  const { cause, words, ...others } = given;
  const known = cause instanceof SmoothcertError ? { code: cause.code, remedy: cause.remedy } : {};
  const below = cause === undefined ? undefined : sentenceOf(cause);
  const all: Readonly<Record<string, unknown>> = {
    ...known,
    ...others,
    // The cause's message is left out where the event's sentence is the same.
    ...(below !== undefined && below !== message && { error: below }),
    ...(more > 0 && { more }),
    ...(verbose && words !== undefined && words !== '' && { words }),
  };
  const fields = FIELDS.flatMap((name): [string, string | number][] => {
    const value = all[name];
    if (typeof value === 'number') return [[name, value]];
    return typeof value === 'string' && value !== '' ? [[name, safe(value)]] : [];
  });
  const stack = verbose && cause !== undefined ? stackOf(cause) : null;
  const { level } = definitionOf(event);
  return { level, event, message: safe(message), fields: Object.fromEntries(fields), stack };
}

function sentenceOf(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return said === '' ? 'An unknown fault.' : said;
}

/** The stack traces of an error and of what caused it. */
export function stackOf(error: unknown): string[] {
  const lines: string[] = [];
  let at: unknown = error;
  for (let depth = 0; depth < MOST_CAUSES && at !== undefined && at !== null; depth++) {
    const text = at instanceof Error ? (at.stack ?? at.message) : (JSON.stringify(at) as string | undefined);
    lines.push(
      ...withoutSecrets((text ?? '').slice(0, SEARCHED_TEXT))
        .split('\n')
        .map(safe),
    );
    at = at instanceof Error ? at.cause : null;
  }
  return lines.slice(0, LONGEST_STACK_LINES);
}
