import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Each library is seen in the folders that its message names, so that it can be replaced there. */
export const LIBRARIES = {
  onnx: { regex: '^onnxruntime', message: 'ONNX types stay inside worker/model.' },
  protobuf: {
    regex: '^protobufjs',
    message: 'protobufjs stays inside shared/wire, api/wire and worker/model.',
  },
  zip: { regex: '^yauzl', message: 'Archive types stay inside input.' },
  sharp: { regex: '^sharp', message: 'Pictures are read in input, and written in cli/report.' },
  commander: { regex: '^commander', message: 'Argument parsing stays inside cli.' },
  nats: { regex: '^@nats-io/', message: 'NATS types stay inside adapters/nats.' },
  grpc: { regex: '^(@grpc/|grpc-)', message: 'gRPC types stay inside coordinator/grpc and cli/client.' },
  pino: { regex: '^pino', message: 'pino stays inside adapters/telemetry/logs.' },
  otel: { regex: '^@opentelemetry/', message: 'OpenTelemetry stays inside adapters/telemetry/tracing.' },
  stdlib: { regex: '^@stdlib/', message: 'Special functions stay inside statistics.' },
  prometheus: { regex: '^prom-client', message: 'prom-client stays inside adapters/telemetry/prometheus.' },
  plot: {
    regex: '^(@observablehq/plot|linkedom)$',
    message: 'Charts are drawn in report.',
  },
  preact: { regex: '^preact', message: 'Preact stays inside page.' },
  generated: {
    regex: '/generated\\.js$',
    message: 'Generated messages are reached only through shared/wire and api/wire.',
  },
};

/** The floors of the house: what each may import of the others. Arrows point downward; library alone imports cli, and nobody imports library. */
export const FLOORS = {
  shared: [],
  statistics: ['shared'],
  api: ['shared'],
  adapters: ['shared', 'api'],
  input: ['shared'],
  worker: ['shared', 'statistics/noises'],
  coordinator: ['shared', 'api', 'statistics'],
  analysis: ['shared', 'statistics', 'coordinator/core'],
  report: ['shared', 'statistics', 'analysis'],
  page: ['shared', 'api', 'report/figures'],
  cli: ['shared', 'statistics', 'api', 'adapters', 'input', 'worker', 'coordinator', 'analysis', 'report'],
  library: ['shared', 'statistics', 'api', 'coordinator', 'analysis', 'cli'],
};

/**
 * Returns a rule against the imports that a folder may not have: floors that are not open to it, and libraries but for `libraries`. `open`
 * adds rooms to what the floor may import; `closed` takes patterns away. The last border that matches a file decides.
 */
function border({ folder, files = '*.ts', open = [], closed = [], libraries = [] }) {
  const own = folder.split('/')[0];
  const allowed = [...FLOORS[own], ...open];
  const floors = Object.keys(FLOORS).filter((floor) => floor !== own && !allowed.includes(floor));
  const refused = floors.map((floor) => {
    const rooms = allowed
      .filter((one) => one.startsWith(`${floor}/`))
      .map((one) => one.slice(floor.length + 1));
    const except = rooms.length > 0 ? `(?!(${rooms.join('|')})/)` : '';
    return {
      regex: `^(\\.\\./)+${floor}/${except}`,
      message: `${folder} imports ${allowed.join(', ') || 'nothing of ours'}, and not ${floor}.`,
    };
  });
  const others = Object.entries(LIBRARIES).filter(([name]) => !libraries.includes(name));
  return {
    files: [`${folder}/**/${files}`, `${folder}/**/*.tsx`],
    ignores: ['worker/noise/assembly/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [...refused, ...others.map(([, library]) => library), ...closed] },
      ],
    },
  };
}

const node = {
  regex: '^node:',
  message: 'What decides is pure, and what runs in a browser has no module of Node.',
};
const effects = {
  regex: '/shared/(ports|telemetry)/',
  message: 'What decides is pure: no clock, network, randomness or logging.',
};
const messages = {
  regex: '/shared/(ports|wire)/',
  message: 'The mathematics knows no messages and no ports.',
};

