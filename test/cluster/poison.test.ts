import { describe, expect, test } from 'vitest';
import { decodeTask } from '../../shared/wire/cluster.js';
import { accountOf, show } from '../harness/account.js';
import { Army, certifiedRows } from '../harness/army.js';
import { project } from '../harness/local-job.js';
import { hasNatsServer } from '../harness/nats-server.js';
import { TcpProxy } from '../harness/tcp-proxy.js';

const MODELS = 'test/fixtures/models';
const job = (model: string, sigma: number, ...more: string[]): string[] => [
  '--model',
  project(`${MODELS}/${model}`),
  '--data',
  project(`${MODELS}/images.npz`),
  '--sigma',
  `${sigma}`,
  '--seed',
  '5',
  '--max-samples',
  '512',
  ...more,
];

interface Row {
  readonly image: number;
  readonly outcome: string;
  readonly stop: string;
}
const rowsOf = (text: string): Row[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);

describe.runIf(hasNatsServer)(
  'images that cannot be drawn are reported, and the others are certified as ever',
  () => {
    test.concurrent.each([
      [
        'a model that throws for them',
        job('fails-sometimes.onnx', 0.05, '--images', '0:12'),
        'INFERENCE_FAILED',
      ],
      [
        'a model without finite scores',
        job('nan-sometimes.onnx', 0.25, '--images', '0:12'),
        'MODEL_OUTPUT_NOT_FINITE',
      ],
    ])('%s', async (_, flags, why) => {
      const expected = await certifiedRows(flags, 3);
      await using army = await Army.raise(['one', 'two']);
      const { cluster, taps, coordinator } = army;
      const { code, rows, id } = await cluster.submit(coordinator, flags);
      expect(code).toBe(3);
      expect(rows).toBe(expected);
      const failed = rowsOf(rows).filter(({ outcome }) => outcome === 'failed');
      expect(failed.length).toBeGreaterThan(0);
      for (const { stop } of failed) expect(stop).toBe(why);
      expect((await cluster.look(coordinator, id)).state).toBe('partially-succeeded');
      const account = await accountOf(cluster.nats, id, rows, taps);
      expect(account.findings).toEqual([]);
    });

    test.concurrent('a shard whose task ends the connection of whoever is handed it, each time', async () => {
      const flags = job('free.onnx', 0.25, '--images', '0:8');
      const [poisoned, expected] = [2, rowsOf(await certifiedRows(flags))];
      await using army = await Army.raise([], { ackWait: 0.5, lease: 1 });
      const { cluster, taps, coordinator } = army;
      await using network = await TcpProxy.to(cluster.nats.port);
      network.dieOf((bytes) => imagesOfTasksIn(bytes).includes(poisoned));
      await cluster.worker('one', [], network.url).says(/Ready/);
      const { code, rows, id } = await cluster.submit(coordinator, flags);
      expect(code).toBe(3);
      const failed = rowsOf(rows).filter(({ outcome }) => outcome === 'failed');
      const certified = rowsOf(rows).filter(({ outcome }) => outcome !== 'failed');
      expect(failed.map(({ image }) => image)).toContain(poisoned);
      // A task that is handed out together with it, each time, does not arrive either.
      for (const row of failed) expect(row).toMatchObject({ stop: 'CHILD_DIED' });
      expect(certified.length).toBeGreaterThan(failed.length);
      expect(expected).toEqual(expect.arrayContaining(certified));
      const account = await accountOf(cluster.nats, id, rows, taps);
      console.log(show('a shard that nobody survives', account));
      expect(account.findings).toEqual([]);
    });
  },
);

/** Images of the tasks that a server sends in these bytes. */
function imagesOfTasksIn(bytes: Buffer): number[] {
  const text = bytes.toString('latin1');
  const sent = [...text.matchAll(/^MSG sc1\.work\.\S+ .* (\d+)\r\n/gm)];
  return sent.flatMap((header) => {
    const begin = header.index + header[0].length;
    const task = decodeTask(bytes.subarray(begin, begin + Number(header[1])));
    return task.shards.map(({ image }) => image);
  });
}
