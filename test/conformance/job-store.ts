import { describe, expect, it } from 'vitest';

import type { JobStore } from '../../shared/ports/job-store.js';
import { makeJob } from '../support/jobs.js';
import { ENDING, PREPARED, entryOf } from '../support/stored-state.js';

/** Where jobs are kept: what outlives the processes that open it. */
export interface JobStorePlace extends AsyncDisposable {
  /** Opens the store as a further process would. @param onDamaged told the ids of entries that `list` cannot read */
  open(onDamaged?: (id: string) => void): Promise<JobStore>;
  /** Changes what is stored of this job so that it can no longer be read. */
  damage(id: string): Promise<void>;
}

export interface JobStoreAdapter {
  /** Makes a place without jobs. */
  readonly create: () => Promise<JobStorePlace>;
  /** Says whether several processes may have it open at once; otherwise one follows the other. */
  readonly manyProcesses: boolean;
}

const idsIn = async (store: JobStore) => (await store.list()).map(({ entry }) => entry.id);

/** Tests the promises of every job store. */
export function describeJobStore(name: string, adapter: JobStoreAdapter): void {
  describe(`the job store: ${name}`, () => {
    describeCreating(adapter);
    describeReplacing(adapter);
    describeListing(adapter);
  });
}

function describeCreating({ create, manyProcesses }: JobStoreAdapter): void {
  it('gives back every field of an entry to whoever opens it next', async () => {
    await using place = await create();
    const store = await place.open();
    const minimal = entryOf('j-1');
    const whole = { job: makeJob(), prepared: PREPARED, startMs: 1_500, cancelRequested: true };
    const complete = entryOf('j-2', { ...whole, ending: ENDING });
    for (const entry of [minimal, complete]) expect(await store.create(entry)).toBe('created');
    await store.close();
    const next = await place.open();
    expect((await next.get('j-1'))?.entry).toEqual(minimal);
    expect((await next.get('j-2'))?.entry).toEqual(complete);
    await next.close();
  });

  it('holds nothing under an id that was never stored, or that is no id', async () => {
    await using place = await create();
    const store = await place.open();
    await store.create(entryOf('j-1'));
    for (const id of ['j-2', '', 'no id. of *', '../jobs/j-1']) expect(await store.get(id)).toBeNull();
    await store.remove('j-2');
    expect(await store.replace(entryOf('j-2'), 1)).toBe('changed');
    expect(await idsIn(store)).toEqual(['j-1']);
    await store.close();
  });

  it('leaves the entry that exists as it is when the same id is created again', async () => {
    await using place = await create();
    const store = await place.open();
    await store.create(entryOf('j-1', { createMs: 1 }));
    expect(await store.create(entryOf('j-1', { createMs: 2 }))).toBe('exists');
    expect((await store.get('j-1'))?.entry.createMs).toBe(1);
    await store.close();
  });

  it('creates one entry where several are created under one id at once', async () => {
    await using place = await create();
    const stores = [await place.open(), ...(manyProcesses ? [await place.open()] : [])];
    for (let k = 0; k < 10; k++) {
      const entries = [1, 2, 3, 4].map((createMs) => entryOf(`j-${k}`, { createMs }));
      const outcomes = await Promise.all(
        entries.map((entry, at) => stores[at % stores.length]!.create(entry)),
      );
      expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
      for (const store of stores) {
        expect((await store.get(`j-${k}`))?.entry).toEqual(entries[outcomes.indexOf('created')]);
      }
    }
    await Promise.all(stores.map((store) => store.close()));
  });
}

function describeReplacing({ create }: JobStoreAdapter): void {
  it('replaces an entry only where nobody has replaced it since it was read', async () => {
    await using place = await create();
    const store = await place.open();
    await store.create(entryOf('j-1'));
    const { version } = (await store.get('j-1'))!;
    const changes = [5, 6, 7].map((startMs) => entryOf('j-1', { startMs }));
    const outcomes = await Promise.all(changes.map((entry) => store.replace(entry, version)));
    expect([...outcomes].sort()).toEqual(['changed', 'changed', 'replaced']);
    const now = (await store.get('j-1'))!;
    expect(now.entry).toEqual(changes[outcomes.indexOf('replaced')]);
    expect(now.version).toBeGreaterThan(version);
    expect(await store.replace(entryOf('j-1', { startMs: 8 }), version)).toBe('changed');
    expect(await store.replace(entryOf('j-1', { startMs: 8 }), now.version)).toBe('replaced');
    expect((await store.get('j-1'))?.entry.startMs).toBe(8);
    await store.close();
  });

  it('forgets an entry that is removed, and takes its id again', async () => {
    await using place = await create();
    const store = await place.open();
    await store.create(entryOf('j-1'));
    const { version } = (await store.get('j-1'))!;
    await store.remove('j-1');
    await store.remove('j-1');
    expect(await store.get('j-1')).toBeNull();
    expect(await store.replace(entryOf('j-1'), version)).toBe('changed');
    expect(await store.create(entryOf('j-1', { createMs: 9 }))).toBe('created');
    expect(await store.replace(entryOf('j-1'), version)).toBe('changed');
    expect((await store.get('j-1'))?.entry.createMs).toBe(9);
    await store.close();
  });
}

function describeListing({ create }: JobStoreAdapter): void {
  it('lists all entries, newest first, with the versions that replace compares', async () => {
    await using place = await create();
    const store = await place.open();
    expect(await store.list()).toEqual([]);
    for (const createMs of [20, 10, 30, 40]) await store.create(entryOf(`j-${createMs}`, { createMs }));
    const listed = await store.list();
    expect(listed.map(({ entry }) => entry.id)).toEqual(['j-40', 'j-30', 'j-20', 'j-10']);
    for (const { entry, version } of listed) {
      expect(await store.replace({ ...entry, cancelRequested: true }, version)).toBe('replaced');
    }
    await store.close();
  });

  it('leaves out entries that cannot be read and reports them; they keep their ids until they are removed', async () => {
    await using place = await create();
    const damaged: string[] = [];
    const store = await place.open((id) => void damaged.push(id));
    for (const id of ['j-1', 'j-2', 'j-3']) await store.create(entryOf(id));
    await place.damage('j-2');
    expect((await idsIn(store)).sort()).toEqual(['j-1', 'j-3']);
    expect(damaged).toEqual(['j-2']);
    await expect(store.get('j-2')).rejects.toMatchObject({ name: 'SmoothcertError' });
    expect(await store.create(entryOf('j-2'))).toBe('exists');
    await store.remove('j-2');
    expect(await store.create(entryOf('j-2'))).toBe('created');
    expect((await idsIn(store)).sort()).toEqual(['j-1', 'j-2', 'j-3']);
    await store.close();
  });
}