const mathematics = {
  regex: '/(statistics|coordinator)/',
  message: 'What verifies shares no code with what it verifies.',
};

/** The folders of the coordinator, from below: each may import those before it. */
export const COORDINATOR_ROOMS = ['core', 'results', 'artifacts', 'observe', 'run', 'jobs', '(grpc|http)'];

function roomsAbove(room) {
  const above = COORDINATOR_ROOMS.slice(COORDINATOR_ROOMS.indexOf(room) + 1);
  return {
    regex: `^\\.\\./(${above.join('|')})/`,
    message: `coordinator/${room} imports only the rooms below it.`,
  };
}

/** The folders that have a border, in the order in which they are tried; docs/architecture.md has the same table. */
export const BORDERS = [
  { folder: 'shared' },
  { folder: 'shared/wire', libraries: ['protobuf', 'generated'] },
  { folder: 'statistics', libraries: ['stdlib'], closed: [node, effects, messages] },
  { folder: 'api' },
  { folder: 'api/wire', libraries: ['protobuf', 'generated'] },
  { folder: 'adapters' },
  { folder: 'adapters/nats', libraries: ['nats'] },
  { folder: 'adapters/telemetry/prometheus', libraries: ['prometheus'] },
  { folder: 'adapters/telemetry/tracing', libraries: ['otel'] },
  { folder: 'adapters/telemetry/logs', libraries: ['pino'] },
  { folder: 'input', libraries: ['zip', 'sharp'] },
  { folder: 'worker' },
  { folder: 'worker', files: '*.test.ts', open: ['adapters'] },
  { folder: 'worker/model', libraries: ['onnx', 'protobuf'] },
  { folder: 'coordinator' },
  { folder: 'coordinator/results', closed: [roomsAbove('results')] },
  { folder: 'coordinator/artifacts', closed: [roomsAbove('artifacts')] },
  { folder: 'coordinator/observe', closed: [roomsAbove('observe')] },
  { folder: 'coordinator/run', closed: [roomsAbove('run')] },
  { folder: 'coordinator/jobs', closed: [roomsAbove('jobs')] },
  { folder: 'coordinator', files: '*.test.ts', open: ['adapters'] },
  { folder: 'coordinator/core', closed: [node, effects, roomsAbove('core')] },
  { folder: 'coordinator/grpc', open: ['adapters/http'], libraries: ['grpc'] },
  { folder: 'coordinator/http', open: ['adapters/http'] },
  { folder: 'analysis', closed: [node, effects] },
  { folder: 'analysis/verify', closed: [node, effects, mathematics] },
  { folder: 'report', libraries: ['plot'] },
  { folder: 'page', closed: [node, effects, messages], libraries: ['preact'] },
  { folder: 'cli', libraries: ['commander'] },
  { folder: 'cli/client', libraries: ['grpc', 'commander'] },
  { folder: 'cli/report', libraries: ['sharp', 'commander'] },
  { folder: 'library' },
];

/** A literal spread into a literal hides its fields from the check for excess properties, and says nothing else. */
const literalSpreads = ['ObjectExpression', 'ArrayExpression'].map((literal) => ({
  selector: `${literal} > SpreadElement > ${literal}`,
  message: 'Write the fields themselves.',
}));

export default tseslint.config(
  {
    ignores: ['dist/', 'site/dist/', 'coverage/', 'node_modules/', 'shared/wire/generated.*', '**/assembly/'],
  },
  js.configs.recommended,
  { rules: { 'no-restricted-syntax': ['error', ...literalSpreads] } },
  ...tseslint.configs.strictTypeChecked.map((c) => ({ ...c, files: ['**/*.{ts,tsx}'] })),
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.test.json', './page/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'no-console': 'error',
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.test.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'no-console': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        performance: 'readonly',
        fetch: 'readonly',
      },
    },
  },
  {
    files: ['site/search.js'],
    languageOptions: {
      globals: {
        document: 'readonly',
        location: 'readonly',
        DOMParser: 'readonly',
        URLSearchParams: 'readonly',
      },
    },
  },
  ...BORDERS.map(border),
);
