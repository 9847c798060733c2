import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { SmoothcertError } from '../../shared/errors.js';
import { Drawer, type BatchAudit } from './drawer.js';
import type { FromChild } from './messages.js';

const CODE = 'MODEL_NOT_DETERMINISTIC';
const DIFFERENCE = new SmoothcertError(CODE, 'It changed.', 'Export it again.');
const SHARD = { image: 1, begin: 0, end: 8 };

/** How an audit ends: no difference, one, or a second run that fails. */
type Finding = 'none' | 'difference' | 'failure';

/**
 * A drawer whose first batch of 8 rows is audited, and that is held where a test acts: while the batch runs, while the audit does.
 */
function rig(finding: Finding) {
  const [events, told] = [new EventEmitter().setMaxListeners(0), [] as FromChild[]];
  const passed = async (place: 'run' | 'audit') => {
    const goOn = once(events, `go on from ${place}`);
    events.emit(place);
    await goOn;
  };
  const findings: Record<Finding, () => SmoothcertError | null> = {
    none: () => null,
    difference: () => DIFFERENCE,
    failure: () => {
      throw new Error('out of memory');
    },
  };
  let chosen = 0;
  const audit: BatchAudit = {
    chooses: () => chosen++ === 0,
    audit: async () => {
      await passed('audit');
      return findings[finding]();
    },
    keep: () => undefined,
  };
  let runs = 0;
  const instruments = {
    batch: 8,
    classes: 2,
    baseOf: () => Promise.resolve(Int32Array.of(0)),
    draw: () => undefined,
    run: async () => {
      if (runs++ === 0) await passed('run');
      return new Float32Array(16).map((_, at) => at % 2);
    },
  };
  const tell = (message: FromChild) => {
    told.push(message);
    events.emit('told');
  };
  const drawer = new Drawer(instruments, tell, audit);
  const ends = () => told.filter((message) => 'id' in message);
  /** Draws shards of images 1 and 2, and acts at this place of the first batch. Returns how the shards ended, by their ids. */
  const acting = async (place: 'run' | 'audit', act: () => void, shards: number) => {
    const reached = { run: once(events, 'run'), audit: once(events, 'audit') };
    drawer.add(0, SHARD, false);
    drawer.add(1, { ...SHARD, image: 2 }, false);
    await reached.run;
    if (place === 'run') act();
    events.emit('go on from run');
    await reached.audit;
    if (place === 'audit') act();
    expect(ends()).toEqual([]);
    events.emit('go on from audit');
    while (ends().length < shards) await once(events, 'told');
    return Object.fromEntries(ends().map((end) => [end.id, end.kind === 'failed' ? end.code : end.kind]));
  };
  return { drawer, acting, ends };
}

describe.each(['run', 'audit'] as const)('a difference in a batch of which, during its %s,', (place) => {
  it('the shards are dropped is reported with them all the same', async () => {
    const { drawer, acting } = rig('difference');
    expect(await acting(place, () => drawer.stop([1, 2]), 2)).toEqual({ 0: CODE, 1: CODE });
  });

  it('the shards are handed back is reported with them, and with each that comes later', async () => {
    const { drawer, acting, ends } = rig('difference');
    const act = () => {
      drawer.drain();
      drawer.add(2, { ...SHARD, image: 3 }, false);
    };
    expect(await acting(place, act, 3)).toEqual({ 0: CODE, 1: CODE, 2: CODE });
    drawer.add(3, SHARD, false);
    expect(ends().at(-1)).toMatchObject({ id: 3, kind: 'failed', code: CODE, detail: 'It changed.' });
  });
});

describe.each(['none', 'failure'] as const)('an audit whose outcome is %s', (finding) => {
  it('lets the shards be dropped that were to be, and counts the others', async () => {
    const { drawer, acting } = rig(finding);
    expect(await acting('audit', () => drawer.stop([1]), 2)).toEqual({ 0: 'dropped', 1: 'counted' });
  });

  it('lets all be handed back that was to be', async () => {
    const { drawer, acting } = rig(finding);
    const act = () => {
      drawer.stop([2]);
      drawer.drain();
      drawer.add(2, { ...SHARD, image: 3 }, false);
    };
    expect(await acting('audit', act, 3)).toEqual({ 0: 'returned', 1: 'dropped', 2: 'returned' });
  });

  it('does not drop a shard that came after its image was stopped', async () => {
    const { drawer, acting } = rig(finding);
    const act = () => {
      drawer.stop([1]);
      drawer.add(2, { ...SHARD, begin: 8, end: 16 }, false);
    };
    expect(await acting('audit', act, 3)).toEqual({ 0: 'dropped', 1: 'counted', 2: 'counted' });
  });
});
