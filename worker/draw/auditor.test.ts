import { EventEmitter, once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Auditor, type AuditTerms } from './auditor.js';
import { BatchFigures } from './batch-figures.js';
import { Drawer, type Instruments } from './drawer.js';
import type { FromChild } from './messages.js';

const CLASSES = 3;
const TOLERANCE = 1e-4;
/** Samples that no job and no probe draws. */
const FILLING = 2 ** 52 + 2 ** 40;

interface Row {
  readonly image: number;
  readonly sample: number;
}

/** A model without pixels: scores of a row in a run that holds all of these rows. */
type Model = (row: Row, rows: readonly Row[], run: number) => number[];

const honest: Model = ({ image, sample }) => [Math.sin(image), Math.sin(7 * sample + image), 0];
/** Adds to each score of an honest model. */
const plus =
  (more: (row: Row, rows: readonly Row[], run: number) => number): Model =>
  (row, rows, run) =>
    honest(row, rows, run).map((score) => score + more(row, rows, run));
/** Returns a number that is another one for other rows, whatever their order. */
const mixed = (rows: readonly Row[]) =>
  rows.reduce((sum, { image, sample }) => sum + Math.cos(3 * image + 5 * (sample % 1e6)), 0);

function rig(model: Model, batch: number, terms: Partial<AuditTerms> = {}) {
  const input = Array.from({ length: batch }, (): Row => ({ image: 0, sample: 0 }));
  const runs: Row[][] = [];
  const told: FromChild[] = [];
  const events = new EventEmitter().setMaxListeners(0);
  const instruments: Instruments = {
    batch,
    classes: CLASSES,
    baseOf: (image) => Promise.resolve(Int32Array.of(image)),
    draw(base, row, image, firstSample, count) {
      expect(base[0]).toBe(image);
      for (let r = 0; r < count; r++) input[row + r] = { image, sample: firstSample + r };
    },
    run() {
      const rows = [...input];
      runs.push(rows);
      const scores = rows.flatMap((row) => model(row, rows, runs.length));
      return Promise.resolve(Float32Array.from(scores));
    },
  };
  const auditor = new Auditor(instruments, { share: 1, scale: 1, tolerance: TOLERANCE, ...terms });
  const figures = new BatchFigures();
  const tell = (message: FromChild) => {
    told.push(message);
    events.emit('told');
  };
  const drawer = new Drawer(instruments, tell, auditor, figures);
  const ends = () => told.filter((message) => 'id' in message);
  /** Draws `count` samples from `sample` on of each image, one shard after the other or all at once. */
  const draw = async (shards: readonly (Row & { count: number; alone?: boolean })[], together = false) => {
    const wait = async (count: number) => {
      while (ends().length < count) await once(events, 'told');
    };
    const before = ends().length;
    for (const [at, { image, sample, count, alone = false }] of shards.entries()) {
      drawer.add(before + at, { image, begin: sample, end: sample + count }, alone);
      if (!together) await wait(before + at + 1);
    }
    await wait(before + shards.length);
  };
  return {
    auditor,
    runs,
    ends,
    figuresTold: () => figures.take().flatMap((one) => (one.kind === 'batches' ? [one.figures] : [])),
    draw,
  };
}

const from = (image: number, sample: number, count: number, alone = false) => ({
  image,
  sample,
  count,
  alone,
});

