// Shows that the tests catch mistakes in the core and in the runner of a job, each of which would make certificates
// wrong, lose work or end a job twice.
//
//   npm run mutations
//
// Copies the tree to a temporary folder, makes one mistake at a time by exact replacements (a text that is not there
// exactly once is an error: the mutation must be rewritten with the code), and runs the tests of the core, which must
// fail; without a mistake they must pass. Prints which tests caught which. Takes about ten minutes.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const NOT_COPIED = ['node_modules', '.git', 'dist', 'coverage'];
const TESTS = [
  'coordinator/core/',
  'coordinator/run/coordinator.test.ts',
  'coordinator/run/issuer.test.ts',
  'coordinator/results/certificates.test.ts',
  'coordinator/results/proven-radius.test.ts',
  'statistics/',
  'test/simulation',
];
const SIMULATION_SEEDS = '300';

const MUTATIONS = [
  {
    name: 'the duplicate check is gone: every delivery of a shard is counted',
    changes: [
      {
        file: 'coordinator/core/image-state.ts',
        from: "    if (first !== undefined) return first === print ? 'duplicate' : 'divergent';\n",
        to: '',
      },
    ],
  },
  {
    name: 'a look is taken before n_k: one shard short, and nobody checks the sum',
    changes: [
      {
        file: 'coordinator/core/image-state.ts',
        from: '!segment?.addUpTo(this.allowed(look))',
        to: '!segment?.addUpTo(Math.max(1, this.allowed(look) - 1))',
      },
      {
        file: 'coordinator/core/decision.ts',
        from: 'prefix !== undefined && totalOf(prefix) === looks[look]',
        to: 'prefix !== undefined',
      },
    ],
  },
  {
    name: '< for <= at the limits of the spending table',
    changes: [
      {
        file: 'statistics/spending-table.ts',
        from: 'if (list[middle]! >= value) low = middle;',
        to: 'if (list[middle]! > value) low = middle;',
      },
    ],
  },
  {
    name: 'all that the class leaves of α goes to one runner-up, where two may be the true one',
    changes: [
      {
        file: 'statistics/bounds/runner-up.ts',
        from: '{ ofClass: 0.8, runnerUp: 0.1 }',
        to: '{ ofClass: 0.8, runnerUp: 0.2 }',
      },
    ],
  },
  {
    name: 'invalid votes are no runner-up',
    changes: [
      {
        file: 'shared/counts.ts',
        from: "  return counts.invalid > votesOfOutcome(best) ? { outcome: 'invalid', votes: counts.invalid } : best;\n",
        to: '  return best;\n',
      },
    ],
  },
  {
    name: 'the error of the drawn law is added to the bound on the class alone',
    changes: [
      {
        file: 'statistics/radius.ts',
        from: 'publishedDelta(Math.min(runnerUpUpper, deltaUpper), lawError)',
        to: 'publishedDelta(Math.min(runnerUpUpper, deltaUpper), 0)',
      },
    ],
  },
  {
    name: 'the table of the class begins at nulls that the lemma does not cover',
    changes: [
      {
        file: 'statistics/bounds/spending-runner-up.ts',
        from: 'above: 1 / looks[0]!',
        to: 'above: 1 / looks.at(-1)!',
      },
    ],
  },
  {
    name: 'a task is acknowledged before it is recorded',
    changes: [
      {
        file: 'worker/tasks/task-loop.ts',
        from: `    let recorded: LedgerRecord | null = null;
    try {
      const job = await source.take(`,
        to: `    await delivery.acknowledge();
    let recorded: LedgerRecord | null = null;
    try {
      const job = await source.take(`,
      },
    ],
  },
  {
    name: 'counts behind a cancellation decide images',
    changes: [
      {
        file: 'coordinator/core/job-fold.ts',
        from: 'if (!place || this.isOver) {',
        to: 'if (!place) {',
      },
    ],
  },
  {
    name: 'the coordinator goes on from the number of records, not from the place of the last one',
    changes: [
      {
        file: 'coordinator/core/job-fold.ts',
        from: '    this.sequence = sequence;\n',
        to: '    this.sequence += sequence > 0 ? 1 : 0;\n',
      },
    ],
  },
  {
    name: 'a postponed task is acknowledged before its record is stored',
    changes: [
      {
        file: 'worker/tasks/postponed-tasks.ts',
        from: `        const recorded = await this.store(delivery.task, record);
        await delivery.acknowledge();
`,
        to: `        await delivery.acknowledge();
        const recorded = await this.store(delivery.task, record);
`,
      },
    ],
  },
  {
    name: 'a second answer to a preparation replaces the first',
    changes: [
      {
        file: 'coordinator/run/job-preparation.ts',
        from: 'return entry.job || entry.ending ? entry',
        to: 'return entry.ending ? entry',
      },
    ],
  },
  {
    name: 'a coordinator ends a job that another one has ended',
    changes: [
      {
        file: 'coordinator/run/job-closer.ts',
        from: 'entry.ending || !holds(entry) ? entry',
        to: '!holds(entry) ? entry',
      },
    ],
  },
  {
    name: 'a coordinator whose lease is lost goes on serving',
    changes: [
      {
        file: 'coordinator/jobs/job-manager.ts',
        from: 'await this.serve(lease ? AbortSignal.any([signal, lease.lost]) : signal);',
        to: 'await this.serve(signal);',
      },
    ],
  },
  {
    name: 'a job that is cancelled during its preparation is drawn to its end',
    changes: [
      {
        file: 'coordinator/run/job-drawing.ts',
        from: 'if (older || this.parts.stored.entry.cancelRequested) coordinator.cancel();',
        to: 'if (older) coordinator.cancel();',
      },
    ],
  },
  {
    name: 'retention forgets a job as soon as its ledger may go',
    changes: [
      {
        file: 'coordinator/jobs/retention.ts',
        from: 'ended.slice(Math.max(retainJobs, retainLedgers))',
        to: 'ended.slice(retainLedgers)',
      },
    ],
  },
  {
    name: 'invalid votes are no outcome of predict',
    changes: [
      {
        file: 'coordinator/core/class-votes.ts',
        from: 'classes[at] === classIndex ? most : Math.max(most, count)),\n    invalid,',
        to: 'classes[at] === classIndex ? most : Math.max(most, count)),\n    0 * invalid,',
      },
    ],
  },
  {
    name: 'the pilot of predict is part of what tests its class',
    changes: [
      {
        file: 'coordinator/core/predict-rules.ts',
        from: 'const fresh = subtractCounts(prefixAt(look, looks, prefixes), first);',
        to: 'const fresh = subtractCounts(prefixAt(look, looks, prefixes), subtractCounts(first, first));',
      },
    ],
  },
  {
    name: 'the test of predict at one look is one-sided',
    changes: [
      {
        file: 'statistics/predict.ts',
        from: 'return 2 * binomialTail(',
        to: 'return binomialTail(',
      },
    ],
  },
];

