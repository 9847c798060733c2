import { defineConfig } from 'vitest/config';

/** Faults of a cluster beyond those that every run of the tests injects: `npm run test:cluster` injects them all. */
const FURTHER_FAULTS = [
  'test/cluster/{alerts,backup,cancel,full-store,garbage,metrics-faults,network,poison,serve,soak,strangers,swapped,watchers}.test.ts',
];

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{shared,coordinator,worker,cli}/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: FURTHER_FAULTS,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'cluster',
          include: ['test/cluster/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      // The decision core. The service around it is covered by integration tests, which `npm run check` does not run.
      include: ['shared/statistics/**/*.ts', 'coordinator/*.ts'],
      exclude: ['**/*.test.ts'],
      reporter: ['text'],
      thresholds: {
        'shared/statistics/**': { branches: 100, lines: 100, functions: 100 },
        'coordinator/*.ts': { branches: 100, lines: 100, functions: 100 },
      },
    },
  },
});
