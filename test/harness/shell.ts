import { spawn, spawnSync } from 'node:child_process';

/** The end of a shell, and what it printed. */
export interface Ran {
  /** Its exit code; null if it was killed, because it took too long. */
  readonly code: number | null;
  /** All that it and what it started wrote, on both streams. */
  readonly said: string;
}

export interface ShellOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly limitMs: number;
  /** True: in a network and a process namespace of its own, so that every port is free and nothing outlives it. */
  readonly alone: boolean;
}

const NAMESPACES = ['-n', '-p', '--fork', '--kill-child', '--mount-proc'];

/** True where a shell can be run alone. */
export const canBeAlone = (): boolean =>
  spawnSync('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'ignore' }).status === 0;

/** Runs a bash script as a person's shell would, aliases included. */
export async function runShell(script: string, { cwd, env, limitMs, alone }: ShellOptions): Promise<Ran> {
  const bash = ['bash', '-O', 'expand_aliases', script];
  // With its first process everything in a process namespace ends.
  const inNetwork = ['unshare', ...NAMESPACES, 'bash', '-c', 'ip link set lo up && exec "$@"', 'bash'];
  const [command, ...args] = alone ? [...inNetwork, ...bash] : bash;
  const shell = spawn(command!, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => shell.kill('SIGKILL'), limitMs);
  let said = '';
  for (const stream of [shell.stdout, shell.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (said += part));
  const code = await new Promise<number | null>((resolve) => shell.once('close', resolve));
  clearTimeout(timer);
  return { code, said };
}
