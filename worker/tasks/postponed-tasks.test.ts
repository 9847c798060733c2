import { expect, it } from 'vitest';
import type { WorkerLinks } from '../../shared/ports/exchange.js';
import type { Delivery } from '../../shared/ports/task-queue.js';
import { MemoryQueue } from '../../adapters/local/memory-queue.js';
import { systemClock } from '../../adapters/local/system-clock.js';
import { SmoothcertError } from '../../shared/errors.js';
import { never } from '../../test/support/never.js';
import { PostponedTasks } from './postponed-tasks.js';

/** Makes an exchange that opens no job until `answer` is called, and then says of each that it has ended. */
function waitingExchange() {
  let answer!: () => void;
  const open = new Promise<WorkerLinks | null>((resolve) => (answer = () => resolve(null)));
  return { exchange: { open: () => open }, answer };
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

it('keeps at most so many tasks, each until it is answered; a further one waits', async () => {
  const { exchange, answer } = waitingExchange();
  const postponed = new PostponedTasks({ exchange, clock: systemClock, maxTasks: 2, onFault, onAnswered });
  const queue = new MemoryQueue();
  const [first, second, third] = await deliveries(queue, 3);
  const until = never;
  await postponed.put(first!, null, 0, until);
  await postponed.put(second!, null, 0, until);
  let taken = false;
  const put = postponed.put(third!, null, 0, until).then(() => (taken = true));
  await Promise.resolve();
  expect({ taken, size: postponed.size }).toEqual({ taken: false, size: 2 });
  expect(await queue.depth()).toEqual({ waiting: 0, taken: 3 });
  answer();
  await put;
  await postponed.settled();
  expect(postponed.size).toBe(0);
  expect(await queue.depth()).toEqual({ waiting: 0, taken: 0 });
});

it('tries each at once and for the last time when the worker ends, and reports a fault once a task', async () => {
  const faults: string[] = [];
  const away = { open: () => Promise.reject(new Error('away')) };
  const onFault = ({ name }: { name: string }) => faults.push(name);
  const postponed = new PostponedTasks({
    exchange: away,
    clock: systemClock,
    maxTasks: 4,
    onFault,
    onAnswered,
  });
  const queue = new MemoryQueue();
  const [sleeping, failing] = await deliveries(queue, 2);
  const end = new AbortController();
  await postponed.put(sleeping!, null, 3_600_000, end.signal);
  await postponed.put(failing!, null, 0, end.signal);
  end.abort();
  await postponed.settled();
  expect(faults.sort()).toEqual(['t0', 't1']);
  expect(await queue.depth()).toEqual({ waiting: 2, taken: 0 });
});

it('hands a task back at once after an error that no further try would mend', async () => {
  const foreign = new SmoothcertError('PROTOCOL_MISMATCH', 'It is of protocol 2.', 'Update.');
  const exchange = { open: () => Promise.reject(foreign) };
  const postponed = new PostponedTasks({ exchange, clock: systemClock, maxTasks: 4, onFault, onAnswered });
  const queue = new MemoryQueue();
  const [task] = await deliveries(queue, 1);
  await postponed.put(task!, null, 0, never);
  await postponed.settled();
  expect(await queue.depth()).toEqual({ waiting: 1, taken: 0 });
});
