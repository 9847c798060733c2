import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ROOT } from './command.js';

/** A nats-server that is on this machine. */
export interface NatsProgram {
  readonly version: string;
  /** As it is started: a name on the PATH, or a path. */
  readonly program: string;
}

const CHOSEN = 'SMOOTHCERT_TEST_NATS';
/** Those that scripts/nats-servers.mjs brings. */
const FURTHER = ['trixie', 'sid'].map((suite) => path.join(ROOT, '.tools', `nats-server-${suite}`));

/** Returns the server at a path; null if it cannot be run. */
function programAt(program: string): NatsProgram | null {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return status === 0 ? { program, version: /v(\d\S*)/.exec(stdout)?.[1] ?? 'unknown' } : null;
}

function chosen(): NatsProgram | null {
  const named = process.env[CHOSEN];
  const found = programAt(named ?? 'nats-server');
  if (found === null && named !== undefined) throw new Error(`${CHOSEN} names ${named}, which does not run`);
  if (found === null) console.warn('nats-server is not on the PATH: all tests against NATS are SKIPPED.');
  return found;
}

/** The server of the tests: that of the environment variable SMOOTHCERT_TEST_NATS, by default the one on the PATH; null if there is none. */
export const NATS_PROGRAM: NatsProgram | null = chosen();

/** The server of the tests, and those that `node scripts/nats-servers.mjs` has brought; with SMOOTHCERT_TEST_NATS that one alone. */
export function natsPrograms(): NatsProgram[] {
  const all = [NATS_PROGRAM, ...(process.env[CHOSEN] === undefined ? FURTHER.map(programAt) : [])];
  return all.filter((one) => one !== null);
}
