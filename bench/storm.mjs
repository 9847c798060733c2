// node bench/storm.mjs [--servers 1|3] [--faults N] [--seed N] [--mix 'kill server,cut worker,…']
// A storm over a cluster of real processes: servers, the coordinator and workers are killed, paused and cut off, as the seed says, in
// any mix (all kinds unless given). Each job must come to the certificates of `certify`, byte for byte, with nothing acknowledged lost and
// nothing in the ledger that nobody issued. A line a job says what was done and what became of its tasks; the last one, which share of
// the shards was drawn twice. Needs nats-server on the PATH and a build; SMOOTHCERT_TEST_NATS names another server.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const options = {
  servers: { type: 'string', default: '1' },
  faults: { type: 'string', default: '20' },
  seed: { type: 'string', default: '1' },
  mix: { type: 'string' },
};
const { values } = parseArgs({ options });
const isCount = (text) => Number.isSafeInteger(Number(text)) && Number(text) > 0;
if (!['1', '3'].includes(values.servers) || !isCount(values.faults) || !isCount(values.seed)) {
  console.error('--servers is 1 or 3; --faults and --seed are whole numbers from 1 on.');
  process.exit(2);
}
const asked = { STORM_SERVERS: values.servers, STORM_FAULTS: values.faults, STORM_SEED: values.seed };
const mix = values.mix === undefined ? {} : { STORM_MIX: values.mix };
const args = ['vitest', 'run', '--project', 'cluster', 'test/cluster/storms.test.ts'];
const child = spawn('npx', [...args, '--disable-console-intercept'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...process.env, ...asked, ...mix },
  stdio: 'inherit',
});
child.on('exit', (code) => process.exit(code ?? 1));
