import type { Flag } from '../cli/command/flag.js';
import { flagsOf } from '../cli/command/verb.js';
import { SERVER } from '../cli/jobs/server-flags.js';
import { SUBMIT } from '../cli/jobs/submit-verb.js';

/** The flags that are about the server, which every command has that talks to one. */
export const CONNECT = { name: 'connect', flags: SERVER.flags };

/** Flags of `smoothcert submit` that say what is done with results, and what is printed. */
const OF_COMMAND: ReadonlySet<string> = new Set(['out', 'detach', 'report', 'verbose']);
const ofSubmit = ([name]: [string, unknown]): boolean => !(name in SERVER.flags) && !OF_COMMAND.has(name);
export const SUBMITTED = {
  name: 'submit',
  flags: Object.fromEntries(Object.entries<Flag>(flagsOf(SUBMIT)).filter(ofSubmit)),
};
