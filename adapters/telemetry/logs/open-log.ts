import type { Log, LogFields } from '../../../shared/telemetry/log.js';
import { jsonLines } from './json-lines.js';
import { LineLimiter } from './line-limiter.js';
import { lineOf, type Line } from './lines.js';
import type { LogFormat } from './log-format.js';
import { pretty } from './pretty.js';

export interface LogOptions {
  readonly format: LogFormat;
  /** Stack traces, and last words. */
  readonly verbose: boolean;
}

export interface OpenLog {
  readonly log: Log;
  /** Says what was left out until now. */
  readonly close: () => void;
}

/** A log of lines on a stream. Lines that come again and again are left out and counted. */
export function openLog(stream: NodeJS.WritableStream, { format, verbose }: LogOptions): OpenLog {
  const limiter = new LineLimiter();
  const write =
    format === 'json' ? jsonLines(stream) : (line: Line) => stream.write(pretty(line, new Date()));
  const log: Log = (event, message, fields: LogFields = {}) =>
    limiter.pass(event, fields.job ?? '', (more) => write(lineOf(event, message, fields, { verbose, more })));
  return { log, close: () => limiter.flush() };
}
