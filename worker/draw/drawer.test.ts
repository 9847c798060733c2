import { EventEmitter, once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SmoothcertError } from '../../shared/errors.js';
import type { Shard } from '../../shared/shards.js';
import { Drawer, type Instruments } from './drawer.js';
import type { FromChild } from './messages.js';

const CLASSES = 10;
const GUILTY = 13;
/** The image whose bytes are no longer those of the job. */
const CHANGED = 98;

interface Row {
  readonly image: number;
  readonly sample: number;
}

interface Rig {
  readonly drawer: Drawer;
  readonly batches: Row[][];
  readonly told: FromChild[];
  /** Emits the kind of each message, and `run` when a batch begins. */
  readonly events: EventEmitter;
  /** The message that ends a shard. */
  readonly ended: (id: number) => FromChild | undefined;
  readonly allEnded: (count: number) => Promise<void>;
}

/**
 * Instruments without time and without a model: row (image, sample) votes for (image + sample) mod 10; a batch in
 * which any row, padding too, is of the guilty image throws; `gate` holds a batch until it resolves.
 */
function rig(batch: number, gate: (n: number) => Promise<unknown> = () => Promise.resolve()): Rig {
  const input: (Row | null)[] = Array<Row | null>(batch).fill(null);
  const events = new EventEmitter().setMaxListeners(0);
  const [batches, told]: [Row[][], FromChild[]] = [[], []];
  const instruments: Instruments = {
    batch,
    classes: CLASSES,
    baseOf(image) {
      const unreadable = new SmoothcertError('DATA_FORMAT', 'The image cannot be read.', 'Convert it again.');
      if (image === 99) return Promise.reject(unreadable);
      if (image !== CHANGED) return Promise.resolve(Int32Array.of(image));
      const changed = ['The images changed.', 'Convert them again.'] as const;
      return Promise.reject(new SmoothcertError('DATA_DIGEST_MISMATCH', ...changed));
    },
    draw(base, row, image, firstSample, count) {
      expect(base[0]).toBe(image);
      expect(row >= 0 && count > 0 && row + count <= batch).toBe(true);
      for (let r = 0; r < count; r++) input[row + r] = { image, sample: firstSample + r };
    },
    async run() {
      const rows = input.filter((row) => row !== null);
      batches.push(rows);
      events.emit('run');
      await gate(batches.length);
      if (rows.some(({ image }) => image === GUILTY)) throw new Error(`cannot compute ${'x'.repeat(1000)}`);
      const scores = new Float32Array(batch * CLASSES);
      rows.forEach(({ image, sample }, r) => (scores[r * CLASSES + ((image + sample) % CLASSES)] = 1));
      return scores;
    },
  };
  const isEnd = (message: FromChild) => 'id' in message;
  const drawer = new Drawer(instruments, (message) => {
    told.push(message);
    events.emit(message.kind);
    if (isEnd(message)) events.emit('end');
  });
  return {
    drawer,
    batches,
    told,
    events,
    ended: (id) => told.find((message) => 'id' in message && message.id === id),
    allEnded: async (count) => {
      while (told.filter(isEnd).length < count) await once(events, 'end');
    },
  };
}

function expected({ image, begin, end }: Shard) {
  const votes = Array<number>(CLASSES).fill(0);
  for (let sample = begin; sample < end; sample++) votes[(image + sample) % CLASSES]! += 1;
  const classes = votes.flatMap((v, c) => (v > 0 ? [c] : []));
  return { classes, votes: classes.map((c) => votes[c]!), invalid: 0 };
}

/** A gate that opens by hand. */
function gated() {
  const gate = new EventEmitter();
  return { hold: () => once(gate, 'open'), open: () => gate.emit('open') };
}

