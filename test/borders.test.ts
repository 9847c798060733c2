import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import madge from 'madge';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Where a new file of each folder would stand, and how it would name the others. */
const PLACES = {
  shared: 'shared/new.ts',
  ports: 'shared/ports/new.ts',
  local: 'shared/adapters/local/new.ts',
  nats: 'shared/adapters/nats/new.ts',
  dataset: 'shared/dataset/new.ts',
  telemetry: 'shared/telemetry/new.ts',
  prometheus: 'shared/telemetry/prometheus/new.ts',
  tracing: 'shared/telemetry/tracing/new.ts',
  statistics: 'shared/statistics/new.ts',
  wire: 'shared/wire/new.ts',
  coordinator: 'coordinator/new.ts',
  service: 'coordinator/service/new.ts',
  grpc: 'coordinator/grpc/new.ts',
  worker: 'worker/new.ts',
  noise: 'worker/noise/new.ts',
  model: 'worker/model/new.ts',
  cli: 'cli/new.ts',
  client: 'cli/client/new.ts',
  logs: 'cli/logs/new.ts',
  data: 'cli/data/new.ts',
} as const;
type Place = keyof typeof PLACES;

const IMPORTS = {
  shared: 'shared/counts.js',
  statistics: 'shared/statistics/normal.js',
  ports: 'shared/ports/clock.js',
  wire: 'shared/wire/record.js',
  local: 'shared/adapters/local/files.js',
  generated: 'shared/wire/generated.js',
  coordinator: 'coordinator/look.js',
  worker: 'worker/votes.js',
  model: 'worker/model/prepare.js',
  cli: 'cli/parse.js',
  data: 'cli/data/npy.js',
  onnx: 'onnxruntime-node',
  protobuf: 'protobufjs/minimal.js',
  zip: 'yauzl',
  sharp: 'sharp',
  commander: 'commander',
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

const OURS = ['coordinator', 'worker', 'model', 'cli', 'data'] as const;

/** Libraries, and the generated messages: each has its folders, and no other may import it. */
const LIBRARIES = [
  ...(['onnx', 'protobuf', 'zip', 'sharp', 'commander'] as const),
  ...(['natsCore', 'jetStream', 'grpcJs', 'grpcHealth', 'stdlib', 'generated'] as const),
  ...(['prom', 'pino', 'otel'] as const),
];
const librariesBut = (...allowed: readonly Import[]): Import[] =>
  LIBRARIES.filter((library) => !allowed.includes(library));
const NOT_FOR_COORDINATOR = ['worker', 'model', 'cli', 'data'] as const;
const NOT_FOR_WORKER = ['coordinator', 'cli', 'data', 'statistics'] as const;

/** The borders of the house: what each folder may not import. Everything else it may. */
const FORBIDDEN: Readonly<Record<Place, readonly Import[]>> = {
  shared: [...OURS, ...LIBRARIES],
  ports: [...OURS, ...LIBRARIES],
  local: [...OURS, ...LIBRARIES],
  nats: [...OURS, ...librariesBut('natsCore', 'jetStream')],
  dataset: [...OURS, ...LIBRARIES],
  telemetry: [...OURS, ...LIBRARIES],
  prometheus: [...OURS, ...librariesBut('prom')],
  tracing: [...OURS, ...librariesBut('otel')],
  statistics: [...OURS, 'ports', 'wire', 'local', 'node', ...librariesBut('stdlib')],
  wire: [...OURS, ...librariesBut('protobuf', 'generated')],
  coordinator: [...NOT_FOR_COORDINATOR, ...LIBRARIES],
  service: [...NOT_FOR_COORDINATOR, ...LIBRARIES],
  grpc: [...NOT_FOR_COORDINATOR, ...librariesBut('grpcJs', 'grpcHealth')],
  worker: [...NOT_FOR_WORKER, ...LIBRARIES],
  noise: [...NOT_FOR_WORKER, ...LIBRARIES],
  model: [...NOT_FOR_WORKER, ...librariesBut('onnx', 'protobuf')],
  cli: librariesBut('commander'),
  client: librariesBut('grpcJs', 'grpcHealth', 'commander'),
  logs: librariesBut('pino'),
  data: librariesBut('zip', 'sharp'),
};

/** How a file at `place` would write the import: a path from its folder, or the name of a package. */
function specifier(place: Place, name: Import): string {
  const target = IMPORTS[name];
  if (!/^(shared|coordinator|worker|cli)\//.test(target)) return target;
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
    const expected = FORBIDDEN[place].includes(name) ? ['no-restricted-imports'] : [];
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
    const folders = ['shared', 'coordinator', 'worker', 'cli'];
    const { modules, cycles } = await treeOf(folders.map((folder) => path.join(ROOT, folder)));
    expect(modules.length).toBeGreaterThan(50);
    expect(cycles).toEqual([]);
  });

  it('would be refused with one', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'smoothcert-cycle-'));
    try {
      await writeFile(path.join(folder, 'a.ts'), "import { b } from './b.js';\nexport const a = () => b;\n");
      await writeFile(path.join(folder, 'b.ts'), "import { a } from './a.js';\nexport const b = () => a;\n");
      expect((await treeOf([folder])).cycles).toEqual([['a.ts', 'b.ts']]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
