import { pino, type DestinationStream } from 'pino';
import type { Line } from './lines.js';

/** Returns a function that writes each log line as a JSON object, for programs. The only file that imports pino. */
export function jsonLines(stream: DestinationStream): (line: Line) => void {
  const logger = pino(
    {
      base: null,
      level: 'trace',
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
    },
    stream,
  );
  return ({ level, event, message, fields, stack }) => {
    logger[level]({ event, ...fields, ...(stack && { stack: stack.join('\n') }) }, message);
  };
}
