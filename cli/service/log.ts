import { SmoothcertError } from '../../shared/errors.js';

export type Level = 'info' | 'warn';
/** Writes a line that an operator may act on. */
export type Log = (level: Level, message: string, job?: string | null, cause?: unknown) => void;

/** Lines on standard error: time, level, job, sentence; the causes' stack traces with --verbose. No secret is ever passed to it. */
export function logTo(stream: NodeJS.WritableStream, verbose: boolean): Log {
  return (level, message, job = null, cause) => {
    const why = cause instanceof SmoothcertError ? ` (${cause.code}: ${cause.message})` : '';
    stream.write(`${new Date().toISOString()} ${level} ${job === null ? '' : `${job} `}${message}${why}\n`);
    if (verbose && cause instanceof Error) stream.write(`${cause.stack ?? cause.message}\n`);
  };
}
