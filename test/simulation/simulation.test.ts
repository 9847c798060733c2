import { describe, expect, it } from 'vitest';

import { FAULTS, type Fault } from './faults.js';
import { simulate, type Report } from './simulate.js';

/**
 * Coordinators and workers, the real ones, on simulated ports under a simulated clock, with faults chosen by a seed.
 *
 *   SIMULATION_SEEDS=100000 SIMULATION_FIRST=1 npx vitest run --project integration test/simulation
 *   node bench/simulate.mjs 100000 1           does the same
 *
 * A failure names its seed: SIMULATION_SEEDS=1 SIMULATION_FIRST=<seed> replays it, step by step the same.
 */
const SEEDS = Number(process.env['SIMULATION_SEEDS'] ?? 1_000);
const FIRST = Number(process.env['SIMULATION_FIRST'] ?? 1);
/** With fewer runs a rare fault may not come up. */
const ENOUGH_SEEDS = 1_000;
const MS_PER_SEED = 500;

async function simulateAll(): Promise<Report[]> {
  const reports = [];
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
    const report = simulate(seed).catch((error: unknown) => {
      const replay = `SIMULATION_SEEDS=1 SIMULATION_FIRST=${seed}`;
      throw new Error(`${replay} replays this: ${error instanceof Error ? error.message : String(error)}`);
    });
    reports.push(await report);
  }
  return reports;
}

const sum = (reports: readonly Report[], of: (report: Report) => number): number =>
  reports.reduce((total, report) => total + of(report), 0);

describe('coordinators and workers under simulated faults', () => {
  it(`keep every promise over ${SEEDS} seeds`, { timeout: 60_000 + SEEDS * MS_PER_SEED }, async () => {
    const reports = await simulateAll();
    const injected = Object.fromEntries(
      FAULTS.map((fault) => [fault, sum(reports, (r) => r.faults[fault])]),
    ) as Record<Fault, number>;
    const met = {
      'work ahead': sum(reports, (r) => r.workedAhead),
      'tasks that insist on images believed decided': sum(reports, (r) => r.insisted),
      'tasks overtaken': sum(reports, (r) => r.counters.overtaken),
      'shards counted while an earlier task was held': sum(reports, (r) => r.overtaken),
      'lost work issued again': sum(reports, (r) => r.counters.restarts),
      'tasks split or given up': sum(reports, (r) => r.counters.exhausted),
      'runs with the workers of certify': reports.filter((r) => !r.isCluster).length,
      'runs with workers of a cluster': reports.filter((r) => r.isCluster).length,
      'tasks postponed': sum(reports, (r) => r.workerEvents.postponed),
      'jobs refused by a worker': sum(reports, (r) => r.workerEvents.refused),
      'draws killed after the grace': sum(reports, (r) => r.workerEvents.killed),
      'tasks handed back without an answer': sum(reports, (r) => r.handedBack),
      'jobs cancelled before they were done': reports.filter((r) => r.cancelled).length,
      counted: sum(reports, (r) => r.tally.counted),
      'duplicate counts': sum(reports, (r) => r.tally.duplicate),
      'divergent counts, told': sum(reports, (r) => r.tally.divergent),
      'late counts': sum(reports, (r) => r.tally.late),
      'rejected counts': sum(reports, (r) => r.tally.rejected),
      'failed shards': sum(reports, (r) => r.tally.failed),
      'wall clock jumps': sum(reports, (r) => r.wallClockJumps),
      'quiet runs': reports.filter((r) => Object.values(r.faults).every((n) => n === 0)).length,
    };
    const size = {
      runs: reports.length,
      steps: sum(reports, (r) => r.steps),
      'simulated seconds': Math.round(sum(reports, (r) => r.simulatedMs) / 1000),
      'coordinators and workers': sum(reports, (r) => r.lives),
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
    for (const seed of [3, 26, 535]) {
      const [one, other] = [await simulate(seed, 1), await simulate(seed, 2)];
      expect(one.wallClockJumps).not.toBe(other.wallClockJumps);
      expect({ ...one, wallClockJumps: 0 }).toEqual({ ...other, wallClockJumps: 0 });
    }
  });
});

const tableOf = (numbers: Readonly<Record<string, number>>): string =>
  Object.entries(numbers)
    .map(([name, number]) => `${String(number).padStart(10)}  ${name}`)
    .join('\n');
