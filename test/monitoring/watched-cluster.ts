import { mkdir, writeFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import { Cluster, type CoordinatorPart } from '../harness/cluster.js';
import { freePort } from '../harness/nats-server.js';
import type { Part } from '../harness/parts.js';
import { Prometheus } from '../harness/prometheus.js';
import { read } from './files.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

/** Every duration of the rules, windows and `for` alike, is this many times shorter, as scrapes and evaluations are 15 times. */
const FASTER = 60;
const SECONDS = { s: 1, m: 60, h: 3600 };

/** Returns the committed configuration with shorter intervals, and no other change. */
function faster(configuration: string): string {
  const config = parse(configuration) as { global: object };
  const global = { ...config.global, scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' };
  return stringify({ ...config, global });
}

const inSeconds = (amount: string, unit: string) =>
  `${(Number(amount) * SECONDS[unit as keyof typeof SECONDS]) / FASTER}s`;

/** The committed rules with shorter durations: `[10m]` and `for: 10m` become 10 s. Thresholds stay. */
export const fasterRules = (rules: string): string =>
  rules
    .replaceAll(/\[(\d+)([smh])\]/g, (_, amount: string, unit: string) => `[${inSeconds(amount, unit)}]`)
    .replaceAll(
      /\bfor: (\d+)([smh])$/gm,
      (_, amount: string, unit: string) => `for: ${inSeconds(amount, unit)}`,
    );

/** A cluster of real processes, a standby among them, and a real Prometheus that watches it as deploy/monitoring says. */
export class WatchedCluster implements AsyncDisposable {
  private constructor(
    readonly cluster: Cluster,
    readonly coordinators: CoordinatorPart[],
    readonly workers: Part[],
    readonly prometheus: Prometheus,
    private readonly folder: TemporaryFolder,
  ) {}

  static async raise(): Promise<WatchedCluster> {
    const folder = new TemporaryFolder();
    const cluster = await Cluster.start();
    try {
      const first = await cluster.coordinator();
      await first.says(/Serving/);
      const standby = await cluster.coordinator();
      const addresses = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
      const workers = addresses.map((address, at) => cluster.worker(`w${at + 1}`, ['--http', address]));
      await Promise.all([standby.says(/listens/), ...workers.map((worker) => worker.says(/Ready/))]);
      await configure(folder, { coordinators: [first.http, standby.http], workers: addresses });
      const prometheus = await Prometheus.start(folder.path);
      return new WatchedCluster(cluster, [first, standby], workers, prometheus, folder);
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
      throw error;
    }
  }

  /** Names of the alerts that fire, each once. */
  async firing(): Promise<string[]> {
    const alerts = (await this.prometheus.alerts()).filter(({ state }) => state === 'firing');
    return [...new Set(alerts.map(({ labels }) => labels['alertname']!))].sort();
  }

  /** Resolves once these alerts fire. Others that begin to fire on the way are an error. */
  async fires(...names: readonly string[]): Promise<void> {
    const before = await this.firing();
    const others = new Set<string>();
    await this.prometheus.until(`${names.join(' and ')} fire`, async () => {
      const firing = await this.firing();
      for (const name of firing) if (![...names, ...before].includes(name)) others.add(name);
      return names.every((name) => firing.includes(name));
    });
    if (others.size > 0) throw new Error(`${[...others].join(', ')} fired, too`);
  }

  /** Resolves once no alert fires or is pending. */
  async calm(mostMs?: number): Promise<void> {
    const calm = async () => (await this.prometheus.alerts()).length === 0;
    await this.prometheus.until('all is calm', calm, mostMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.prometheus[Symbol.asyncDispose]();
    await this.cluster[Symbol.asyncDispose]();
    this.folder[Symbol.dispose]();
  }
}

/** Writes what Prometheus reads: the committed files, with other targets, and faster. */
async function configure(
  folder: TemporaryFolder,
  targets: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  await mkdir(folder.file('targets'));
  await writeFile(folder.file('prometheus.yaml'), faster(read('prometheus.yaml')));
  await writeFile(folder.file('rules.yaml'), fasterRules(read('rules.yaml')));
  for (const [name, addresses] of Object.entries(targets)) {
    await writeFile(folder.file('targets', `${name}.yaml`), stringify([{ targets: addresses }]));
  }
}
