import { planConfig } from '../cli/plan/plan-config.js';
import { PLAN } from '../cli/plan/plan-verb.js';
import { newsOfRun } from '../cli/certify/news-of-run.js';
import { callWith } from './call.js';
import { TAKEN } from './taken.js';
import { throwingKnown } from './throwing-known.js';
import type { PlanOptions } from './types/options.js';
import type { Plan } from './types/plan.js';

/**
 * Plans: says what a number of samples will give, and how many are needed. What is computed takes seconds, in which nothing else runs.
 *
 * @returns a plan for each source. @throws OPTION_INVALID, and the errors of the source; the reason of `signal`
 */
export function plan(options: PlanOptions): Promise<Plan[]> {
  return throwingKnown(options, async (signal) => {
    const config = planConfig((await callWith(PLAN, [], { taken: TAKEN.plan, options, signal })).values());
    const { plansOf } = await import('../cli/plan/plan.js');
    const { jsonOf } = await import('../cli/plan/plan-json.js');
    const silent = () => newsOfRun({ out: '', verbose: false, tell: () => undefined, exit: null });
    const plans = await plansOf(config, signal, silent);
    signal.throwIfAborted();
    return plans!.map(jsonOf);
  });
}