const shards = fc.array(
  fc.record({
    image: fc.nat(4),
    sample: fc.nat(300),
    count: fc.integer({ min: 1, max: 70 }),
    alone: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);

describe('an audit of a model whose rows are independent', () => {
  it('finds nothing and changes no count, whatever share is audited', async () => {
    await fc.assert(
      fc.asyncProperty(
        shards,
        fc.integer({ min: 1, max: 33 }),
        fc.constantFrom(0, 0.3, 1),
        async (wanted, batch, share) => {
          const [audited, plain] = [rig(honest, batch, { share }), rig(honest, batch, { share: 0 })];
          for (const one of [audited, plain]) await one.draw(wanted, true);
          const countsOf = ({ ends }: typeof plain) =>
            ends().map((message) => [message.kind, message.kind === 'counted' ? message.counts : null]);
          expect(countsOf(audited)).toEqual(countsOf(plain));
          const [figures] = audited.figuresTold();
          expect(audited.runs).toHaveLength(plain.runs.length + figures!.audited);
          expect(figures).toMatchObject({ batches: plain.runs.length });
          if (share !== 0.3) expect(figures!.audited).toBe(share * plain.runs.length);
          else expect(figures!.audited).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('allows rounding, and no more', async () => {
    const noisy = (by: number) => plus((_, __, run) => (run % 2) * by);
    const within = rig(noisy(0.9 * TOLERANCE), 8);
    await within.draw([from(0, 0, 8)]);
    expect(within.ends()).toMatchObject([{ kind: 'counted' }]);
    const beyond = rig(noisy(1.1 * TOLERANCE), 8);
    await beyond.draw([from(0, 0, 8)]);
    expect(beyond.ends()).toMatchObject([{ kind: 'failed', code: 'MODEL_NOT_DETERMINISTIC' }]);
  });
});

describe('which batches are audited, and with what', () => {
  it('is the first one and those that were drawn at random', async () => {
    const draws = [0.9, 0.2, 0.24, 0.26];
    // Shuffles keep every order: only the choice of batches is wanted here.
    const random = (below: number) => (below === 2 ** 32 ? draws.shift()! * below : below - 1);
    const { draw, runs, figuresTold } = rig(honest, 4, { share: 0.25, random });
    const runsAfter: number[] = [];
    for (let shard = 0; shard < 5; shard++) {
      await draw([from(0, 4 * shard, 4)]);
      runsAfter.push(runs.length);
    }
    expect(runsAfter).toEqual([2, 3, 5, 7, 8]);
    expect(figuresTold()[0]).toMatchObject({ batches: 5, audited: 3 });
  });

  it('is no batch where the share is 0', async () => {
    const { draw, runs } = rig(
      plus((_, rows) => mixed(rows)),
      4,
      { share: 0 },
    );
    await draw([from(0, 0, 4), from(1, 0, 4)]);
    expect(runs).toHaveLength(2);
  });

  it('is half of the rows, in other places, with further samples of the image where no other batch was run', async () => {
    const { draw, runs } = rig(honest, 32);
    await draw([from(3, 0, 32)]);
    const [first, second] = runs as [Row[], Row[]];
    expect(second.every(({ image }) => image === 3)).toBe(true);
    const own = second.filter(({ sample }) => sample < FILLING);
    expect(own).toHaveLength(16);
    expect(new Set(second.map(({ sample }) => sample)).size).toBe(32);
    const placeOf = (rows: Row[], { sample }: Row) => rows.findIndex((row) => row.sample === sample);
    expect(own.some((row) => placeOf(first, row) !== placeOf(second, row))).toBe(true);
  });

  it('is half of the rows, among rows of another image or further samples of the same, each about every second time', async () => {
    const { draw, runs } = rig(honest, 16);
    await draw([from(0, 0, 16), from(1, 0, 16 * 200)]);
    const audits = runs.filter((_, run) => run % 2 === 1).slice(1);
    let among = 0;
    audits.forEach((audit, batch) => {
      const ones = audit.filter(({ image }) => image === 1);
      const own = ones.filter(({ sample }) => Math.floor(sample / 16) === batch);
      const others = audit.filter(({ image, sample }) => image === 0 && sample < 16);
      const filling = ones.filter(({ sample }) => sample >= FILLING);
      expect([own.length, others.length + filling.length, others.length % 8]).toEqual([8, 8, 0]);
      among += others.length / 8;
    });
    expect(audits).toHaveLength(200);
    // Half of 200, and 5 standard deviations on each side.
    expect(among).toBeGreaterThan(64);
    expect(among).toBeLessThan(136);
  });

  it('has the images of its batch in the same rows where it is filled with further samples', async () => {
    const { auditor, runs } = rig(honest, 32);
    const spans = [
      { row: 0, count: 10, image: 3, firstSample: 0 },
      { row: 10, count: 20, image: 5, firstSample: 7 },
    ];
    const rows = spans.flatMap(({ image, firstSample, count }) =>
      Array.from({ length: count }, (_, at) => ({ image, sample: firstSample + at })),
    );
    const scores = Float32Array.from(rows.flatMap((row) => honest(row, [], 0)));
    // Alone, so that no other batch is chosen.
    expect(await auditor.audit({ spans, scores, alone: true })).toBeNull();
    const images = [...rows.map(({ image }) => image), 5, 5];
    expect(runs[0]!.map(({ image }) => image)).toEqual(images);
    expect(runs[0]!.filter(({ sample }) => sample < FILLING)).toHaveLength(16);
  });

  it('is of no other image where the shard is to be alone', async () => {
    const { draw, runs } = rig(honest, 16);
    await draw([from(0, 0, 16), from(1, 0, 16, true)]);
    expect(runs[3]!.every(({ image }) => image === 1)).toBe(true);
  });

  it('never compares rows that fill the last batch', async () => {
    const { draw, ends } = rig(
      plus(({ sample }, _, run) => (sample >= 5 ? run : 0)),
      16,
    );
    await draw([from(0, 0, 5)]);
    expect(ends()).toMatchObject([{ kind: 'counted' }]);
  });
});

describe('a model whose scores change', () => {
  it.each<[string, number, Model]>([
    ['with the mean of its batch', 16, plus((_, rows) => mixed(rows) / 16)],
    ['with the place of a row', 16, plus((row, rows) => rows.indexOf(row))],
    ['with the row before it', 16, plus((row, rows) => rows.at(rows.indexOf(row) - 1)!.sample % 7)],
    ['from run to run', 16, plus((_, __, run) => run)],
    ['from run to run at a batch of 1', 1, plus((_, __, run) => run)],
    ['with its partner at a batch of 2', 2, plus((_, rows) => mixed(rows))],
    ['to no vote', 16, (row, rows, run) => (run === 2 ? [NaN, 0, 0] : honest(row, rows, run))],
  ])('%s is found by the audit of its first batch, and nothing is counted', async (_, batch, model) => {
    const { draw, ends, figuresTold } = rig(model, batch);
    await draw([from(4, 0, batch), from(5, 0, 8)]);
    for (const end of ends()) {
      expect(end).toMatchObject({ kind: 'failed', code: 'MODEL_NOT_DETERMINISTIC' });
    }
    expect(ends()[0]).toMatchObject({
      detail: expect.stringMatching(
        /^Run a second time among other rows, sample \d+ of image 4 (changed by [\d.,]+ times what rounding explains|was a vote in one run and not in the other.*): the model's answer changes with the other rows of its batch, or from run to run\.$/,
      ) as string,
    });
    expect(figuresTold()).toEqual([]);
  });

  it('only where a rare row is in its batch is found once that batch is audited, however the rows are dealt', async () => {
    const rare: Model = plus((_, rows) => (rows.some(({ sample }) => sample === 1000) ? mixed(rows) : 0));
    for (let repetition = 0; repetition < 50; repetition++) {
      const { draw, ends } = rig(rare, 16);
      await draw([from(0, 0, 64), from(1, 992, 64)]);
      expect(ends()).toMatchObject([
        { kind: 'counted' },
        { kind: 'failed', code: 'MODEL_NOT_DETERMINISTIC' },
      ]);
    }
  });

  it('only behind its first batches is found as often as the share says', async () => {
    const rare: Model = plus((_, rows) =>
      rows.some(({ sample }) => sample >= 64 && sample < FILLING) ? mixed(rows) : 0,
    );
    let found = 0;
    for (let repetition = 0; repetition < 200; repetition++) {
      const { draw, ends } = rig(rare, 16, { share: 0.1 });
      await draw([from(0, 0, 64 + 16 * 10)]);
      if (ends()[0]!.kind === 'failed') found += 1;
    }
    // Each of ten batches is audited with a chance of 0.1: 1 − 0.9^10 = 0.65 of 200, and 5 standard deviations on each side.
    expect(found).toBeGreaterThan(96);
    expect(found).toBeLessThan(165);
  });
});

describe('an audit that fails', () => {
  it('is held against the shards of its batch like any run, and what can be drawn alone is counted', async () => {
    let failures = 0;
    const failing: Model = (row, rows, run) => {
      if (run === 2 && failures++ === 0) throw new Error('out of memory');
      return honest(row, rows, run);
    };
    const { draw, ends, runs } = rig(failing, 8);
    await draw([from(0, 0, 8), from(1, 0, 8)], true);
    expect(failures).toBe(1);
    expect(ends()).toMatchObject([{ kind: 'counted' }, { kind: 'counted' }]);
    expect(runs.length).toBeGreaterThan(4);
  });
});
