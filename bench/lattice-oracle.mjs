// Wrong certificates of classifiers whose true radius is known (test/lattice/oracle.test.ts), of every rule, bound and noise, with many
// images: votes are drawn by the shipped kernel, and folded and decided as those of a job.
//
//   npm run build && node bench/lattice-oracle.mjs [IMAGES]      10000 images a row unless given, 20000 at most; some two minutes
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const [images = '10000'] = process.argv.slice(2);
const vitest = path.join(
  path.dirname(createRequire(import.meta.url).resolve('vitest/package.json')),
  'vitest.mjs',
);
console.log(`True radii are close below those that each row certifies wrongly most often, and near 0. "wrong": certificates of
more than the true radius, or of the wrong class. "exact": what the law of the counts expects. "allowed": the most that
α allows, but for one chance in 1e9. Rows "2nd": Gaussian noise, with the runner-up. Rows "together": Gaussian noise, sets of 20 images
that are certified together; counted are sets, of which "wrong" are those with a wrong certificate.

noise    rule      bound           α       images certified    wrong    exact  allowed`);
const args = [
  'run',
  '--project',
  'integration',
  'test/lattice/oracle.test.ts',
  '--disable-console-intercept',
];
const child = spawn(process.execPath, [vitest, ...args, '--testTimeout', '600000'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...process.env, ORACLE_IMAGES: images },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ROW = /^oracle: (.*)$/;
createInterface(child.stdout).on('line', (line) => {
  const row = ROW.exec(line);
  if (row !== null) console.log(row[1]);
  else if (/FAIL|AssertionError|^\s*Tests/.test(line)) console.log(line);
});
child.on('exit', (code) => (process.exitCode = code ?? 1));
