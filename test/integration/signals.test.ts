import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../harness/command.js';
import { DIGITS, DIGITS_JOB } from '../harness/local-job.js';
import { freePort } from '../harness/nats-server.js';
import { Part } from '../harness/parts.js';
import { childrenOf } from '../harness/processes.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** Every command that runs for long ends when it is asked to, whatever it is doing, and opens no debugger. */

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
const INTERRUPTED = 130;
const folder = folderOfAllTests();
/** So many samples that no machine is done before the signal comes. */
const MANY = ['--stop', 'fixed', '--max-samples', '1000000'];
let made = 0;
const out = () => ['--out', folder.file(`out-${++made}`)];

/** Commands that draw, each in the midst of it. */
const DRAWING: readonly (readonly [string, () => readonly string[]])[] = [
  ['certify', () => ['certify', ...DIGITS_JOB, ...MANY, ...out()]],
  ['predict', () => ['predict', ...DIGITS_JOB, '--max-samples', '1000000', ...out()]],
  ['check', () => ['check', ...DIGITS_JOB, '--images', '0:300']],
  ['study', () => ['study', ...DIGITS_JOB, '--max-samples', '1000000', ...out()]],
  [
    'plan',
    () => ['plan', '--pilot', '--pilot-samples', '1000000', '--count', '1000', ...DIGITS_JOB, ...out()],
  ],
  ['verify', () => ['verify', folder.file('done'), ...DIGITS, '--share', '1']],
];

/** Commands that stay, and what they say once they wait, or serve. */
const STAYING: readonly (readonly [
  string,
  RegExp,
  (free: () => Promise<string>) => Promise<readonly string[]>,
])[] = [
  [
    'coordinator, without NATS',
    /No NATS server answers/,
    async (free) => [
      'coordinator',
      '--nats',
      await free(),
      '--store',
      folder.file('c'),
      ...(await addresses(free)),
    ],
  ],
  [
    'worker, without NATS',
    /No NATS server answers/,
    async (free) => ['worker', '--nats', await free(), '--http', await free()],
  ],
  [
    'serve',
    /Listening/,
    async (free) => ['serve', '--store', folder.file(`s-${++made}`), ...(await addresses(free))],
  ],
];
const free = async () => `127.0.0.1:${await freePort()}`;
const addresses = async (address: () => Promise<string>) => [
  '--grpc',
  await address(),
  '--http',
  await address(),
];

beforeAll(async () => {
  const { code, stderr } = await runCommand([
    'certify',
    ...DIGITS_JOB,
    '--images',
    '0:200',
    '--out',
    folder.file('done'),
  ]);
  expect(code, stderr).toBe(0);
});

describe.each(SIGNALS)('%s', (signal) => {
  it.each(DRAWING)('ends %s while it draws, with exit code 130', async (_, args) => {
    await using part = new Part('command', args());
    await expect.poll(() => childrenOf(part.pid), { timeout: 60_000, interval: 10 }).not.toEqual([]);
    part.signal('SIGUSR1');
    expect(await part.end(signal)).toBe(INTERRUPTED);
    expect(part.log).not.toMatch(/Debugger|^Error|\n +at /m);
  });

  it.each(STAYING)('ends %s, with exit code 0', async (_, says, args) => {
    await using part = new Part('command', await args(free));
    await part.says(says);
    part.signal('SIGUSR1');
    expect(await part.end(signal)).toBe(0);
    expect(part.log).not.toMatch(/Debugger|^Error|\n +at /m);
  });
});

describe('a client of a server', () => {
  let server: Part;
  let grpc: string;
  beforeAll(async () => {
    grpc = await free();
    server = new Part('serve', [
      'serve',
      '--store',
      folder.file('served'),
      '--grpc',
      grpc,
      '--http',
      await free(),
    ]);
    await server.says(/Listening/);
  });
  afterAll(async () => {
    await server.end();
  });

  it.each(SIGNALS)('ends at %s, and the job goes on', async (signal) => {
    await using part = new Part('submit', [
      'submit',
      ...DIGITS_JOB,
      ...MANY,
      '--seed',
      '1',
      '--server',
      grpc,
      ...out(),
    ]);
    await part.says(/j-[0-9a-f]+/);
    const [id] = /j-[0-9a-f]+/.exec(part.log)!;
    part.signal('SIGUSR1');
    expect(await part.end(signal)).toBe(INTERRUPTED);
    const { stdout } = await runCommand(['job', id, '--server', grpc, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ state: expect.stringMatching(/pending|running/) as string });
    await runCommand(['cancel', id, '--server', grpc]);
  });
});
