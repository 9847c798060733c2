// Draws the studies of docs/study.md anew, with `smoothcert study` itself, and writes the page: some four minutes on two cores.
//
//   npm run build && node bench/study.mjs
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const COMMON = ['--images', '::3', '--max-samples', '100000', '--seed', '1'];
const STUDIES = {
  digits: ['--sigma', '0.12,0.25,0.5'],
  tumours: ['--features', '--sigma', '0.25,0.5,1'],
};
/** Digits that are kept of a number: it is read by people, and the file is kept with the code. */
const DIGITS = 6;

const run = (...command) => {
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}.`);
};

const folder = mkdtempSync(path.join(tmpdir(), 'smoothcert-study-'));
mkdirSync(path.join(root, 'docs/study'), { recursive: true });
try {
  for (const [name, flags] of Object.entries(STUDIES)) {
    const [model, data] = ['onnx', 'npz'].map((ending) => `examples/${name}/${name}.${ending}`);
    const out = path.join(folder, name);
    const begun = performance.now();
    run(
      'dist/cli/main.js',
      'study',
      '--model',
      model,
      '--data',
      data,
      ...flags,
      ...COMMON,
      '--out',
      out,
      '--quiet',
    );
    console.log(`${name}: ${((performance.now() - begun) / 1000).toFixed(0)} s`);
    const study = JSON.parse(readFileSync(path.join(out, 'study.json'), 'utf8'), (_, value) =>
      typeof value === 'number' ? Number(value.toPrecision(DIGITS)) : value,
    );
    writeFileSync(path.join(root, `docs/study/${name}.json`), `${JSON.stringify(study)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
run('scripts/study-page.mjs');
