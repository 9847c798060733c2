import { pino, type DestinationStream } from 'pino';
import type { Line } from './lines.js';

/** For machines: an object a line. The only file that knows pino. */
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
