import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import type { CoordinatorExchange } from '../../shared/ports/exchange.js';
import type { JobEnding, JobEntry, JobStore } from '../../shared/ports/job-store.js';
import { NO_METRICS } from '../../shared/telemetry/metrics.js';
import { jobOf } from '../core/job-of.js';
import { ServiceBed, endOf, happens, prepared } from '../../test/support/service-bed.js';
import { fault, meanwhile, replacing } from '../../test/support/service-faults.js';
import { never } from '../../test/support/never.js';
import { jobIdOf } from '../jobs/new-job-id.js';
import { JobRunner } from './job-runner.js';
import { DEFAULT_LIMITS } from '../jobs/limits.js';
import { noProgress } from './live-job.js';
import type { ServicePorts } from '../jobs/service-ports.js';
import { ResultsInUse } from '../results/results-in-use.js';
import { Retention } from '../jobs/retention.js';
import { updateEntry } from './stored-job.js';

let bed: ServiceBed;
beforeEach(async () => void (bed = await ServiceBed.open()));
afterEach(() => bed.close());

const ID = jobIdOf('one');
const request = (requestId = 'one') => ({ spec: bed.spec(), requestId, validateOnly: false });

async function created(): Promise<JobEntry> {
  const manager = await bed.serving();
  await manager.createJob(request());
  await bed.stop();
  return (await bed.jobs.get(ID))!.entry;
}

const ports = (more: Partial<ServicePorts> = {}): ServicePorts => ({
  ...bed.ports(),
  clock: bed.clock,
  now: () => 1,
  randomBytes,
  limits: DEFAULT_LIMITS,
  log: () => undefined,
  metrics: NO_METRICS,
  ...more,
});

/** Stores the job that another coordinator has made meanwhile. */
const made = (): Promise<JobEntry | null> =>
  updateEntry(bed.jobs, ID, (entry) => {
    const found = prepared();
    const job = jobOf(entry.spec, entry.spec.data.digest, entry.spec.images!, found);
    return { ...entry, job, prepared: found, startMs: 2 };
  });

const cancelled: JobEnding = {
  state: 'cancelled',
  endMs: 7,
  error: null,
  progress: noProgress(6),
  results: null,
};
const ended = () => updateEntry(bed.jobs, ID, (entry) => ({ ...entry, ending: cancelled }));

/** The exchange, and the calls that were made to it. */
function noting(more: Partial<CoordinatorExchange> = {}): { exchange: CoordinatorExchange; calls: string[] } {
  const calls: string[] = [];
  const exchange = replacing<CoordinatorExchange>(bed.exchange, {
    open: (order, bytes) => {
      calls.push('open');
      return bed.exchange.open(order, bytes);
    },
    end: (order) => {
      calls.push(`end ${order.job}`);
      return bed.exchange.end(order);
    },
    ...more,
  });
  return { exchange, calls };
}

