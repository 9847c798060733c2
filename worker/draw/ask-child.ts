import { SmoothcertError } from '../../shared/errors.js';
import { InferenceChild } from './child-process.js';
import type { ChildSetup, Prepared } from './setup.js';

/** A child that dies may have been killed for memory that others need only now. */
const TRIES = 3;
const CLOSE_GRACE_MS = 1_000;

/**
 * Asks one child what model and machine are like.
 * @throws what the child refused with, CHILD_DIED, or the reason of `signal`
 */
export async function askChild(
  setup: ChildSetup,
  { childModule, signal }: { childModule?: URL; signal?: AbortSignal } = {},
): Promise<Prepared> {
  for (let tries = 1; ; tries++) {
    signal?.throwIfAborted();
    const child = new InferenceChild(setup, () => undefined, childModule);
    const kill = () => child.kill();
    signal?.addEventListener('abort', kill, { once: true });
    try {
      return await child.ready;
    } catch (error) {
      signal?.throwIfAborted();
      const died = error instanceof SmoothcertError && error.code === 'CHILD_DIED';
      if (!died || tries === TRIES) throw error;
    } finally {
      signal?.removeEventListener('abort', kill);
      await child.close(CLOSE_GRACE_MS);
    }
  }
}
