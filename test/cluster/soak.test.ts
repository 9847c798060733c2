import { expect, test } from 'vitest';
import { accountOf, show } from '../harness/account.js';
import { Army, LONG_JOB, certifiedRows } from '../harness/army.js';
import { hasNatsServer } from '../harness/nats-server.js';
import { Nemesis, type Fault } from '../harness/nemesis.js';
import { residentMiB } from '../harness/processes.js';
import { Taps } from '../harness/taps.js';

/** How long jobs are disturbed, one after the other, on one cluster: see bench/soak.mjs. */
const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 0);
const SEED = Number(process.env['SOAK_SEED'] ?? 1);

const KILLS: readonly Fault[] = ['kill worker', 'kill child', 'kill coordinator'];
const ENDS: readonly Fault[] = ['end worker', 'end coordinator'];
const PAUSES: readonly Fault[] = ['pause worker', 'pause coordinator', 'pause nats'];
/** Every fourth is quiet: what does not heal shows there. */
const MIXES: readonly (readonly Fault[])[] = [
  KILLS,
  PAUSES,
  ['kill nats', 'kill worker'] satisfies Fault[],
  [],
  ENDS,
  [...KILLS, ...ENDS],
  [...KILLS, ...ENDS, ...PAUSES, 'kill nats'] satisfies Fault[],
  [],
];

test.runIf(hasNatsServer && MINUTES > 0)(
  `jobs are disturbed for ${MINUTES} minutes`,
  async () => {
    const expected = await certifiedRows(LONG_JOB);
    const end = performance.now() + 60_000 * MINUTES;
    await using army = await Army.raise(['one', 'two', 'three'], { ackWait: 2, lease: 2 });
    for (let round = 0; performance.now() < end; round++) {
      const faults = MIXES[round % MIXES.length]!;
      army.taps = await Taps.on(army.cluster.nats);
      const nemesis = new Nemesis(army, SEED + round);
      const submitted = army.cluster.submit(army.coordinator, LONG_JOB);
      const strikes = faults.length === 0 ? 0 : 6;
      const { code, rows, id, stderr } = await nemesis.during(submitted, faults, {
        count: strikes,
        records: 8,
      });
      expect([code, stderr]).toEqual([0, expect.not.stringContaining('Error')]);
      expect(rows).toBe(expected);
      const account = await accountOf(army.cluster.nats, id, rows, army.taps);
      expect(account.findings).toEqual([]);
      expect(nemesis.codes.filter((one) => one !== 0)).toEqual([]);
      expect(army.standing).toBe(true);
      const parts = [army.coordinator, ...army.workers];
      const memory = await Promise.all(parts.map(({ pid }) => residentMiB(pid)));
      const did = nemesis.struck.join(', ') || 'quiet';
      console.log(`${show(`${round} (${did})`, account)}; MiB ${memory.map(Math.round).join(' ')}`);
    }
  },
  60_000 * MINUTES + 300_000,
);
