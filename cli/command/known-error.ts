import { SmoothcertError } from '../../shared/errors.js';

/** The error as a user is told of it: what nobody foresaw is our fault, and says so. */
export function knownError(error: unknown): SmoothcertError {
  if (error instanceof SmoothcertError) return error;
  return new SmoothcertError(
    'INTERNAL',
    `Something unforeseen happened: ${error instanceof Error ? error.message : String(error)}`,
    'This is our fault: run again with --verbose and report what it prints. Nothing recorded is lost.',
    { cause: error },
  );
}
