import { readFile } from 'node:fs/promises';
import { statOf } from './process-stat.js';

/** The processor time and the memory of a process. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Ticks a second of the times in /proc, on every architecture that Node.js runs on. */
const TICKS = 100;
/** Places of user and system time among the fields of `statOf`. */
const USER_TIME = 11;
const SYSTEM_TIME = 12;

/** Reads what a process has used so far; null if it is gone, or the system has no /proc. */
export async function usageOf(pid: number): Promise<ProcessUsage | null> {
  const [fields, status] = await Promise.all([
    statOf(pid),
    readFile(`/proc/${pid}/status`, 'utf8').catch(() => null),
  ]);
  if (fields === null || status === null) return null;
  const ticks = Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME]);
  // A process that has just ended has no memory any more.
  const kibibytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  return { cpuSeconds: ticks / TICKS, residentBytes: 1024 * kibibytes };
}
