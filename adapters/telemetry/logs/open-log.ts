import type { Log, LogFields } from '../../../shared/telemetry/log.js';
import { jsonLines } from './json-lines.js';
import { LineLimiter } from './line-limiter.js';
import { lineOf, type Line } from './lines.js';
import type { LogFormat } from './log-format.js';
import { pretty } from './pretty.js';

export interface LogOptions {
  readonly format: LogFormat;
  /** Writes stack traces, and the last output of processes that ended. */
  readonly verbose: boolean;
}

export interface OpenLog {
  readonly log: Log;
  /** Writes how many lines were left out until now. */
  readonly close: () => void;
}

function writerOf(format: LogFormat, stream: NodeJS.WritableStream): (line: Line) => void {
  switch (format) {
    case 'json':
      return jsonLines(stream);
    case 'pretty':
      return (line) => stream.write(pretty(line, new Date()));
  }
}

/** Opens a log that writes lines to a stream. Repeated lines are counted and left out. */
export function openLog(stream: NodeJS.WritableStream, { format, verbose }: LogOptions): OpenLog {
  const limiter = new LineLimiter();
  const write = writerOf(format, stream);
  const log: Log = (event, message, fields: LogFields = {}) =>
    limiter.pass(event, fields.job ?? '', (more) => write(lineOf(event, message, fields, { verbose, more })));
  return { log, close: () => limiter.flush() };
}