describe('a coordinator that is late', () => {
  it('with a refusal ends no job that another one has made meanwhile, and draws it', async () => {
    const entry = await created();
    const { exchange } = noting({
      prepare: async () => {
        await made();
        throw fault('MODEL_UNREADABLE');
      },
    });
    bed.worker();
    await new JobRunner(ports({ exchange }), entry, () => 4).run(never);
    expect((await bed.ending(ID)).state).toBe('succeeded');
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
  });

  it('with a refusal leaves the ending that another one has stored', async () => {
    const entry = await created();
    const { exchange } = noting({
      prepare: async () => {
        await ended();
        throw fault('MODEL_UNREADABLE');
      },
    });
    await new JobRunner(ports({ exchange }), entry, () => 4).run(never);
    expect(await bed.ending(ID)).toEqual(cancelled);
  });

  it('asks nobody and tells nobody once the lease is lost', async () => {
    const entry = await created();
    const lease = new AbortController();
    const { exchange, calls } = noting({
      prepare: () => {
        calls.push('prepare');
        return Promise.resolve(prepared());
      },
    });
    const jobs = replacing<JobStore>(bed.jobs, {
      get: (id) => {
        lease.abort();
        return bed.jobs.get(id);
      },
    });
    await new JobRunner(ports({ exchange, jobs }), entry, () => 4).run(lease.signal);
    expect(lease.signal.aborted).toBe(true);
    expect(calls).toEqual([]);
  });

  it.each([
    ['ended', ended, [`end ${ID}`]],
    ['was forgotten', () => bed.jobs.remove(ID), [`end ${ID}`, `remove ${ID}`]],
  ])('leaves no order of a job that %s while its ledger was made', async (_, elsewhere, undone) => {
    await created();
    const entry = (await made())!;
    const lease = new AbortController();
    const { exchange, calls } = noting({
      open: async (order, bytes) => {
        await elsewhere();
        lease.abort();
        return bed.exchange.open(order, bytes);
      },
      removeLedger: (job) => {
        calls.push(`remove ${job}`);
        return bed.exchange.removeLedger(job);
      },
    });
    await new JobRunner(ports({ exchange }), entry, () => 4).run(lease.signal);
    expect(calls).toEqual(undone);
    expect(await bed.exchange.open(ID)).toBeNull();
  });

  it('closes what it opened if the store does not answer then', async () => {
    await created();
    const entry = (await made())!;
    const lease = new AbortController();
    let [opened, closed] = [false, false];
    const { exchange } = noting({
      open: async (order, bytes) => {
        const links = await bed.exchange.open(order, bytes);
        opened = true;
        return { ...links, close: () => links.close().finally(() => (closed = true)) };
      },
    });
    const jobs = replacing<JobStore>(bed.jobs, {
      get: (id) => {
        if (!opened) return bed.jobs.get(id);
        lease.abort();
        return Promise.reject(fault('NATS_UNREACHABLE'));
      },
    });
    await new JobRunner(ports({ exchange, jobs }), entry, () => 4).run(lease.signal);
    expect(closed).toBe(true);
  });

  it('makes no ledger and no order of a job that ended while it read the labels', async () => {
    await created();
    const entry = (await made())!;
    const { exchange, calls } = noting();
    const artifacts = replacing<ArtifactStore>(bed.artifacts, {
      chunks: async (digest) => {
        await ended();
        return bed.artifacts.chunks(digest);
      },
    });
    const runner = new JobRunner(ports({ exchange, artifacts }), entry, () => 4);
    await runner.run(never);
    expect(runner.over).toBe(true);
    // Another process may have made them before: they are cleared away.
    expect(calls).toEqual([`end ${ID}`]);
    expect(await bed.ending(ID)).toEqual(cancelled);
  });

  it('clears away what it told workers of a job that was ended or forgotten elsewhere', async () => {
    await created();
    const entry = (await made())!;
    const { exchange, calls } = noting();
    const runner = new JobRunner(ports({ exchange }), entry, () => 4);
    const running = runner.run(never);
    await happens(() => runner.shown.labelled !== null);
    runner.notice((await ended())!);
    await running;
    expect(calls).toEqual(['open', `end ${ID}`]);
    expect((await (await bed.exchange.tasks('test')).depth(ID)).waiting).toBe(0);
    await bed.jobs.remove(ID);
    await new JobRunner(ports({ exchange }), entry, () => 4).run(never);
    expect(calls).toEqual(['open', `end ${ID}`, `end ${ID}`]);
  });
});

describe('work that is lost again and again', () => {
  it('has the job begun again, with its order', async () => {
    const { exchange, calls } = noting();
    const manager = await bed.serving({ exchange });
    bed.worker({ onTask: () => calls.length > 1 });
    await manager.createJob(request());
    await meanwhile(bed, endOf(manager, ID));
    expect(calls).toEqual(['open', 'open', `end ${ID}`]);
    const said = bed.events.map(({ cause }) => String(cause));
    expect(said).toContainEqual(expect.stringContaining('issued 3 times and lost each time'));
    expect(await bed.results(ID)).toEqual(await bed.expected(ID));
  });
});

