import { defineConfig } from 'vitest/config';

/** What takes long: `npm run test:cluster` runs these, and the faults of a cluster that `npm test` injects. */
const LONG = [
  'test/cluster/{alerts,backup,cancel,cold-starts,distances,full-store,garbage,leader-kills,lost-quorum,metrics-faults,nats-clusters,nats-races,nats-readers,nats-upgrade,network,poison,python,redrawing,same-answer,serve,shared-total,soak,storms,strangers,swapped,waits,watchers}.test.ts',
  'test/deploy/run-as-manifested.test.ts',
  'test/documents/{cluster-commands,commands,site-pages}.test.ts',
  'test/exact/{l1-error,matched-error,runner-up}.test.ts',
  'test/faults/{changed-data,changed-model,kills,pool,slow-model}.test.ts',
  'test/integration/{check,models,progress-widths,signals}.test.ts',
  'test/lattice/oracle.test.ts',
  // From a registry, with three versions of Node.
  'test/library/{installed,packed}.test.ts',
  'test/page/faults.test.ts',
  'test/python/{client,documents,hostile-server,install,package-long}.test.ts',
  'test/report/recount.test.ts',
  'test/ten-minutes.test.ts',
  'test/service/flood-of-streams-long.test.ts',
  'test/verify/{altered-bytes,forged-folders}.test.ts',
];

/** The service around it is covered by integration tests, which `npm run check` does not run. */
const DECISION_CORE = [
  'statistics/**/*.ts',
  'analysis/**/*.ts',
  'coordinator/core/*.ts',
  'coordinator/results/{certificates,proven-radius,result-lines,runner-up-proof,topk-counts,tsv-lines}.ts',
  'coordinator/run/{auto-reset-event,coordinator,issuer,replay}.ts',
];

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            '{adapters,analysis,api,cli,coordinator,input,library,page,report,shared,statistics,worker}/**/*.test.ts',
          ],
          testTimeout: 30_000,
          // A test file leaves nothing behind, so what many import is loaded once: a third of the time.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: LONG,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'cluster',
          include: LONG,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
    coverage: {
      provider: 'v8',
      include: DECISION_CORE,
      exclude: ['**/*.test.ts'],
      reporter: ['text'],
      thresholds: {
        branches: 100,
        lines: 100,
        functions: 100,
      },
    },
  },
});
