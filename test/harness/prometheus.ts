import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from './command.js';
import { freePort } from './nats-server.js';

const ASK_EVERY_MS = 200;

/** Where a program of Prometheus is: on the PATH, or where `scripts/test-tools.mjs` put it. Null: nowhere. */
function programOf(name: string): string | null {
  const places = [name, path.join(ROOT, '.tools', name)];
  return places.find((place) => spawnSync(place, ['--version']).status === 0) ?? null;
}

export const promtool: string | null = programOf('promtool');
const prometheus: string | null = programOf('prometheus');
/** True if both programs are installed. Where one is not, tests that need it say so and are skipped. */
export const hasPrometheus: boolean = promtool !== null && prometheus !== null;
if (!hasPrometheus) {
  console.warn('prometheus or promtool is not there: all tests of rules, dashboard and alerts are SKIPPED.');
}

/** Runs promtool to its end; its exit code and all that it wrote. */
export async function runPromtool(
  args: readonly string[],
  cwd: string = ROOT,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(promtool!, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => (output += piece));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

export interface Alert {
  readonly state: 'pending' | 'firing';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Target {
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
}

/** A real Prometheus on a port of its own. `await using` ends it. */
export class Prometheus implements AsyncDisposable {
  private readonly child: ChildProcess;
  private log = '';

  private constructor(
    folder: string,
    private readonly address: string,
  ) {
    const args = [
      `--config.file=${path.join(folder, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    ];
    this.child = spawn(prometheus!, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child.stderr?.setEncoding('utf8').on('data', (piece: string) => (this.log += piece));
  }

  /** Starts it with the `prometheus.yaml` of a folder, where its data goes, too; resolves once it answers. */
  static async start(folder: string): Promise<Prometheus> {
    const server = new Prometheus(folder, `127.0.0.1:${await freePort()}`);
    process.once('exit', () => server.child.kill('SIGKILL'));
    await server.until('it is ready', async () => (await fetch(`http://${server.address}/-/ready`)).ok);
    return server;
  }

  /** Returns the current value of an expression. */
  async query(expression: string): Promise<readonly Sample[]> {
    const { result } = await this.ask<{ result: Sample[] }>(`query?query=${encodeURIComponent(expression)}`);
    return result;
  }

  /** The single value of an expression; NaN where there is none. */
  async value(expression: string): Promise<number> {
    return Number((await this.query(expression))[0]?.value[1] ?? NaN);
  }

  async alerts(): Promise<readonly Alert[]> {
    return (await this.ask<{ alerts: Alert[] }>('alerts')).alerts;
  }

  async targets(): Promise<readonly Target[]> {
    return (await this.ask<{ activeTargets: Target[] }>('targets')).activeTargets;
  }

  /** Resolves as soon as the condition holds; an error of it counts as no. */
  async until(what: string, condition: () => Promise<boolean>, mostMs = 60_000): Promise<void> {
    const begun = performance.now();
    let last: unknown;
    while (performance.now() - begun < mostMs) {
      if (this.child.exitCode !== null) throw new Error(`Prometheus ended:\n${this.log}`);
      try {
        if (await condition()) return;
      } catch (error) {
        last = error;
      }
      await delay(ASK_EVERY_MS);
    }
    const seen = JSON.stringify(await this.alerts().catch(() => null));
    throw new Error(`within ${mostMs} ms not: ${what}; alerts: ${seen}`, { cause: last });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }

  private async ask<T>(what: string): Promise<T> {
    const response = await fetch(`http://${this.address}/api/v1/${what}`);
    const answer = (await response.json()) as { status: string; data: T; error?: string };
    if (answer.status !== 'success') throw new Error(`${decodeURIComponent(what)}: ${answer.error}`);
    return answer.data;
  }
}
