// node bench/soak.mjs MINUTES [SEED]
// Disturbs a cluster of real processes for so long: kills, ends and pauses nats-server, coordinator, workers and their children, in
// mixes that rotate, a quarter of the time none. Each job must come to the certificates of `certify`, byte for byte, with nothing
// acknowledged lost and nothing in the ledger that nobody issued; one line a job. Needs nats-server on the PATH and a build.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [minutes, seed = '1'] = process.argv.slice(2);
if (!(Number(minutes) > 0) || !Number.isSafeInteger(Number(seed)) || Number(seed) < 1) {
  console.error('Usage: node bench/soak.mjs MINUTES [SEED]   (a seed from 1 on)');
  process.exit(2);
}
const args = ['vitest', 'run', 'test/cluster/soak.test.ts', '--disable-console-intercept'];
const child = spawn('npx', args, {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...process.env, SOAK_MINUTES: minutes, SOAK_SEED: seed },
  stdio: 'inherit',
});
child.on('exit', (code) => process.exit(code ?? 1));
