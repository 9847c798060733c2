import { EXIT } from '../command/exit.js';
import { Opened } from './opened.js';

/**
 * Runs a process that stays until `interrupt` aborts, and closes what it has opened, whether it had begun to serve or not. Resolves with
 * the exit code.
 * @param run takes what is to be closed, and resolves at the end
 * @throws what `run` throws, unless it is the reason of `interrupt`
 */
export async function untilInterrupted(
  interrupt: AbortSignal,
  run: (opened: Opened) => Promise<void>,
): Promise<number> {
  const opened = new Opened();
  try {
    await run(opened);
  } catch (error) {
    if (error !== interrupt.reason) throw error;
  } finally {
    await opened.close();
  }
  return EXIT.done;
}
