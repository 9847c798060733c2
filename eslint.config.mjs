import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** No file of `folder` may import what matches `patterns`; `why` is what the author reads. */
const border = (files, ignores, group, message) => ({
  files,
  ignores,
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: group.map((g) => ({ ...g, message: g.message ?? message })) },
    ],
  },
});

const onnx = { regex: '^onnxruntime', message: 'ONNX types stay inside worker/model.' };
const protobuf = { regex: '^protobufjs', message: 'protobufjs stays inside shared/wire and worker/model.' };
const zip = { regex: '^yauzl', message: 'Archive types stay inside cli/data.' };
const sharp = { regex: '^sharp', message: 'Picture decoding stays inside cli/data.' };
const commander = { regex: '^commander', message: 'Argument parsing stays inside cli.' };
const nats = { regex: '^@nats-io/', message: 'NATS types stay inside shared/adapters/nats.' };
const grpc = {
  regex: '^(@grpc/|grpc-)',
  message: 'gRPC types stay inside coordinator/grpc and cli/client.',
};
const pino = { regex: '^pino', message: 'pino stays inside cli/logs.' };
const otel = { regex: '^@opentelemetry/', message: 'OpenTelemetry stays inside shared/telemetry/tracing.' };
const stdlib = { regex: '^@stdlib/', message: 'Special functions stay inside shared/statistics.' };
const prometheus = {
  regex: '^prom-client',
  message: 'prom-client stays inside shared/telemetry/prometheus.',
};
const generated = {
  regex: '/generated\\.js$',
  message: 'Generated messages are reached only through shared/wire.',
};
const above = (names) => ({
  regex: `(^|/)\\.\\./(.*/)?(${names.join('|')})/`,
  message: 'shared imports nothing of ours; coordinator and worker import only shared; nobody imports cli.',
});
const statistics = {
  regex: '/shared/statistics/',
  message: 'The worker is not aware of bounds, radii and stopping.',
};

/** Libraries that only the folders named in their messages may see. */
const libraries = [
  onnx,
  protobuf,
  zip,
  sharp,
  commander,
  nats,
  grpc,
  stdlib,
  generated,
  prometheus,
  pino,
  otel,
];
const without = (...allowed) => libraries.filter((library) => !allowed.includes(library));

/** The rules by folder. The last entry that matches a file decides, so each lists all that its folder may not import. */
const borders = [
  border(['shared/**/*.ts'], [], [above(['coordinator', 'worker', 'cli']), ...libraries]),
  border(['shared/adapters/nats/**/*.ts'], [], [above(['coordinator', 'worker', 'cli']), ...without(nats)]),
  border(
    ['shared/telemetry/prometheus/**/*.ts'],
    [],
    [above(['coordinator', 'worker', 'cli']), ...without(prometheus)],
  ),
  border(
    ['shared/statistics/**/*.ts'],
    [],
    [
      above(['coordinator', 'worker', 'cli', 'adapters', 'ports', 'wire']),
      ...without(stdlib),
      { regex: '^node:', message: 'The mathematics is pure.' },
    ],
  ),
  border(
    ['shared/wire/**/*.ts'],
    [],
    [above(['coordinator', 'worker', 'cli']), ...without(protobuf, generated)],
  ),
  border(
    ['shared/telemetry/tracing/**/*.ts'],
    [],
    [above(['coordinator', 'worker', 'cli']), ...without(otel)],
  ),
  border(['coordinator/**/*.ts'], [], [above(['worker', 'cli']), ...libraries]),
  border(['coordinator/grpc/**/*.ts'], [], [above(['worker', 'cli']), ...without(grpc)]),
  border(
    ['worker/**/*.ts'],
    ['worker/noise/assembly/**'],
    [above(['coordinator', 'cli']), statistics, ...libraries],
  ),
  border(
    ['worker/model/**/*.ts'],
    [],
    [above(['coordinator', 'cli']), statistics, ...without(onnx, protobuf)],
  ),
  border(['cli/**/*.ts'], [], without(commander)),
  border(['cli/logs/**/*.ts'], [], without(pino)),
  border(['cli/client/**/*.ts'], [], without(grpc, commander)),
  border(['cli/data/**/*.ts'], [], without(zip, sharp)),
];

/** A literal spread into a literal hides its fields from the check for excess properties, and says nothing else. */
const literalSpreads = ['ObjectExpression', 'ArrayExpression'].map((literal) => ({
  selector: `${literal} > SpreadElement > ${literal}`,
  message: 'Write the fields themselves.',
}));

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/', 'shared/wire/generated.*', 'worker/noise/assembly/'] },
  js.configs.recommended,
  { rules: { 'no-restricted-syntax': ['error', ...literalSpreads] } },
  ...tseslint.configs.strictTypeChecked.map((c) => ({ ...c, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname },
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
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', performance: 'readonly' },
    },
  },
  ...borders,
);
