import type { Scheduler } from './scheduler.js';
import type { WallClock } from './wall-clock.js';

const MOST_STEPS = 50_000;

/** The state that is watched while a run goes on. */
interface Watched {
  readonly scheduler: Scheduler;
  readonly checker: { readonly findings: string[] };
}

/**
 * Takes steps until `ended` returns true, which the run must reach within this simulated time.
 * @throws at the first finding, and at a hang
 */
export async function stepUntil(
  { scheduler, checker }: Watched,
  wall: WallClock,
  ms: number,
  ended: () => boolean,
): Promise<void> {
  const patience = scheduler.now + ms;
  const { findings } = checker;
  while (!ended()) {
    wall.step();
    const goesOn = await scheduler.step();
    const stuck = !goesOn || scheduler.now > patience || scheduler.steps > MOST_STEPS;
    if (stuck && !ended()) findings.push(`hang: not done at ${scheduler.now} ms, step ${scheduler.steps}`);
    const [finding] = findings;
    if (finding !== undefined) throw new Error(`step ${scheduler.steps}, ${scheduler.now} ms: ${finding}`);
  }
}
