import { expect, it } from 'vitest';
import type { WorkerLinks } from '../../shared/ports/exchange.js';
import type { Delivery } from '../../shared/ports/task-queue.js';
import { MemoryQueue } from '../../adapters/local/memory-queue.js';
import { systemClock } from '../../adapters/local/system-clock.js';
import { SmoothcertError } from '../../shared/errors.js';
import { SetAside } from './set-aside.js';
import { never } from '../../test/support/never.js';

/** Of jobs that have all ended, once it is let go. */
function gate() {
  let letGo!: () => void;
  const open = new Promise<WorkerLinks | null>((resolve) => (letGo = () => resolve(null)));
  return { exchange: { open: () => open }, letGo };
}

async function deliveries(queue: MemoryQueue, count: number): Promise<Delivery[]> {
  const taken: Delivery[] = [];
  for (let task = 0; task < count; task++) {
    await queue.publish({ name: `t${task}`, job: 'j-1', shards: [] });
    taken.push((await queue.next(never))!);
  }
  return taken;
}

const onFault = () => undefined;
const onAnswered = () => undefined;

it('lets whoever brings one too many wait, and holds each until it is answered', async () => {
  const { exchange, letGo } = gate();
  const aside = new SetAside({ exchange, clock: systemClock, most: 2, onFault, onAnswered });
  const queue = new MemoryQueue();
  const [first, second, third] = await deliveries(queue, 3);
  const until = never;
  await aside.put(first!, null, 0, until);
  await aside.put(second!, null, 0, until);
  let taken = false;
  const put = aside.put(third!, null, 0, until).then(() => (taken = true));
  await Promise.resolve();
  expect({ taken, size: aside.size }).toEqual({ taken: false, size: 2 });
  expect(await queue.depth()).toEqual({ waiting: 0, taken: 3 });
  letGo();
  await put;
  await aside.settled();
  expect(aside.size).toBe(0);
  expect(await queue.depth()).toEqual({ waiting: 0, taken: 0 });
});

it('tries each at once and for the last time when the worker ends, and tells of a fault once', async () => {
  const faults: string[] = [];
  const away = { open: () => Promise.reject(new Error('away')) };
  const onFault = ({ name }: { name: string }) => faults.push(name);
  const aside = new SetAside({ exchange: away, clock: systemClock, most: 4, onFault, onAnswered });
  const queue = new MemoryQueue();
  const [sleeping, failing] = await deliveries(queue, 2);
  const end = new AbortController();
  await aside.put(sleeping!, null, 3_600_000, end.signal);
  await aside.put(failing!, null, 0, end.signal);
  end.abort();
  await aside.settled();
  expect(faults.sort()).toEqual(['t0', 't1']);
  expect(await queue.depth()).toEqual({ waiting: 2, taken: 0 });
});

it('gives to others at once what another try would not mend', async () => {
  const foreign = new SmoothcertError('PROTOCOL_MISMATCH', 'It is of protocol 2.', 'Update.');
  const exchange = { open: () => Promise.reject(foreign) };
  const aside = new SetAside({ exchange, clock: systemClock, most: 4, onFault, onAnswered });
  const queue = new MemoryQueue();
  const [task] = await deliveries(queue, 1);
  await aside.put(task!, null, 0, never);
  await aside.settled();
  expect(await queue.depth()).toEqual({ waiting: 1, taken: 0 });
});
