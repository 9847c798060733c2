import { describe, expect, it } from 'vitest';

import { SERVICE_FAULTS } from './faults.js';
import { simulateService, type ServiceReport } from './service/simulate-service.js';
import { SEEDS, ENOUGH_SEEDS, simulateAll, sumOf, tableOf } from './seeds.js';

/**
 * Job managers and daemons, the real ones, on simulated stores, lease, exchange and clock, with faults chosen by a seed: jobs from the
 * request that creates them to the sweep that forgets them. Seeds are chosen and replayed as in simulation.test.ts.
 */
describe('a service under simulated faults', () => {
  it(`keeps every promise over ${SEEDS} seeds`, { timeout: 60_000 + SEEDS * 500 }, async () => {
    const reports = await simulateAll(simulateService);
    const sum = (of: (report: ServiceReport) => number) => sumOf(reports, of);
    const injected = Object.fromEntries(SERVICE_FAULTS.map((fault) => [fault, sum((r) => r.faults[fault])]));
    const met = {
      'jobs that succeeded': sum((r) => r.endings.succeeded),
      'jobs that succeeded in part': sum((r) => r.endings['partially-succeeded']),
      'jobs that failed': sum((r) => r.endings.failed),
      'jobs that were cancelled': sum((r) => r.endings.cancelled),
      'jobs cancelled before their ledgers were made': sum((r) => r.cancelledEarly),
      'jobs that ended without results': sum((r) => r.endings['without results']),
      'leases taken': sum((r) => r.leasesTaken),
      'take-overs of unfinished jobs': sum((r) => r.takeOvers),
      'two coordinators at once': sum((r) => r.twoServed),
      'preparations answered': sum((r) => r.events.prepared),
      'tasks postponed': sum((r) => r.events.postponed),
      'jobs refused by a worker': sum((r) => r.events.refused),
      'draws killed after the grace': sum((r) => r.events.killed),
      'ledgers removed by retention': sum((r) => r.ledgersRemoved),
      'jobs removed by retention': sum((r) => r.entriesRemoved),
      'wall clock jumps': sum((r) => r.wallClockJumps),
      'quiet runs': reports.filter((r) => Object.values(r.faults).every((n) => n === 0)).length,
    };
    const size = {
      runs: reports.length,
      steps: sum((r) => r.steps),
      'simulated seconds': Math.round(sum((r) => r.simulatedMs) / 1000),
      'coordinators and workers': sum((r) => r.lives),
      'ledgers made again after they were removed': sum((r) => r.remade),
      'jobs created again after they were removed': sum((r) => r.recreated),
    };
    console.log(tableOf({ ...size, ...met, ...injected }));
    if (SEEDS >= ENOUGH_SEEDS) {
      const never = Object.entries({ ...injected, ...met }).filter(([, times]) => times === 0);
      expect(never).toEqual([]);
    }
  });

  it('is replayed by its seed, step by step', async () => {
    for (const seed of [3, 14, 159]) expect(await simulateService(seed)).toEqual(await simulateService(seed));
  });

  it('does the same whatever the wall clock says, also when it jumps by an hour', async () => {
    const jumps: number[] = [];
    for (const seed of [3, 26, 535]) {
      const [one, other] = [await simulateService(seed, 1), await simulateService(seed, 5)];
      jumps.push(one.wallClockJumps - other.wallClockJumps);
      expect({ ...one, wallClockJumps: 0 }).toEqual({ ...other, wallClockJumps: 0 });
    }
    expect(jumps).not.toEqual([0, 0, 0]);
  });
});