const copy = mkdtempSync(path.join(tmpdir(), 'smoothcert-mutations-'));
try {
  cpSync(root, copy, { recursive: true, filter: (from) => !NOT_COPIED.includes(path.relative(root, from)) });
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  process.exitCode = main() ? 0 : 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}

/** True if the tests pass on the code as it is and fail on every mutation. */
function main() {
  const originals = MUTATIONS.map(({ changes }) => changes.map(mutatedBy));
  const { failed, passed } = runTests();
  console.log(`unchanged: ${passed} tests passed, ${failed.length} failed`);
  for (const test of failed) console.log(`  failed: ${test}`);
  if (failed.length > 0 || passed === 0) return false;
  const survivors = MUTATIONS.filter(({ name }, at) => {
    for (const { file, mutated } of originals[at]) writeFileSync(file, mutated);
    const { failed: caughtBy } = runTests();
    for (const { file, original } of originals[at]) writeFileSync(file, original);
    console.log(`${caughtBy.length > 0 ? 'caught' : 'NOT CAUGHT'}: ${name}`);
    for (const test of caughtBy) console.log(`  by ${test}`);
    return caughtBy.length === 0;
  });
  console.log(`${MUTATIONS.length - survivors.length} of ${MUTATIONS.length} mutations caught`);
  return survivors.length === 0;
}

/** The file of a change, as it is and as it would be. */
function mutatedBy({ file, from, to }) {
  const full = path.join(copy, file);
  const original = readFileSync(full, 'utf8');
  const times = original.split(from).length - 1;
  if (times !== 1) throw new Error(`${file} holds ${times} times, not once:\n${from}`);
  return { file: full, original, mutated: original.replace(from, () => to) };
}

/** Runs the tests of the core in the copy: the names of those that failed, and how many passed. */
function runTests() {
  const output = path.join(copy, 'tests.json');
  rmSync(output, { force: true });
  const vitest = path.join(copy, 'node_modules/vitest/vitest.mjs');
  const projects = ['--project', 'unit', '--project', 'integration'];
  const report = ['--reporter=json', `--outputFile=${output}`, '--coverage.enabled=false'];
  const { stderr } = spawnSync(process.execPath, [vitest, 'run', ...projects, ...report, ...TESTS], {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, SIMULATION_SEEDS },
  });
  let files;
  try {
    files = JSON.parse(readFileSync(output, 'utf8')).testResults;
  } catch (cause) {
    throw new Error(`The tests did not run:\n${stderr}`, { cause });
  }
  const failed = files.flatMap(({ name, status, assertionResults }) => {
    const file = path.relative(copy, name);
    const names = assertionResults.filter((test) => test.status === 'failed').map((test) => test.fullName);
    return (names.length === 0 && status === 'failed' ? ['(the file itself)'] : names).map(
      (test) => `${file} › ${test}`,
    );
  });
  const passed = files
    .flatMap(({ assertionResults }) => assertionResults)
    .filter((t) => t.status === 'passed');
  return { failed, passed: passed.length };
}
