import { SmoothcertError } from '../../shared/errors.js';
import { refusalOf, type Refusal } from './messages.js';

/** Signals that a terminal sends to the whole process group, or that would open Node's debugger; the parent acts on them. */
const OF_THE_PARENT = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const;

/** Makes this process end with its parent (the channel closes), and leave signals to it. */
export function endWithParent(): void {
  process.on('disconnect', () => process.exit(0));
  for (const signal of OF_THE_PARENT) process.on(signal, () => undefined);
}

/** Returns what the parent is told of an error for which nothing is drawn; what smoothcert does not know goes to standard error, too. */
export function refusalFor(error: unknown): Refusal {
  if (error instanceof SmoothcertError) return refusalOf(error);
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${text}\n`);
  return {
    kind: 'refused',
    code: 'INTERNAL',
    message: `The inference process could not start: ${text.split('\n')[0] ?? ''}.`,
    remedy: 'Run again with --verbose and report what it prints.',
  };
}
