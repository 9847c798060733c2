import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { program } from '../../cli/program.js';
import { project } from '../harness/local-job.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

const FILE = 'deploy/compose/docker-compose.yml';
const at = (file: string) => path.join(project('deploy/compose'), file);

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly networks: readonly string[] | Readonly<Record<string, unknown>>;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly stop_grace_period?: string;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const compose = parse(readFileSync(project(FILE), 'utf8'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image.startsWith('smoothcert'));
const docs = readFileSync(project('docs/deploy.md'), 'utf8');
/** The files that a user makes; docs/deploy.md says how. */
const MADE = new Set(['keys.conf', ...Object.keys(compose.secrets)].map((name) => `./secrets/${name}`));
const bindsOf = ({ volumes = [] }: Service) => volumes.filter((volume) => volume.startsWith('.'));

describe('deploy/compose/docker-compose.yml', () => {
  it('has NATS, a coordinator, a worker on a GPU and one on the CPU, Prometheus and Grafana', () => {
    expect(services.map(([name]) => name)).toEqual([
      'nats',
      'coordinator',
      'worker-gpu',
      'worker-cpu',
      'prometheus',
      'grafana',
    ]);
    expect(compose.services['worker-gpu']).toMatchObject({
      profiles: ['gpu'],
      deploy: { resources: { reservations: { devices: [{ driver: 'nvidia', capabilities: ['gpu'] }] } } },
    });
    expect(compose.services['worker-cpu']!.profiles).toEqual(['cpu']);
  });

  it.each(services)(
    '%s: a pinned image, a root that cannot be written, no rights, a health check',
    (_, service) => {
      expect(service.image).toMatch(/:v?\d+\.\d+\.\d+(-alpine)?$/);
      expect(service).toMatchObject({
        read_only: true,
        restart: 'unless-stopped',
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
      expect(service.healthcheck!.test[0]).toBe('CMD');
    },
  );

  it.each(services)('%s: what it refers to is there', (_, service) => {
    for (const bind of bindsOf(service)) {
      const [source, , mode] = bind.split(':');
      expect(mode, bind).toBe('ro');
      expect(MADE.has(source!) || existsSync(at(source!)), bind).toBe(true);
    }
    for (const volume of service.volumes ?? []) {
      if (!volume.startsWith('.')) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
    }
    for (const secret of service.secrets ?? []) expect(Object.keys(compose.secrets)).toContain(secret);
    for (const name of Object.keys(service.depends_on ?? {})) expect(compose.services[name]).toBeDefined();
    const networks = Array.isArray(service.networks) ? service.networks : Object.keys(service.networks);
    for (const network of networks) expect(Object.keys(compose.networks)).toContain(network);
    if (service.build)
      expect(existsSync(at(path.join(service.build.context, service.build.dockerfile)))).toBe(true);
  });

  it.each(services)('%s: nobody but this machine reaches its ports', (_, service) => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:(\d+):\1$/);
  });

  it.each(ours)(
    '%s: flags and variables are those that the command knows; files are secrets or volumes',
    (_, service) => {
      const [name, ...flags] = service.command!;
      const { options } = program(() => undefined).commands.find((one) => one.name() === name)!;
      for (const flag of flags) expect(options.map(({ long }) => long)).toContain(flag.split('=')[0]);
      const mounts = (service.volumes ?? []).map((volume) => volume.split(':')[1]!);
      for (const [variable, value] of Object.entries(service.environment!)) {
        if (variable === 'NVIDIA_TF32_OVERRIDE') continue;
        expect(options.map(({ envVar }) => envVar)).toContain(variable);
        if (!value.startsWith('/')) continue;
        const secret = /^\/run\/secrets\/(.+)$/.exec(value)?.[1];
        if (secret === undefined) expect(mounts).toContain(value);
        else expect(service.secrets).toContain(secret);
      }
      const grace = Number(service.environment!['SMOOTHCERT_GRACE_SECONDS'] ?? 0);
      expect(Number.parseInt(service.stop_grace_period!, 10)).toBeGreaterThanOrEqual(grace + 5 + 10);
    },
  );

  it('what a user makes is in the document that says how', () => {
    for (const file of MADE) expect(docs).toContain(path.basename(file));
  });

  it('Prometheus asks the addresses that the processes listen at, and reads the rules that it is told of', () => {
    const targets = ['coordinators', 'workers'].flatMap((file) => {
      const [{ targets: found }] = parse(readFileSync(at(`targets/${file}.yaml`), 'utf8')) as [
        { targets: string[] },
      ];
      return found;
    });
    expect(targets).toEqual(['coordinator:9464', 'worker:9465']);
    expect(compose.services['coordinator']!.environment!['SMOOTHCERT_HTTP']).toBe('0.0.0.0:9464');
    for (const name of ['worker-cpu', 'worker-gpu']) {
      expect(compose.services[name]!.environment!['SMOOTHCERT_WORKER_HTTP']).toBe('0.0.0.0:9465');
      expect(compose.services[name]!.networks).toEqual({ inside: { aliases: ['worker'] } });
    }
    const { rule_files: rules, scrape_configs: scrapes } = parse(
      readFileSync(project('deploy/monitoring/prometheus.yaml'), 'utf8'),
    ) as { rule_files: string[]; scrape_configs: { file_sd_configs: { files: string[] }[] }[] };
    const files = [...rules, ...scrapes.flatMap((one) => one.file_sd_configs.flatMap(({ files: f }) => f))];
    const mounted = bindsOf(compose.services['prometheus']!).map(
      (bind) => bind.split(':') as [string, string],
    );
    for (const file of files) {
      const whole = path.posix.join('/etc/prometheus', file);
      const mount = mounted.find(([, target]) => whole === target || whole.startsWith(`${target}/`));
      expect(mount, whole).toBeDefined();
      const source = at(mount![0]);
      const real = statSync(source).isDirectory() ? path.join(source, path.basename(file)) : source;
      expect(existsSync(real), real).toBe(true);
    }
  });

  it('what is inside reaches nothing outside, but for what lets somebody in', () => {
    expect(compose.networks['inside']).toEqual({ internal: true });
    const outside = services.filter(
      ([, { networks }]) => Array.isArray(networks) && networks.includes('outside'),
    );
    for (const [name, { ports }] of outside) expect(ports, name).toBeDefined();
  });
});

/** `docker compose config` needs no engine; where there is no compose, that is said. */
const COMPOSE = [['docker', 'compose'], ['docker-compose']].find(
  ([command, ...args]) => spawnSync(command!, [...args, 'version']).status === 0,
);
if (!COMPOSE)
  console.warn('docker compose is not on the PATH: its own check of docker-compose.yml is SKIPPED.');

it.runIf(COMPOSE)('docker compose takes the file', () => {
  using folder = new TemporaryFolder();
  cpSync(project('deploy'), folder.file('deploy'), { recursive: true });
  for (const file of MADE) writeFileSync(folder.file('deploy/compose', file), 'made');
  const [command, ...args] = COMPOSE!;
  const file = folder.file(FILE);
  // Version 1, which is at its end, knows all of it but the name.
  const { stdout: version } = spawnSync(command!, [...args, 'version', '--short'], { encoding: 'utf8' });
  if (version.startsWith('1.')) {
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^name: .*$/m, ''));
  }
  const ran = spawnSync(command!, [...args, '-f', file, '--profile', 'gpu', 'config'], { encoding: 'utf8' });
  expect([ran.status, ran.stderr]).toEqual([0, expect.not.stringContaining('rror')]);
  expect(Object.keys((parse(ran.stdout) as Compose).services)).toContain('worker-gpu');
});
