import { isUnanswered } from './nats-errors.js';
import type { NatsLink } from './nats-link.js';
import { pause, pauses } from './retry.js';
import { isPassing, isTimeout } from './server-codes.js';

/**
 * Resolves as the first request that is answered. While the servers of a cluster elect a leader they answer nothing, or that they cannot
 * now: then the request is sent again, for `steadyMs`, so that a moment without a leader is no fault of the job.
 * @param request may be carried out more than once
 * @throws what the last request threw; at once what does not pass, or if there is no connection any more
 */
export async function steadily<T>(link: NatsLink, request: () => Promise<T>): Promise<T> {
  const { times } = link;
  const deadline = performance.now() + times.steadyMs;
  for (const wait of pauses(times)) {
    try {
      return await request();
    } catch (error) {
      const passes = isTimeout(error) || isUnanswered(error) || isPassing(error);
      if (!passes || !link.connected || performance.now() > deadline) throw error;
      await pause(wait, link.end);
    }
  }
  throw new Error('unreachable: the pauses never end');
}
