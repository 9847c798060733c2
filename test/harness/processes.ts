import { readFile } from 'node:fs/promises';
import { usageOf } from '../../adapters/local/process-usage.js';

/** Pids of the children of a process, from /proc; empty if the process is gone. */
export async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.trim().split(' ').filter(Boolean).map(Number);
}

/** Returns true if a process of this pid exists and is not a zombie. */
export async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat !== null && !/^\d+ \(.*\) [ZX]/s.test(stat);
}

/** Sends a signal to a process that may be gone already; says whether it was there. */
export function signalTo(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Whole numbers below `below`, the same for the same seed (Park and Miller's generator). */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** Memory that a process holds now, in MiB; 0 if it is gone. */
export async function residentMiB(pid: number): Promise<number> {
  return ((await usageOf(pid))?.residentBytes ?? 0) / 2 ** 20;
}
