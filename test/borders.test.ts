import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import madge from 'madge';
import { beforeAll, describe, expect, it } from 'vitest';
import { FLOORS } from '../eslint.config.mjs';
import { TemporaryFolder } from './support/temporary-folder.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const TOP_FOLDERS = Object.keys(FLOORS);

/** Where a new file of each room would stand. */
const PLACES = {
  shared: 'shared/new.ts',
  ports: 'shared/ports/new.ts',
  wire: 'shared/wire/new.ts',
  statistics: 'statistics/new.ts',
  api: 'api/new.ts',
  apiWire: 'api/wire/new.ts',
  local: 'adapters/local/new.ts',
  nats: 'adapters/nats/tasks/new.ts',
  http: 'adapters/http/new.ts',
  prometheus: 'adapters/telemetry/prometheus/new.ts',
  tracing: 'adapters/telemetry/tracing/new.ts',
  logs: 'adapters/telemetry/logs/new.ts',
  input: 'input/pictures/new.ts',
  noise: 'worker/noise/new.ts',
  model: 'worker/model/new.ts',
  cluster: 'worker/cluster/new.ts',
  core: 'coordinator/core/new.ts',
  run: 'coordinator/run/new.ts',
  grpc: 'coordinator/grpc/new.ts',
  coordinatorHttp: 'coordinator/http/new.ts',
  analysis: 'analysis/plan/new.ts',
  verify: 'analysis/verify/new.ts',
  report: 'report/figures/new.ts',
  page: 'page/new.ts',
  cli: 'cli/certify/new.ts',
  cliReport: 'cli/report/new.ts',
  client: 'cli/client/new.ts',
  library: 'library/new.ts',
} as const;
type Place = keyof typeof PLACES;

/** Something of every room and of every library that has a border. */
const IMPORTS = {
  shared: 'shared/counts.js',
  ports: 'shared/ports/clock.js',
  wire: 'shared/wire/record.js',
  telemetry: 'shared/telemetry/metrics.js',
  statistics: 'statistics/normal.js',
  laws: 'statistics/noises/gaussian.js',
  api: 'api/job-view.js',
  local: 'adapters/local/ledger-frames.js',
  http: 'adapters/http/address.js',
  input: 'input/arrays/npy.js',
  worker: 'worker/draw/votes.js',
  model: 'worker/model/prepare-model.js',
  coordinator: 'coordinator/core/look.js',
  jobs: 'coordinator/jobs/limits.js',
  analysis: 'analysis/laws/binomial-law.js',
  report: 'report/figures/figure.js',
  tables: 'report/tables/table.js',
  page: 'page/main.js',
  cli: 'cli/command/parse.js',
  library: 'library/plan.js',
  generated: 'shared/wire/generated.js',
  onnx: 'onnxruntime-node',
  protobuf: 'protobufjs/minimal.js',
  zip: 'yauzl',
  sharp: 'sharp',
  commander: 'commander',
  plot: '@observablehq/plot',
  linkedom: 'linkedom',
  preact: 'preact',
  natsCore: '@nats-io/transport-node',
  jetStream: '@nats-io/jetstream',
  grpcJs: '@grpc/grpc-js',
  grpcHealth: 'grpc-health-check',
  stdlib: '@stdlib/math-base-special-erfc',
  prom: 'prom-client',
  pino: 'pino',
  otel: '@opentelemetry/api',
  node: 'node:fs',
} as const;
type Import = keyof typeof IMPORTS;

const SHARED = ['shared', 'ports', 'wire', 'telemetry', 'node'] as const;
const BELOW_ADAPTERS = [...SHARED, 'api'] as const;
const BELOW_COORDINATOR = [...BELOW_ADAPTERS, 'statistics', 'laws', 'coordinator'] as const;
const BELOW_WORKER = [...SHARED, 'laws', 'worker', 'model'] as const;
const OURS = [
  'statistics',
  'laws',
  'api',
  'local',
  'http',
  'input',
  'worker',
  'model',
  'coordinator',
  'jobs',
  'analysis',
  'report',
  'tables',
  'cli',
] as const;

