import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { accountOf, show } from '../harness/account.js';
import { Army, LONG_JOB, certifiedRows } from '../harness/army.js';
import { hasNatsServer } from '../harness/nats-server.js';
import { Part } from '../harness/parts.js';
import { childrenOf, signalTo } from '../harness/processes.js';

const certified = hasNatsServer ? certifiedRows(LONG_JOB) : Promise.resolve('');

/** As long, and it votes otherwise: the middle of the file is weights. */
const otherWeights = (bytes: Buffer): Buffer => {
  const other = Buffer.from(bytes);
  const middle = other.length >> 1;
  for (let at = middle; at < middle + 256; at++) other[at]! ^= 0x80;
  return other;
};
const otherPixels = (bytes: Buffer): Buffer => {
  const other = Buffer.from(bytes);
  for (let at = 128; at < other.length; at++) other[at]! ^= 0x5a;
  return other;
};

describe.runIf(hasNatsServer)('an artifact swapped under its digest, everywhere, while it is used', () => {
  test.concurrent.each([
    ['the model', 'model', 'models', 'model.onnx', 'MODEL_DIGEST_MISMATCH', otherWeights],
    ['the images', 'data', 'data', 'data', 'DATA_DIGEST_MISMATCH', otherPixels],
  ] as const)(
    '%s: refused, and nothing of it counted; the job goes on with the right one',
    async (_, what, kind, file, code, other) => {
      const expected = await certified;
      await using army = await Army.raise(['one']);
      const { cluster, taps, coordinator, workers } = army;
      const id = await cluster.detach(coordinator, LONG_JOB);
      await taps.further(10);
      const { digest } = (await cluster.look(coordinator, id)).spec[what];
      const store = cluster.folder.file('store', digest);
      const copy = cluster.folder.file('cache-one', kind, digest, file);
      const right = cluster.folder.file('right');
      await copyFile(store, right);
      const wrong = other(await readFile(right));
      await using watcher = new Part('watch', ['watch', id, '--server', coordinator.grpc, '--json']);
      for (const swapped of [store, copy]) {
        await mkdir(path.dirname(swapped), { recursive: true });
        await writeFile(swapped, wrong);
      }
      for (const { pid } of workers) for (const child of await childrenOf(pid)) signalTo(child, 'SIGKILL');
      await watcher.says(new RegExp(code));
      const { state, refusals } = await cluster.look(coordinator, id);
      expect(state).toBe('running');
      expect(refusals).toContainEqual(expect.objectContaining({ code }));
      await copyFile(right, store);
      const { rows } = await cluster.finish(coordinator, id);
      expect(rows).toBe(expected);
      const account = await accountOf(cluster.nats, id, rows, taps);
      console.log(show(`${what} swapped`, account));
      expect(account.findings).toEqual([]);
      expect(army.standing).toBe(true);
    },
  );
});
