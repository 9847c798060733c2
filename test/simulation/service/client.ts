import { SmoothcertError } from '../../../shared/errors.js';
import type { JobView } from '../../../api/job-view.js';
import { isInjected } from '../faults.js';
import type { Request, ServiceWorld } from './service-world.js';

const TRY_AGAIN_MS = 500;
/** Whoever is asked may be killed, and never answers. */
const ANSWER_MS = 5_000;
/** Some change their mind soon, while the job is prepared or about to be drawn. */
const CANCELLED_SHARE = 0.2;
const CANCELLED_WITHIN_MS = 300;

/** Somebody who asks for jobs and cancels them, by whichever coordinator answers, until he is told that it is done. */
export class Client {
  constructor(private readonly world: ServiceWorld) {}

  /** Has a job created. */
  async create(request: Request): Promise<void> {
    const { requestId, id, job, ...state } = request;
    const view = await this.asking((manager) =>
      manager.createJob({ spec: job.spec, requestId, validateOnly: false }),
    );
    const { checker, faults } = this.world;
    checker.require('S5', view?.id === id, `request ${requestId} made ${view?.id ?? 'no job'}, not ${id}`);
    checker.require(
      'S5',
      this.world.entries.get(id) !== null || state.ended,
      `${id} is acknowledged and not stored`,
    );
    if (!request.acknowledged && faults.happens('request repeated')) {
      request.acknowledged = true;
      await this.create(request);
    }
    if (!request.acknowledged && this.world.random.chance(CANCELLED_SHARE)) {
      const ms = this.world.random.between(0, CANCELLED_WITHIN_MS);
      this.world.scheduler.after(ms, null, () => void this.cancel(request));
    }
    request.acknowledged = true;
  }

  /** Has a job cancelled; whatever it ends with, it stays cancelled or was decided before. */
  async cancel({ id }: Request): Promise<void> {
    const view = await this.asking((manager) => manager.cancelJob(id));
    if (view === null) return;
    const stored = this.world.entries.get(id)?.entry;
    const kept = stored === undefined || stored.cancelRequested || stored.ending !== null;
    this.world.checker.require('S5', kept, `the cancellation of ${id} is acknowledged and not stored`);
  }

  /** Asks one coordinator after the other until one answers; null if there is no such job. */
  private async asking(
    ask: (manager: NonNullable<ReturnType<ServiceWorld['alive']>[0]['manager']>) => Promise<JobView>,
  ): Promise<JobView | null> {
    for (;;) {
      const manager = this.world.random.pick(this.world.alive('coordinator'))?.manager;
      try {
        const answer = manager ? await Promise.race([ask(manager), this.pause(ANSWER_MS)]) : null;
        if (answer) return answer;
      } catch (error) {
        if (error instanceof SmoothcertError && error.code === 'JOB_NOT_FOUND') return null;
        const mayPass = isInjected(error) || (error instanceof SmoothcertError && error.retryable);
        this.world.checker.require('S5', mayPass, () => `a client is told ${String(error)}`);
      }
      await this.pause(TRY_AGAIN_MS);
    }
  }

  private pause(ms: number): Promise<null> {
    return new Promise((resolve) => this.world.scheduler.after(ms, null, () => resolve(null)));
  }
}
