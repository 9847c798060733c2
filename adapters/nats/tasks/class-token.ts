import { createHash } from 'node:crypto';

/**
 * Name of a numeric class (provider, device model or instruction set, runtime version …) where only letters and digits may stand:
 * the first 64 bits of its sha256, in hex.
 */
export function classToken(numericClass: string): string {
  return createHash('sha256').update(numericClass).digest('hex').slice(0, 16);
}
