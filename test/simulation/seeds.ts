/** Runs of each simulation; more may be asked for. */
export const SEEDS = Number(process.env['SIMULATION_SEEDS'] ?? 1_000);
const FIRST = Number(process.env['SIMULATION_FIRST'] ?? 1);
/** With fewer runs a rare fault may not come up. */
export const ENOUGH_SEEDS = 1_000;

/** Runs one seed after the other. @throws at the first that fails, and says how it is replayed */
export async function simulateAll<R>(simulate: (seed: number) => Promise<R>): Promise<R[]> {
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

export const sumOf = <R>(reports: readonly R[], of: (report: R) => number): number =>
  reports.reduce((total, report) => total + of(report), 0);

export const tableOf = (numbers: Readonly<Record<string, number>>): string =>
  Object.entries(numbers)
    .map(([name, number]) => `${String(number).padStart(10)}  ${name}`)
    .join('\n');