const shards = fc.array(
  fc.record({
    image: fc.nat(GUILTY - 1),
    begin: fc.nat(500),
    length: fc.integer({ min: 1, max: 90 }),
    alone: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

describe('the drawer', () => {
  it('counts each sample of each shard once, whatever is beside it', async () => {
    await fc.assert(
      fc.asyncProperty(shards, fc.integer({ min: 1, max: 64 }), async (wanted, batch) => {
        const { drawer, batches, told, ended, allEnded } = rig(batch);
        wanted.forEach(({ image, begin, length, alone }, id) =>
          drawer.add(id, { image, begin, end: begin + length }, alone),
        );
        await allEnded(wanted.length);
        wanted.forEach(({ image, begin, length }, id) => {
          const counts = expected({ image, begin, end: begin + length });
          expect(ended(id)).toMatchObject({ kind: 'counted', id, counts });
        });
        expect(told.filter(({ kind }) => kind === 'beat')).toHaveLength(batches.length);
      }),
    );
  });

  it('fills each batch with the rows of several shards, in order, and draws no more batches than it must', async () => {
    const { hold, open } = gated();
    const { drawer, batches, events, allEnded } = rig(64, (n) => (n === 1 ? hold() : Promise.resolve()));
    drawer.add(0, { image: 0, begin: 0, end: 64 }, false);
    await once(events, 'run');
    [1, 2, 3, 4].forEach((image) => drawer.add(image, { image, begin: 0, end: 40 }, false));
    open();
    await allEnded(5);
    expect(batches.map((rows) => rows.length)).toEqual([64, 64, 64, 64]);
    const drawn = batches.flat().map(({ image }) => image);
    const rows = (image: number, count: number) => Array<number>(count).fill(image);
    expect(drawn.slice(0, 224)).toEqual([
      ...rows(0, 64),
      ...[1, 2, 3, 4].flatMap((image) => rows(image, 40)),
    ]);
  });

  it('gives a shard that is to be alone whole batches, with nothing of another one in them', async () => {
    const { drawer, batches, allEnded } = rig(16);
    drawer.add(0, { image: 1, begin: 0, end: 16 }, false);
    drawer.add(1, { image: 2, begin: 0, end: 20 }, true);
    drawer.add(2, { image: 3, begin: 0, end: 8 }, false);
    await allEnded(3);
    const images = batches.map((rows) => [...new Set(rows.map(({ image }) => image))]);
    expect(images.slice(0, 3)).toEqual([[1], [2], [2]]);
    expect(batches.every((rows) => rows.length === 16)).toBe(true);
  });

  it('counts recorded microseconds for each shard', async () => {
    const { drawer, ended, allEnded } = rig(32);
    drawer.add(0, { image: 1, begin: 0, end: 64 }, false);
    await allEnded(1);
    const message = ended(0)!;
    expect(message.kind === 'counted' && message.micros).toBeGreaterThan(0);
  });
});

describe('a batch that fails', () => {
  it.each([
    ['first', [GUILTY, 1, 2, 3]],
    ['in the middle', [1, GUILTY, 2, 3]],
    ['last', [1, 2, 3, GUILTY]],
  ])('is held against the guilty shard alone, where that stands %s', async (_, images) => {
    const { drawer, ended, allEnded } = rig(64);
    images.forEach((image, id) => drawer.add(id, { image, begin: 0, end: 8 + 2 * id }, false));
    await allEnded(4);
    images.forEach((image, id) => {
      if (image !== GUILTY) expect(ended(id)).toMatchObject({ kind: 'counted' });
      else expect(ended(id)).toMatchObject({ kind: 'failed', code: 'INFERENCE_FAILED' });
    });
  });

  it('is not held against a shard that comes afterwards, though it fills only a part of the batch', async () => {
    const { drawer, ended, allEnded } = rig(64);
    drawer.add(0, { image: GUILTY, begin: 0, end: 64 }, false);
    await allEnded(1);
    drawer.add(1, { image: 1, begin: 0, end: 8 }, false);
    await allEnded(2);
    expect(ended(0)).toMatchObject({ kind: 'failed' });
    expect(ended(1)).toMatchObject({ kind: 'counted', counts: expected({ image: 1, begin: 0, end: 8 }) });
  });

  it('keeps what was counted before, and counts no sample twice', async () => {
    const { drawer, ended, allEnded } = rig(16);
    drawer.add(0, { image: 1, begin: 0, end: 24 }, false);
    drawer.add(1, { image: GUILTY, begin: 0, end: 8 }, false);
    await allEnded(2);
    expect(ended(0)).toMatchObject({ kind: 'counted', counts: expected({ image: 1, begin: 0, end: 24 }) });
    expect(ended(1)).toMatchObject({ kind: 'failed' });
  });

  it('reports an image that cannot be read with its own code, and draws the others', async () => {
    const { drawer, batches, ended, allEnded } = rig(16);
    drawer.add(0, { image: 99, begin: 0, end: 8 }, false);
    drawer.add(1, { image: 1, begin: 0, end: 8 }, false);
    await allEnded(2);
    expect(ended(0)).toEqual({
      kind: 'failed',
      id: 0,
      code: 'DATA_FORMAT',
      detail: 'The image cannot be read.',
    });
    expect(ended(1)).toMatchObject({ kind: 'counted' });
    expect(batches).toHaveLength(1);
  });

  it('hands everything back, and says why once, when the data is no longer that of the job', async () => {
    const { drawer, told, ended, allEnded } = rig(8);
    drawer.add(0, { image: 1, begin: 0, end: 4 }, false);
    for (const id of [1, 2]) drawer.add(id, { image: CHANGED, begin: 0, end: 8 }, false);
    drawer.add(3, { image: 2, begin: 0, end: 8 }, false);
    await allEnded(4);
    drawer.add(4, { image: 2, begin: 8, end: 16 }, false);
    expect(told.filter(({ kind }) => kind === 'refused')).toEqual([
      {
        kind: 'refused',
        code: 'DATA_DIGEST_MISMATCH',
        message: 'The images changed.',
        remedy: 'Convert them again.',
      },
    ]);
    // The first was in its batch before anything else was asked for.
    expect(ended(0)).toMatchObject({ kind: 'counted' });
    for (const id of [1, 2, 3, 4]) expect(ended(id)).toEqual({ kind: 'returned', id });
    const kinds = told.map(({ kind }) => kind);
    expect(kinds.indexOf('refused')).toBeLessThan(kinds.indexOf('returned'));
  });

  it('is reported in a detail of bounded length', async () => {
    const { drawer, ended, allEnded } = rig(16);
    drawer.add(0, { image: GUILTY, begin: 0, end: 8 }, true);
    await allEnded(1);
    const message = ended(0)!;
    expect(message.kind === 'failed' && message.detail).toMatch(/^cannot compute x{485}$/);
  });

  it('may throw anything', async () => {
    const { drawer, ended, allEnded } = rig(16, (n) => {
      AbortSignal.abort('words').throwIfAborted();
      return Promise.resolve(n);
    });
    drawer.add(0, { image: 1, begin: 0, end: 8 }, true);
    await allEnded(1);
    expect(ended(0)).toMatchObject({ kind: 'failed', code: 'INFERENCE_FAILED', detail: 'words' });
  });
});

describe('stopping', () => {
  it('drops the shards of decided images between two batches, and counts the others', async () => {
    const { hold, open } = gated();
    const { drawer, batches, events, ended, allEnded } = rig(16, (n) =>
      n === 1 ? hold() : Promise.resolve(),
    );
    drawer.add(0, { image: 1, begin: 0, end: 8 }, false);
    drawer.add(1, { image: 2, begin: 0, end: 100 }, false);
    drawer.add(2, { image: 2, begin: 100, end: 200 }, false);
    await once(events, 'run');
    drawer.stop([2, 5]);
    expect([ended(1), ended(2)]).toEqual([
      { kind: 'dropped', id: 1 },
      { kind: 'dropped', id: 2 },
    ]);
    open();
    await allEnded(3);
    expect(ended(0)).toMatchObject({ kind: 'counted', counts: expected({ image: 1, begin: 0, end: 8 }) });
    expect(batches).toHaveLength(1);
  });

  it('does not blame a shard that was dropped while its batch failed', async () => {
    const { hold, open } = gated();
    const { drawer, events, told, allEnded } = rig(16, hold);
    drawer.add(0, { image: GUILTY, begin: 0, end: 8 }, true);
    await once(events, 'run');
    drawer.stop([GUILTY]);
    open();
    await once(events, 'beat');
    await allEnded(1);
    expect(told.filter((message) => 'id' in message)).toEqual([{ kind: 'dropped', id: 0 }]);
  });
});

describe('draining', () => {
  it('hands everything back at once, and whatever comes later', async () => {
    const { hold, open } = gated();
    const { drawer, batches, events, told } = rig(16, hold);
    drawer.add(0, { image: 1, begin: 0, end: 8 }, false);
    drawer.add(1, { image: 2, begin: 0, end: 8 }, false);
    await once(events, 'run');
    drawer.drain();
    drawer.add(2, { image: 3, begin: 0, end: 8 }, false);
    open();
    await once(events, 'beat');
    drawer.add(3, { image: 3, begin: 8, end: 16 }, false);
    const ends = told.filter((message) => 'id' in message);
    expect(ends).toEqual([0, 1, 2, 3].map((id) => ({ kind: 'returned', id })));
    expect(batches).toHaveLength(1);
  });
});
