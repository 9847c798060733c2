// Runs the simulation of coordinators and workers under faults (test/simulation) over any number of seeds.
//
//   node bench/simulate.mjs [SEEDS [FIRST]]      100000 seeds from 1 on unless given; about 30 seeds a second
//
// Prints how often each fault was injected; fails at the first violated promise with the seed that replays it, and
// if some fault was never injected.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const [seeds = '100000', first = '1'] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const vitest = path.join(path.dirname(require.resolve('vitest/package.json')), 'vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--project', 'integration', 'test/simulation', '--coverage.enabled=false'],
  {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...process.env, SIMULATION_SEEDS: seeds, SIMULATION_FIRST: first },
    stdio: 'inherit',
  },
);
process.exitCode = status ?? 1;
