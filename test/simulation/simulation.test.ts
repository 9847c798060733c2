import { describe, expect, it } from 'vitest';

import { ONE_JOB_FAULTS, type Fault } from './faults.js';
import { ENOUGH_SEEDS, SEEDS, simulateAll, sumOf, tableOf } from './seeds.js';
import { simulate, type Report } from './simulate.js';

/**
 * Coordinators and workers, the real ones, on simulated ports under a simulated clock, with faults chosen by a seed.
 *
 *   SIMULATION_SEEDS=100000 SIMULATION_FIRST=1 npx vitest run --project integration test/simulation
 *   node bench/simulate.mjs 100000 1           does the same
 *
 * A failure names its seed: SIMULATION_SEEDS=1 SIMULATION_FIRST=<seed> replays it, step by step the same.
 */
const MS_PER_SEED = 500;

describe('coordinators and workers under simulated faults', () => {
  it(`keep every promise over ${SEEDS} seeds`, { timeout: 60_000 + SEEDS * MS_PER_SEED }, async () => {
    const reports = await simulateAll(simulate);
    const sum = (of: (report: Report) => number) => sumOf(reports, of);
    const injected = Object.fromEntries(
      ONE_JOB_FAULTS.map((fault) => [fault, sum((r) => r.faults[fault])]),
    ) as Record<Fault, number>;
    const met = {
      'work ahead': sum((r) => r.workedAhead),
      'tasks that insist on images believed decided': sum((r) => r.insisted),
      'tasks overtaken': sum((r) => r.counters.overtaken),
      'shards counted while an earlier task was held': sum((r) => r.overtaken),
      'lost work issued again': sum((r) => r.counters.restarts),
      'tasks split or given up': sum((r) => r.counters.exhausted),
      'runs with the workers of certify': reports.filter((r) => !r.isCluster).length,
      'runs with workers of a cluster': reports.filter((r) => r.isCluster).length,
      'tasks postponed': sum((r) => r.workerEvents.postponed),
      'jobs refused by a worker': sum((r) => r.workerEvents.refused),
      'draws killed after the grace': sum((r) => r.workerEvents.killed),
      'tasks handed back without an answer': sum((r) => r.handedBack),
      'jobs cancelled before they were done': reports.filter((r) => r.cancelled).length,
      counted: sum((r) => r.tally.counted),
      'duplicate counts': sum((r) => r.tally.duplicate),
      'divergent counts, told': sum((r) => r.tally.divergent),
      'late counts': sum((r) => r.tally.late),
      'rejected counts': sum((r) => r.tally.rejected),
      'failed shards': sum((r) => r.tally.failed),
      'wall clock jumps': sum((r) => r.wallClockJumps),
      'quiet runs': reports.filter((r) => Object.values(r.faults).every((n) => n === 0)).length,
    };
    const size = {
      runs: reports.length,
      steps: sum((r) => r.steps),
      'simulated seconds': Math.round(sum((r) => r.simulatedMs) / 1000),
      'coordinators and workers': sum((r) => r.lives),
    };
    console.log(tableOf({ ...size, ...met, ...injected }));
    if (SEEDS >= ENOUGH_SEEDS) {
      const never = Object.entries({ ...injected, ...met }).filter(([, times]) => times === 0);
      expect(never).toEqual([]);
    }
  });

  it('are replayed by their seed, step by step', async () => {
    for (const seed of [3, 14, 159]) expect(await simulate(seed)).toEqual(await simulate(seed));
  });

  it('do the same whatever the wall clock says, also when it jumps by an hour', async () => {
    let otherJumps = 0;
    for (let seed = 1; otherJumps < 3 && seed < 100; seed++) {
      const [one, other] = [await simulate(seed, 1), await simulate(seed, 2)];
      expect({ ...one, wallClockJumps: 0 }).toEqual({ ...other, wallClockJumps: 0 });
      if (one.wallClockJumps !== other.wallClockJumps) otherJumps += 1;
    }
    expect(otherJumps).toBe(3);
  });
});
