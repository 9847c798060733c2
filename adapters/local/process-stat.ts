import { readFile } from 'node:fs/promises';

/**
 * Returns the fields of /proc/PID/stat behind the name of the program, which may hold anything: the state of the process first. Null if it
 * is gone, or the system has no /proc.
 */
export async function statOf(pid: number): Promise<readonly string[] | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
