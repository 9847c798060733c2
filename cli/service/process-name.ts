import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** Returns a name that no other process has, so that nobody takes the messages of another one for its own. */
export function nameOfProcess(): string {
  const host = hostname()
    .replace(/[^A-Za-z0-9-]/g, '-')
    .slice(0, 40);
  return `${host}-${process.pid}-${randomBytes(4).toString('hex')}`;
}
