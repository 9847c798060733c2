import type { Flag } from '../cli/command/flag.js';
import { flagsOf, type Verb } from '../cli/command/verb.js';
import { SERVER } from '../cli/jobs/server-flags.js';
import { CERTIFY } from '../cli/certify/certify-verb.js';
import { PREDICT } from '../cli/certify/predict-verb.js';
import { SUBMIT } from '../cli/jobs/submit-verb.js';
import { PLAN } from '../cli/plan/plan-verb.js';
import { VERIFY } from '../cli/verify/verify-verb.js';

/** The name of a function of the library, and the flags that are its options. */
export interface Taken {
  readonly name: string;
  readonly flags: Readonly<Record<string, Flag>>;
}

/** Flags that say how a command prints: the library prints nothing. */
const PRINTING = ['printConfig', 'json', 'jsonLines', 'quiet'] as const;
/** Flags of `submit` that say where the server is, which `connect` knows, and what is done with results. */
const OF_SUBMIT = [...Object.keys(SERVER.flags), 'out', 'detach', 'report', 'verbose'];

function taken(verb: Pick<Verb, 'name' | 'groups'>, others: readonly string[] = []): Taken {
  const left: readonly string[] = [...PRINTING, ...others];
  const flags = Object.entries(flagsOf(verb)).filter(([name]) => !left.includes(name));
  return { name: verb.name, flags: Object.fromEntries(flags) };
}

/** The options of the library's functions, by their names. Hidden ones are taken, to be refused with their reason. */
export const TAKEN = {
  certify: taken(CERTIFY),
  predict: taken(PREDICT),
  plan: taken(PLAN, ['verbose']),
  verify: taken(VERIFY, ['verbose']),
  connect: { name: 'connect', flags: SERVER.flags },
  submit: taken(SUBMIT, OF_SUBMIT),
} as const satisfies Record<string, Taken>;