describe('a sweep that is late', () => {
  const limits = { ...DEFAULT_LIMITS, retainMs: 0, retainLedgers: 0, retainJobs: 0 };
  const now = () => Number.MAX_SAFE_INTEGER;

  async function drawn(...requestIds: string[]): Promise<JobEntry[]> {
    const manager = await bed.serving();
    const worker = bed.worker();
    const ids: string[] = [];
    for (const requestId of requestIds) {
      ids.push((await manager.createJob(request(requestId))).id);
      await endOf(manager, ids.at(-1)!);
    }
    await worker.stop();
    await bed.stop();
    return Promise.all(ids.map(async (id) => (await bed.jobs.get(id))!.entry));
  }

  it('leaves a job that was forgotten elsewhere and created anew, with its ledger', async () => {
    const [entry] = await drawn('one');
    await bed.jobs.remove(ID);
    await bed.jobs.create({ ...entry!, createMs: entry!.createMs + 1, ending: null });
    const removed: string[] = [];
    const exchange = replacing<CoordinatorExchange>(bed.exchange, {
      removeLedger: (job) => Promise.resolve(void removed.push(job)),
    });
    await new Retention(ports({ exchange, limits, now })).sweep([entry!]);
    expect(removed).toEqual([]);
    expect((await bed.jobs.get(ID))?.entry.ending).toBeNull();
    expect(await bed.artifacts.find(entry!.ending!.results!.jsonl)).not.toBeNull();
  });

  it('leaves results that another job has named since the sweep began', async () => {
    const [one, two] = await drawn('one', 'two');
    await new Retention(ports({ limits, now })).sweep([one!]);
    expect(await bed.jobs.get(ID)).toBeNull();
    expect(await bed.artifacts.find(two!.ending!.results!.jsonl)).not.toBeNull();
    expect(await bed.artifacts.find(two!.ending!.results!.tsv)).not.toBeNull();
  });

  it('leaves results that a job has found and not yet named', async () => {
    const [one] = await drawn('one');
    const inUse = new ResultsInUse();
    const { jsonl, tsv } = one!.ending!.results!;
    // The second job finds the results of the first, and at that moment the first is forgotten.
    const { exchange } = noting({
      end: async (order) => {
        await new Retention(ports({ limits, now }), inUse).sweep([one!]);
        return bed.exchange.end(order);
      },
    });
    const id = jobIdOf('two');
    const entry = { ...one!, id, requestId: 'two', ending: null };
    await bed.jobs.create(entry);
    bed.worker();
    await new JobRunner(ports({ exchange }), entry, () => 4, inUse).run(never);
    expect(await bed.jobs.get(ID)).toBeNull();
    expect((await bed.ending(id)).results).toEqual({ jsonl, tsv });
    expect(await bed.results(id)).toEqual(await bed.expected(id));
    // Named and let go: it is removed with the last job that has it.
    await new Retention(ports({ limits, now }), inUse).sweep([(await bed.jobs.get(id))!.entry]);
    expect(await bed.artifacts.find(jsonl)).toBeNull();
  });

  it('that has begun to remove is waited for; a digest held twice is let go twice', async () => {
    const inUse = new ResultsInUse();
    const said: string[] = [];
    let finish!: () => void;
    const removing = inUse.removeUnlessUsed('a', () => new Promise<void>((resolve) => (finish = resolve)));
    const holding = inUse.use('a').then(() => said.push('held'));
    await Promise.resolve();
    expect(said).toEqual([]);
    finish();
    await Promise.all([removing, holding, inUse.use('a')]);
    const remove = () => Promise.resolve(void said.push('removed'));
    inUse.release(['a']);
    await inUse.removeUnlessUsed('a', remove);
    expect(said).toEqual(['held']);
    inUse.release(['a']);
    await inUse.removeUnlessUsed('a', remove);
    expect(said).toEqual(['held', 'removed']);
  });
});
