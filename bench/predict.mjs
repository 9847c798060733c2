// How often `predict` abstains, and for how many samples: early stopping beside one look at N samples (Cohen et al.'s PREDICT). Exact for
// a population of two outcomes; measured for the bundled digits.
//
//   npm run build && node bench/predict.mjs [--model M.onnx --data D.npz --sigma S …other flags of predict]
//
// About two minutes. The population: 29 % of the images have a gap between their two outcomes that is uniform on (0, 1), the others one
// of 0.98. That is about what the published logs of PREDICT on ImageNet abstain by: .092, .032, .010, .004 of the images at N = 100,
// 1,000, 10,000, 100,000.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileDecision } from '../dist/coordinator/core/look.js';
import { looksFor } from '../dist/statistics/schedule.js';
import { binomialMass } from '../dist/statistics/binomial.js';

const NUMBERS = [100, 1_000, 10_000, 100_000];
const CLOSE_SHARE = 0.29;
const CLEAR_GAP = 0.98;
const GAPS = 100;
const SMALLEST_MASS = 1e-13;
const stop = { kind: 'predict' };
const root = fileURLToPath(new URL('..', import.meta.url));

const early = decisionOf('anytime', 100_000);
population('early stopping', (delta) => lawOf(early, delta));
for (const n of NUMBERS) {
  const decision = decisionOf('two-sided', n);
  population(`one look at ${n}`, (delta) => oneLook(decision, n, delta));
}
model();

function decisionOf(bound, maxSamples) {
  const looks = looksFor(stop, bound, maxSamples);
  const claim = { alpha: 0.001, bound, stop, looks, images: { start: 0, stop: 1, step: 1 } };
  return compileDecision(claim, { kind: 'gaussian', scale: 1 });
}

/** Prints mean samples and abstaining share over the population. */
function population(name, law) {
  const total = { samples: 0, abstaining: 0, wrong: 0 };
  const add = (weight, gap) => {
    const { samples, right, wrong } = law((1 - gap) / 2);
    total.samples += weight * samples;
    total.wrong += weight * wrong;
    total.abstaining += weight * (1 - right - wrong);
  };
  add(1 - CLOSE_SHARE, CLEAR_GAP);
  for (let i = 0; i < GAPS; i++) add(CLOSE_SHARE / GAPS, (i + 0.5) / GAPS);
  const { samples, abstaining, wrong } = total;
  console.log(
    `population  ${name.padEnd(20)}${samples.toFixed(0).padStart(8)} samples, abstaining ${abstaining.toFixed(4)}, wrong ${wrong.toExponential(1)}`,
  );
}

/** The law of early stopping where the second outcome has probability `delta`. */
function lawOf({ looks, at }, delta) {
  const total = { samples: 0, right: 0, wrong: 0 };
  for (const classIndex of [0, 1]) {
    let weight = 0;
    for (let f = 0; f <= 64; f++) if (f > 32 === (classIndex === 1)) weight += binomialMass(f, 64, delta);
    const pilot = counts(classIndex === 0 ? 64 : 0, classIndex === 0 ? 0 : 64);
    let law = new Map([[0, 1]]);
    for (let look = 1; look < looks.length; look++) {
      law = convolve(law, looks[look] - looks[look - 1], delta);
      for (const [failures, mass] of law) {
        const n = looks[look] - 64;
        const prefixes = [pilot];
        prefixes[look] = counts(
          n - failures + (classIndex === 0 ? 64 : 0),
          failures + (classIndex === 1 ? 64 : 0),
        );
        const { stop: why, prediction } = remembered(look, classIndex, failures, () =>
          at(look, prefixes, null),
        );
        if (why === null) continue;
        law.delete(failures);
        total.samples += weight * mass * looks[look];
        if (prediction) total[classIndex === 0 ? 'right' : 'wrong'] += weight * mass;
      }
    }
  }
  return total;
}

function convolve(law, more, delta) {
  const masses = Array.from({ length: more + 1 }, (_, f) => binomialMass(f, more, delta));
  const next = new Map();
  for (const [before, mass] of law) {
    masses.forEach((other, f) => {
      if (mass * other < SMALLEST_MASS) return;
      next.set(before + f, (next.get(before + f) ?? 0) + mass * other);
    });
  }
  return next;
}

function oneLook({ at }, n, delta) {
  const total = { samples: n, right: 0, wrong: 0 };
  for (let failures = 0; failures <= n; failures++) {
    const mass = binomialMass(failures, n, delta);
    if (mass < SMALLEST_MASS) continue;
    const { prediction } = at(0, [counts(n - failures, failures)], null);
    if (prediction) total[prediction.classIndex === 0 ? 'right' : 'wrong'] += mass;
  }
  return total;
}

function counts(first, second) {
  const kept = [first, second].map((votes, c) => [c, votes]).filter(([, votes]) => votes > 0);
  return { classes: kept.map(([c]) => c), votes: kept.map(([, votes]) => votes), invalid: 0 };
}

function remembered(look, classIndex, failures, decide) {
  remembered.known ??= new Map();
  const key = `${look}/${classIndex}/${failures}`;
  if (!remembered.known.has(key)) remembered.known.set(key, decide());
  return remembered.known.get(key);
}

/** The same figures of `smoothcert predict` itself, each run into a new folder. */
function model() {
  const digits = (file) => path.join(root, 'examples/digits', file);
  const given = process.argv.slice(2);
  const usual = ['--model', digits('digits.onnx'), '--data', digits('digits.npz'), '--sigma', '0.5'];
  const input = given.includes('--model') ? given : [...usual, '--seed', '1', ...given];
  const runs = [[], ...NUMBERS.slice(0, 3).map((n) => ['--bound', 'two-sided', '--max-samples', String(n)])];
  for (const flags of runs) {
    const { images, samples, abstaining, accuracy } = predict([...input, ...flags]);
    const name = flags.length === 0 ? 'early stopping' : `one look at ${flags.at(-1)}`;
    console.log(
      `model       ${name.padEnd(20)}${(samples / images).toFixed(0).padStart(8)} samples, abstaining ${abstaining.toFixed(4)}, accuracy ${accuracy}`,
    );
  }
}

function predict(flags) {
  const folder = mkdtempSync(path.join(tmpdir(), 'smoothcert-predict-'));
  try {
    const command = [
      path.join(root, 'dist/cli/main.js'),
      'predict',
      ...flags,
      '--out',
      path.join(folder, 'out'),
    ];
    const run = spawnSync(process.execPath, [...command, '--json', '--quiet'], { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`predict ended with ${run.status}. ${run.stderr}`);
    return JSON.parse(run.stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