/** The borders of the house: what each room may import. Everything else it may not. */
const ALLOWED: Readonly<Record<Place, readonly Import[]>> = {
  shared: SHARED,
  ports: SHARED,
  wire: [...SHARED, 'protobuf', 'generated'],
  statistics: ['shared', 'statistics', 'laws', 'stdlib'],
  api: BELOW_ADAPTERS,
  apiWire: [...BELOW_ADAPTERS, 'protobuf', 'generated'],
  local: [...BELOW_ADAPTERS, 'local', 'http'],
  nats: [...BELOW_ADAPTERS, 'local', 'http', 'natsCore', 'jetStream'],
  http: [...BELOW_ADAPTERS, 'local', 'http'],
  prometheus: [...BELOW_ADAPTERS, 'local', 'http', 'prom'],
  tracing: [...BELOW_ADAPTERS, 'local', 'http', 'otel'],
  logs: [...BELOW_ADAPTERS, 'local', 'http', 'pino'],
  input: [...SHARED, 'input', 'zip', 'sharp'],
  noise: BELOW_WORKER,
  model: [...BELOW_WORKER, 'onnx', 'protobuf'],
  cluster: BELOW_WORKER,
  core: ['shared', 'wire', 'api', 'statistics', 'laws', 'coordinator'],
  run: BELOW_COORDINATOR,
  grpc: [...BELOW_COORDINATOR, 'jobs', 'http', 'grpcJs', 'grpcHealth'],
  coordinatorHttp: [...BELOW_COORDINATOR, 'jobs', 'http'],
  analysis: ['shared', 'wire', 'statistics', 'laws', 'coordinator', 'analysis'],
  verify: ['shared', 'wire', 'analysis'],
  report: [...SHARED, 'statistics', 'laws', 'analysis', 'report', 'tables', 'plot', 'linkedom'],
  page: ['shared', 'api', 'report', 'page', 'preact'],
  cli: [...SHARED, ...OURS, 'commander'],
  cliReport: [...SHARED, ...OURS, 'sharp', 'commander'],
  client: [...SHARED, ...OURS, 'commander', 'grpcJs', 'grpcHealth'],
  library: [
    ...SHARED,
    'statistics',
    'laws',
    'api',
    'coordinator',
    'jobs',
    'analysis',
    'cli',
    'library',
  ] as const,
};

/** How a file at `place` would write the import: a path from its folder, or the name of a package. */
function specifier(place: Place, name: Import): string {
  const target = IMPORTS[name];
  if (!TOP_FOLDERS.includes(target.split('/')[0]!)) return target;
  const relative = path.posix.relative(path.posix.dirname(PLACES[place]), target);
  return relative.startsWith('.') ? relative : `./${relative}`;
}

let eslint: ESLint;
beforeAll(() => {
  // Without types: these files are not on disk, and no border needs to know a type.
  const untyped = { parserOptions: { project: null, program: null } };
  eslint = new ESLint({
    cwd: ROOT,
    overrideConfig: { files: ['**/*.ts'], languageOptions: untyped },
    ruleFilter: ({ ruleId }) => ruleId === 'no-restricted-imports',
  });
});

async function crossings(place: Place, statement: string): Promise<string[]> {
  const [result] = await eslint.lintText(statement, { filePath: path.join(ROOT, PLACES[place]) });
  const messages = result!.messages;
  expect(messages.filter(({ fatal }) => fatal)).toEqual([]);
  return [...new Set(messages.map(({ ruleId }) => ruleId ?? 'none'))];
}

describe.each(Object.keys(PLACES) as Place[])('a file of %s', (place) => {
  it.each(Object.keys(IMPORTS) as Import[])('and the import of %s', async (name) => {
    const from = specifier(place, name);
    const expected = ALLOWED[place].includes(name) ? [] : ['no-restricted-imports'];
    expect(await crossings(place, `import { x } from '${from}';\nexport const y = x;\n`)).toEqual(expected);
    expect(await crossings(place, `import type { x } from '${from}';\nexport type Y = x;\n`)).toEqual(
      expected,
    );
    expect(await crossings(place, `export { x } from '${from}';\n`)).toEqual(expected);
  });
});

/** The modules below these folders, and the cycles among them. */
async function treeOf(folders: string[]) {
  const tree = await madge(folders, { fileExtensions: ['ts'], tsConfig: path.join(ROOT, 'tsconfig.json') });
  return { modules: Object.keys(tree.obj()), cycles: tree.circular() };
}

describe('the tree', () => {
  it('has no import cycle', async () => {
    const { modules, cycles } = await treeOf(TOP_FOLDERS.map((folder) => path.join(ROOT, folder)));
    expect(modules.length).toBeGreaterThan(50);
    expect(cycles).toEqual([]);
  });

  it('would be refused with one', async () => {
    using folder = new TemporaryFolder();
    await writeFile(folder.file('a.ts'), "import { b } from './b.js';\nexport const a = () => b;\n");
    await writeFile(folder.file('b.ts'), "import { a } from './a.js';\nexport const b = () => a;\n");
    expect((await treeOf([folder.path])).cycles).toEqual([['a.ts', 'b.ts']]);
  });
});
