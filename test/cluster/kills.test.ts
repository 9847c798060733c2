import { expect, test } from 'vitest';
import { accountOf, show } from '../harness/account.js';
import { Army, LONG_JOB, certifiedRows } from '../harness/army.js';
import { hasNatsServer } from '../harness/nats-server.js';
import { Nemesis, type Fault } from '../harness/nemesis.js';

const certified = hasNatsServer ? certifiedRows(LONG_JOB) : Promise.resolve('');

/** One job with two workers, disturbed; all who listen agree on what became of it. */
async function disturbed(seed: number, faults: readonly Fault[], count: number) {
  const expected = await certified;
  await using army = await Army.raise(['one', 'two']);
  const nemesis = new Nemesis(army, seed);
  const submitted = army.cluster.submit(army.coordinator, LONG_JOB);
  const { code, rows, id, stderr } = await nemesis.during(submitted, faults, { count, records: 8 });
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('Error')]);
  expect(rows).toBe(expected);
  expect(nemesis.struck.length).toBe(count);
  const account = await accountOf(army.cluster.nats, id, rows, army.taps);
  console.log(show(`seed ${seed}, ${nemesis.struck.join(', ')}`, account));
  expect(account.findings).toEqual([]);
  expect(army.standing).toBe(true);
  return { account, heard: army.taps.complete };
}

test.runIf(hasNatsServer)(
  'workers, their children and the coordinator killed again and again: the same certificates, nothing lost, nothing invented',
  async () => {
    const { account, heard } = await disturbed(17, ['kill worker', 'kill child', 'kill coordinator'], 6);
    expect(heard).toBe(true);
    expect(account.acknowledged).toBeGreaterThan(50);
  },
);

test.runIf(hasNatsServer)('nats-server killed, too: the same certificates, no record lost', async () => {
  const { heard } = await disturbed(4, ['kill nats', 'kill worker', 'kill coordinator', 'kill child'], 4);
  expect(heard).toBe(false);
});
