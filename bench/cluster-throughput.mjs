// Samples per second of a cluster (nats-server, a coordinator and two workers of one inference process each) against
// `smoothcert certify --processes 2` of the same job, in turns in one run on the same processors.
//
//   npm run build && node bench/cluster-throughput.mjs [--rounds N] [--model M.onnx --data D.npz …other flags of certify]
//
// The bundled digits unless a model is given. The processes of the cluster run before its clock starts, as certify has looked at
// the model before its own does; both clocks hold the start of the job's inference processes. From a job's start to its end, the
// service's own times: preparation is not in it, writing the results is. Below each round, processor seconds by process.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CLI, Cluster, cpuSeconds, digits, load, median } from './cluster-parts.mjs';

const WORKERS = 2;
const options = { rounds: { type: 'string', default: '5' }, model: { type: 'string' } };
const { values, tokens } = parseArgs({ strict: false, tokens: true, options });
const rounds = Number(values.rounds);
const own = tokens.find((token) => token.name === 'rounds');
const given = process.argv.slice(2);
if (own) given.splice(own.index, own.inlineValue ? 1 : 2);
const job = given.length > 0 ? given : digitsFlags();

const cluster = await Cluster.start();
try {
  const coordinator = await cluster.coordinator();
  const workers = [];
  for (let k = 0; k < WORKERS; k++) workers.push(await cluster.worker(`w${k}`));
  const parts = { 'nats-server': [cluster.nats], coordinator: [coordinator], workers };
  const client = await cluster.client();
  console.log(
    `${path.basename(values.model ?? 'digits.onnx')}, ${rounds} rounds in turns, ${WORKERS} processes each`,
  );
  const ratios = [];
  for (let round = 0; round < rounds; round++) {
    const seeded = [...job, '--seed', String(round)];
    const [whole, cost] = [certify(seeded), await ofCluster(client, parts, seeded)];
    ratios.push(cost.rate / whole.rate);
    const { samples, rate, micros, cpu } = cost;
    console.log(
      `cluster ${rate.toFixed(0)}/s, certify ${whole.rate.toFixed(0)}/s, ratio ${ratios.at(-1).toFixed(3)} (${load()})\n` +
        `    ${(samples / 1e6).toFixed(2)} million samples; busy ${(micros / 1e6).toFixed(1)} s of two; ${cpu}`,
    );
  }
  client[Symbol.dispose]();
  console.log(`median ratio ${median(ratios).toFixed(3)}`);
} finally {
  await cluster.end();
}

function digitsFlags() {
  const input = ['--model', digits('digits.onnx'), '--data', digits('digits.npz'), '--sigma', '0.25'];
  return [...input, '--stop', 'fixed', '--max-samples', '20000'];
}

/** One job into a new folder. */
function certify(flags) {
  const folder = mkdtempSync(path.join(tmpdir(), 'smoothcert-bench-'));
  const args = [CLI, 'certify', ...flags, '--processes', String(WORKERS), '--out', path.join(folder, 'out')];
  try {
    const text = execFileSync(process.execPath, [...args, '--json', '--quiet'], { encoding: 'utf8' });
    return { rate: JSON.parse(text).samplesPerSecond };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function ofCluster(client, parts, flags) {
  const costs = () =>
    Object.values(parts).map((group) => group.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0));
  const before = costs();
  const { job: ended } = await cluster.run(client, flags);
  const after = costs();
  const { samples, micros } = ended.progress;
  const names = Object.keys(parts);
  const cpu = names.map((name, k) => `${name} ${(after[k] - before[k]).toFixed(2)} s`).join(', ');
  return { samples, micros, cpu, rate: (1000 * samples) / (ended.endMs - ended.startMs) };
}
