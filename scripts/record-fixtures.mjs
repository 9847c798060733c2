// Records what this version writes, for all later ones to read: test/fixtures/wire/v1/<version>. Run once a version, on a built dist:
//   npm run build && node scripts/record-fixtures.mjs
// What was recorded is never written again: it stands for programs that are out of our hands.
import { Buffer } from 'node:buffer';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { encodeFrame, framesIn } from '../dist/adapters/local/ledger-frames.js';
import { VERSION } from '../dist/shared/version.js';
import { MESSAGES } from './fixture-messages.mjs';
import { fieldsOf, loadProto, withLaterFields, withoutFields } from './proto-fields.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = path.join(root, 'test/fixtures/wire/v1', VERSION);
if (existsSync(out)) {
  console.error(`${out} is there: what a version wrote is recorded once. Raise the version first.`);
  process.exit(2);
}
const temporary = mkdtempSync(path.join(tmpdir(), 'smoothcert-fixtures-'));
const target = (...names) => {
  const file = path.join(out, ...names);
  mkdirSync(path.dirname(file), { recursive: true });
  return file;
};
const main = path.join(root, 'dist/cli/main.js');
const smoothcert = (...args) =>
  execFileSync(process.execPath, [main, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  }).toString();

/** Bytes in hex; a Buffer would be made an object of before its value is seen. */
function hex(key, value) {
  return this[key] instanceof Uint8Array ? Buffer.from(this[key]).toString('hex') : value;
}

/** Every message: its content, its bytes, and the same with fields that this version does not know. */
function messages(proto) {
  for (const [name, [encode, content]] of Object.entries(MESSAGES)) {
    const bytes = encode(content);
    writeFileSync(target('messages', `${name}.json`), `${JSON.stringify(content, hex, 2)}\n`);
    const type = proto.lookupType(name.startsWith('google.') ? name : `smoothcert.v1.${name.split('.')[0]}`);
    writeFileSync(target('messages', `${name}.bin`), bytes);
    writeFileSync(target('later', `${name}.bin`), withLaterFields(type, bytes));
  }
}

const INPUT = ['--model', 'examples/oracle/four-classes.onnx', '--data', 'examples/oracle/four-classes.npz'];
const JOB = [...INPUT, '--sigma', '0.25', '--seed', '7', '--images', '1::18'];
const RULES = {
  'gain-spending': ['--max-samples', '2000'],
  'gain-anytime': ['--bound', 'anytime', '--max-samples', '2000'],
  target: ['--stop', 'target', '--radii', '0.1,0.25', '--max-samples', '2000'],
  'two-stage': ['--stop', 'two-stage', '--max-samples', '2000'],
  fixed: ['--stop', 'fixed', '--n0', '50', '--max-samples', '1000'],
  clt: ['--stop', 'fixed', '--bound', 'clt', '--n0', '50', '--max-samples', '1000'],
};

/** A finished folder a rule, and its ledger as a version would have written it that lacked the fields which are optional. */
function ledgers(proto) {
  const record = proto.lookupType('smoothcert.v1.LedgerRecord');
  for (const [rule, flags] of Object.entries(RULES)) {
    smoothcert('certify', ...JOB, ...flags, '--out', path.join(temporary, rule), '--quiet');
    for (const name of ['job.json', 'ledger', 'results.jsonl', 'results.tsv'])
      cpSync(path.join(temporary, rule, name), target('ledgers', rule, name));
    const ledger = readFileSync(path.join(temporary, rule, 'ledger'));
    const older = framesIn(ledger.subarray(48)).payloads.map((bytes) =>
      encodeFrame(withoutFields(record, bytes, ['micros', 'task', 'returned', 'dropped', 'detail'])),
    );
    writeFileSync(target('ledgers', rule, 'ledger.older'), Buffer.concat([ledger.subarray(0, 48), ...older]));
    const later = framesIn(ledger.subarray(48)).payloads.map((bytes) =>
      encodeFrame(withLaterFields(record, bytes)),
    );
    writeFileSync(target('ledgers', rule, 'ledger.later'), Buffer.concat([ledger.subarray(0, 48), ...later]));
  }
}

/** The folder of a run that Ctrl-C ended, how it is resumed, and what it comes to. */
async function interrupted() {
  const job = [...JOB, '--bound', 'anytime', '--min-gain', '0.001', '--processes', '1'];
  const folder = path.join(temporary, 'interrupted');
  const child = spawn(process.execPath, [main, 'certify', ...job, '--out', folder], { cwd: root });
  const ledger = path.join(folder, 'ledger');
  while (!(existsSync(ledger) && statSync(ledger).size > 3_000)) await delay(2);
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  if (code !== 130) throw new Error(`the run was to be interrupted, and ended with ${code}`);
  cpSync(folder, target('interrupted', 'folder'), { recursive: true });
  writeFileSync(target('interrupted', 'command.json'), `${JSON.stringify(job)}\n`);
  smoothcert('certify', ...job, '--out', path.join(temporary, 'whole'), '--quiet');
  cpSync(path.join(temporary, 'whole', 'results.jsonl'), target('interrupted', 'results.jsonl'));
  cpSync(path.join(temporary, 'whole', 'ledger'), target('interrupted', 'ledger.whole'));
}

/** The store of a `serve` with a job that has ended and one that waits for a device, and a backup of the first. */
async function served() {
  const store = path.join(temporary, 'store');
  const server = ['--server', '127.0.0.1:50917'];
  const args = [
    'serve',
    '--store',
    store,
    '--grpc',
    server[1],
    '--http',
    '127.0.0.1:50918',
    '--processes',
    '1',
  ];
  const serve = spawn(process.execPath, [main, ...args], { cwd: root, stdio: 'ignore' });
  const results = path.join(temporary, 'served');
  smoothcert(
    'submit',
    ...JOB,
    '--max-samples',
    '2000',
    ...server,
    '--request-id',
    'one',
    '--out',
    results,
    '--quiet',
  );
  smoothcert('submit', ...JOB, '--device', 'cuda', ...server, '--request-id', 'two', '--detach');
  const ids = JSON.parse(smoothcert('jobs', ...server, '--json')).map(({ id, state }) => [state, id]);
  serve.kill('SIGTERM');
  await once(serve, 'exit');
  for (const part of ['jobs', 'ledgers', 'artifacts'])
    cpSync(path.join(store, part), target('serve', 'store', part), { recursive: true });
  const { succeeded, pending } = Object.fromEntries(ids);
  writeFileSync(target('serve', 'jobs.json'), `${JSON.stringify({ succeeded, pending })}\n`);
  cpSync(path.join(results, 'results.jsonl'), target('serve', 'results.jsonl'));
  smoothcert('backup', succeeded, '--store', store, '--out', target('serve', 'job.backup'));
}

try {
  const proto = loadProto(root);
  messages(proto);
  writeFileSync(target('fields.txt'), `${fieldsOf(proto).join('\n')}\n`);
  ledgers(proto);
  await interrupted();
  await served();
} catch (error) {
  rmSync(out, { recursive: true, force: true });
  throw error;
} finally {
  rmSync(temporary, { recursive: true });
}
