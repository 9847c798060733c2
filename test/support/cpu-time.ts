/** Returns the milliseconds of processor time that this process has used. Other processes of a busy machine add nothing to it. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
