// What a decision costs until the last worker has heard of it: real workers on the bundled digits, the rule that looks again and
// again. From the server's time of an image's decisive record to (a) the message that tells workers of it, as one more listener hears
// it, and (b) the last record behind it in which anything of the image was counted or dropped. A worker records when its whole task
// is drawn, so (b) is the time of the task, not of the sample: an upper bound.
//
// Rules that decide each image by itself are heard of image by image; `budget` decides all of them with its last record.
//
//   npm run build && node bench/stopping.mjs [--workers N] [other flags of submit]
import { parseArgs } from 'node:util';
import { JobFold } from '../dist/coordinator/core/job-fold.js';
import { connectNats } from '../dist/adapters/nats/link/connect.js';
import { totalOf } from '../dist/shared/counts.js';
import { decodeStop } from '../dist/shared/wire/cluster.js';
import { decodeRecord } from '../dist/shared/wire/record.js';
import { Cluster, digits, load, median, quantile } from './cluster-parts.mjs';

const ROUNDS = 3;
const { values, tokens } = parseArgs({
  strict: false,
  tokens: true,
  options: { workers: { type: 'string', default: '2' } },
});
const workers = Number(values.workers);
const given = process.argv.slice(2);
const own = tokens.find((token) => token.name === 'workers');
if (own) given.splice(own.index, own.inlineValue ? 1 : 2);
const input = given.includes('--model')
  ? []
  : ['--model', digits('digits.onnx'), '--data', digits('digits.npz'), '--sigma', '0.25'];

const cluster = await Cluster.start();
const link = await connectNats({ servers: [cluster.url], name: 'bench' });
try {
  await cluster.coordinator();
  for (let k = 0; k < workers; k++) await cluster.worker(`w${k}`);
  const client = await cluster.client();
  console.log(`${workers} workers of one process, ${ROUNDS} jobs, milliseconds`);
  const all = [];
  let counted = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const heard = listen();
    const { job } = await cluster.run(client, [...input, '--seed', String(round), ...given]);
    heard.end();
    const found = await rowsOf(job, heard.at);
    all.push(...found.rows);
    counted += found.counted;
    tell(`job ${round + 1} (${load()})`, found.rows, { counted: found.counted, jobs: 1 });
  }
  client[Symbol.dispose]();
  tell('all', all, { counted, jobs: ROUNDS });
} finally {
  await link.close();
  await cluster.end();
}

/** When the first message came that says so of an image. */
function listen() {
  const at = new Map();
  const subscription = link.connection.subscribe('sc1.stop.*', {
    callback: (error, message) => {
      if (error) return;
      const now = performance.timeOrigin + performance.now();
      const { job, firstImage, decided } = decodeStop(message.data);
      decided.forEach((byte, k) => {
        for (let bit = 0; bit < 8; bit++) {
          const key = `${job} ${firstImage + 8 * k + bit}`;
          if ((byte >> bit) & 1 && !at.has(key)) at.set(key, now);
        }
      });
    },
  });
  return { at, end: () => subscription.unsubscribe() };
}

/** One row an image: what came behind its decision. */
async function rowsOf({ id, job, progress }, heard) {
  const fold = new JobFold(job);
  const rows = new Map();
  const consumer = await link.streams.consumers.get(`SC1_LEDGER_${id}`, {});
  for await (const message of await consumer.consume({ max_messages: 256 })) {
    const record = decodeRecord(message.data);
    const at = Number(BigInt(message.info.timestampNanos) / 1_000n) / 1000;
    note(record, at, rows);
    for (const image of fold.apply(record, message.seq).decided) {
      rows.set(image, { at, told: heard.get(`${id} ${image}`) - at, last: null, late: 0, dropped: 0 });
    }
    if (message.seq >= progress.sequence) break;
  }
  for (const [image, row] of rows) {
    const { prefixes } = fold.images.get(image);
    row.used = prefixes.length > 0 ? totalOf(prefixes.at(-1)) : 0;
  }
  return { rows: [...rows.values()], counted: fold.tally.samples };
}

function note({ counted, dropped }, at, rows) {
  for (const { shard } of counted) {
    const row = rows.get(shard.image);
    if (row) Object.assign(row, { last: at - row.at, late: row.late + shard.end - shard.begin });
  }
  for (const shard of dropped) {
    const row = rows.get(shard.image);
    if (row) Object.assign(row, { last: at - row.at, dropped: row.dropped + shard.end - shard.begin });
  }
}

function tell(title, rows, { counted, jobs }) {
  const decisions = new Set(rows.map(({ at }) => at)).size;
  const together =
    decisions <= jobs && rows.length > jobs
      ? '\n  one record decided all images of a job: no worker could be told of one before'
      : '';
  const told = rows.map((row) => row.told).filter(Number.isFinite);
  const behind = rows.filter(({ last }) => last !== null);
  const wasted = rows.filter(({ late }) => late > 0);
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  console.log(`
${title}: ${rows.length} images, ${counted} samples counted for them, of which the decisions rest on ${sum('used')}: the rest was drawn ahead of a decision${together}
  behind the decision: ${sum('late')} samples counted for nothing, for ${wasted.length} images; ${sum('dropped')} dropped undrawn or partly drawn
  decisive record → message heard      ${shown(told)}
  decisive record → last record behind ${shown(behind.map(({ last }) => last))}
  … that counted samples for nothing   ${shown(wasted.map(({ last }) => last))}`);
}

function shown(values) {
  if (values.length === 0) return 'none';
  const at = (share) => quantile(values, share).toFixed(0).padStart(5);
  return `${String(values.length).padStart(4)} images: median ${median(values).toFixed(0).padStart(4)}, 90 % ${at(0.9)}, 99 % ${at(0.99)}, most ${Math.max(...values).toFixed(0)}`;
}
