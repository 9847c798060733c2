import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';

import { accountOf, show } from '../harness/account.js';
import { Army, certifiedRows } from '../harness/army.js';
import { Cluster } from '../harness/cluster.js';
import { runCommand } from '../harness/command.js';
import { DIGITS_JOB } from '../harness/local-job.js';
import { freePort, hasNatsServer } from '../harness/nats-server.js';
import { Nemesis } from '../harness/nemesis.js';
import { Part } from '../harness/parts.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** Images that share a total: what each of them gets depends on the votes of all. */
const JOB = [
  ...DIGITS_JOB,
  '--seed',
  '11',
  '--images',
  '::10',
  '--stop',
  'budget',
  '--total-samples',
  '60000',
];

const folder = folderOfAllTests();
let certified: string;

beforeAll(async () => {
  certified = await certifiedRows(JOB);
});

describe.runIf(hasNatsServer)('a cluster shares a total out as certify does, byte for byte', () => {
  it.each([1, 3])('with %i workers', async (workers) => {
    await using cluster = await Cluster.start();
    const coordinator = await cluster.coordinator();
    for (let k = 0; k < workers; k++) cluster.worker(`w${k}`);
    const { code, rows } = await cluster.submit(coordinator, JOB);
    expect(code).toBe(0);
    expect(rows).toBe(certified);
  });

  it('with workers, their children and the coordinator killed within rounds', async () => {
    await using army = await Army.raise(['one', 'two']);
    const nemesis = new Nemesis(army, 17);
    const submitted = army.cluster.submit(army.coordinator, JOB);
    const faults = ['kill worker', 'kill child', 'kill coordinator'] as const;
    const { code, rows, id, stderr } = await nemesis.during(submitted, faults, { count: 4, records: 8 });
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('Error')]);
    expect(rows).toBe(certified);
    const account = await accountOf(army.cluster.nats, id, rows, army.taps);
    console.log(show(nemesis.struck.join(', '), account));
    expect(account.findings).toEqual([]);
  });
});

it('serve shares a total out as certify does, byte for byte', async () => {
  const grpc = `127.0.0.1:${await freePort()}`;
  const http = `127.0.0.1:${await freePort()}`;
  await using server = new Part('serve', [
    'serve',
    '--store',
    folder.file('store'),
    '--grpc',
    grpc,
    '--http',
    http,
  ]);
  await server.says(/Ready/);
  const out = folder.file('served');
  const { code } = await runCommand(['submit', ...JOB, '--server', grpc, '--out', out]);
  expect(code).toBe(0);
  expect(await readFile(`${out}/results.jsonl`, 'utf8')).toBe(certified);
  expect(await server.end()).toBe(0);
});
