import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { CERTIFY } from '../cli/certify/certify-verb.js';
import { DeclaredOption, flagName, type Decides, type Flag } from '../cli/command/flag.js';
import { program } from '../cli/program.js';
import { METRICS } from '../shared/telemetry/catalogue.js';
import { ROOT, contentOf, runCommand } from './harness/command.js';
import {
  MODELS,
  PICTURES,
  certifyArgs,
  certifyWithReport,
  writeUint8Npy,
  type Flags,
} from './harness/results.js';
import { folderOfAllTests } from './support/temporary-folder.js';

/** docs/configuration.md is what the commands say of their flags, and what it says of them is so. */

const folder = folderOfAllTests();

describe('docs/configuration.md', () => {
  it('is what npm run reference writes now', async () => {
    const file = folder.file('configuration.md');
    await promisify(execFile)(process.execPath, ['scripts/reference.mjs', file], { cwd: ROOT });
    expect(await readFile(`${ROOT}docs/configuration.md`, 'utf8')).toBe(await readFile(file, 'utf8'));
  });

  it('has a row for every flag of every command, with its kind, default, choices and variable', async () => {
    const text = await readFile(`${ROOT}docs/configuration.md`, 'utf8');
    const { commands } = program(() => undefined);
    for (const command of commands) {
      const section = text.split(`\n## smoothcert ${command.name()}\n`)[1]!.split('\n## ')[0]!;
      const options = command
        .createHelp()
        .visibleOptions(command)
        .filter((option) => option instanceof DeclaredOption);
      expect(section.match(/^\| `--/gm)).toHaveLength(options.length);
      for (const option of options) {
        const row = section.split('\n').find((line) => line.startsWith(`| \`${option.flags}\` `))!;
        const { decides } = option.flag;
        const choices = 'choices' in option.flag ? option.flag.choices : [];
        const preset = option.defaultValue as string | undefined;
        const words = [...choices, ...(option.envVar ? [option.envVar] : []), ...(preset ? [preset] : [])];
        expect(row).toContain(` ${decides} `);
        for (const word of words) expect(row).toContain(`\`${word}\``);
      }
    }
  });
});

describe('docs/metrics.md', () => {
  it('is what npm run reference writes now, with a row for every metric', async () => {
    const file = folder.file('metrics.md');
    await promisify(execFile)(process.execPath, ['scripts/metrics-reference.mjs', file], { cwd: ROOT });
    const text = await readFile(`${ROOT}docs/metrics.md`, 'utf8');
    expect(text).toBe(await readFile(file, 'utf8'));
    const rows = [...text.matchAll(/^\| `(smoothcert_\w+)` /gm)].map(([, name]) => name!);
    expect(rows.sort()).toEqual(Object.keys(METRICS).sort());
  });
});

/** Images of PICTURES, and their shape. */
const COUNT = 40;
const SHAPE = [COUNT, 1, 8, 8];

/** A job of a moment. */
const QUICK: Flags = {
  ...PICTURES,
  sigma: 0.25,
  images: '0:2',
  seed: 5,
  batch: 32,
  'max-samples': 128,
  'min-gain': 'quick',
  processes: 1,
};
const FIXED: Flags = { ...QUICK, 'min-gain': undefined, stop: 'fixed', n0: 20 };
const TARGET: Flags = { ...QUICK, 'min-gain': undefined, stop: 'target', radii: 0.1 };
const BUDGET: Flags = { ...QUICK, 'min-gain': undefined, stop: 'budget', 'total-samples': 200 };
const COLOUR: Flags = {
  ...QUICK,
  model: `${MODELS}/colour-nchw.onnx`,
  data: `${MODELS}/images-colour-nchw.npz`,
};
const TWO: Flags = { ...QUICK, model: `${MODELS}/two-outputs.onnx`, output: 'logits' };

/** For each flag of certify a job, and another value of that flag. */
function cases(): Record<string, [job: Flags, change: Flags]> {
  const other = folder.file('other.npy');
  const labels = folder.file('labels.npy');
  return {
    model: [QUICK, { model: `${MODELS}/probabilities.onnx` }],
    data: [QUICK, { data: other }],
    labels: [QUICK, { labels }],
    images: [QUICK, { images: '0:1' }],
    features: [QUICK, { features: true }],
    clip: [QUICK, { clip: true }],
    bgr: [COLOUR, { bgr: true }],
    sigma: [QUICK, { sigma: 0.5 }],
    noise: [QUICK, { noise: 'laplace' }],
    alpha: [QUICK, { alpha: 0.01 }],
    bound: [QUICK, { bound: 'anytime' }],
    stop: [QUICK, { stop: 'two-stage' }],
    radii: [TARGET, { radii: 0.2 }],
    'min-gain': [QUICK, { 'min-gain': 'thorough' }],
    'max-samples': [QUICK, { 'max-samples': 256 }],
    'total-samples': [BUDGET, { 'total-samples': 201 }],
    n0: [FIXED, { n0: 30 }],
    'keep-counts': [FIXED, { 'keep-counts': true }],
    'runner-up': [QUICK, { 'runner-up': true }],
    simultaneous: [QUICK, { simultaneous: true }],
    seed: [QUICK, { seed: 6 }],
    'input-scale': [QUICK, { 'input-scale': 2 }],
    mean: [QUICK, { mean: 0.5 }],
    std: [QUICK, { std: 2 }],
    layout: [QUICK, { layout: 'nhwc' }],
    output: [TWO, { output: 'features' }],
    batch: [QUICK, { batch: 16 }],
    'no-check': [QUICK, { 'no-check': true }],
    strict: [QUICK, { strict: true }],
    processes: [QUICK, { processes: 2 }],
    'hang-seconds': [QUICK, { 'hang-seconds': 30 }],
    'audit-share': [QUICK, { 'audit-share': 1 }],
    name: [QUICK, { name: 'first' }],
    'topk-rows': [FIXED, { 'topk-rows': true }],
    // The jobs are begun without a report.
    'no-report': [QUICK, {}],
    json: [QUICK, { json: true }],
    'json-lines': [QUICK, { 'json-lines': true }],
    quiet: [QUICK, { quiet: true }],
    verbose: [QUICK, { verbose: true }],
  };
}

/**
 * Not tried: where to write and what to read flags from; of devices a machine may have one alone; and names, which change the files (test/integration/names).
 */
const ELSEWHERE = ['--config', '--print-config', '--out', '--device', '--class-names'];

describe('another value of a flag of the job is refused in its folder, one of the run is not', () => {
  const declared = CERTIFY.groups.flatMap((group) => Object.entries<Flag>(group.flags));
  const flags = declared
    .map(([name, flag]): [string, Decides] => [flagName(name, flag), flag.decides])
    .filter(([name]) => !ELSEWHERE.includes(name))
    .map(([name, decides]): [string, Decides] => [name.slice(2), decides]);
  const begun = new Map<Flags, string>();

  beforeAll(async () => {
    await writeUint8Npy(folder.file('other.npy'), SHAPE, new Uint8Array(64 * COUNT).fill(9));
    await writeUint8Npy(folder.file('labels.npy'), [COUNT], new Uint8Array(COUNT).fill(1));
    for (const job of [QUICK, FIXED, TARGET, BUDGET, TWO, COLOUR]) {
      const out = folder.file(`job-${begun.size}`);
      const { code, stderr } = await runCommand(certifyArgs({ ...job, out }));
      expect(code, stderr).toBe(0);
      begun.set(job, out);
    }
  });

  it.each(flags)('--%s: %s', async (flag, decides) => {
    const [job, change] = cases()[flag]!;
    const out = begun.get(job)!;
    const before = await contentOf(out);
    const argsOf = flag === 'no-report' ? certifyWithReport : certifyArgs;
    const { code, stderr } = await runCommand(argsOf({ ...job, ...change, out }));
    if (decides === 'run') expect(code, stderr).toBe(0);
    else {
      expect(stderr).toMatch(/^Error JOB_DIFFERS: /m);
      expect(code).toBe(2);
    }
    expect(await contentOf(out)).toMatchObject(before!);
  });

  it('is asked of every flag', () => {
    expect(Object.keys(cases()).sort()).toEqual(flags.map(([flag]) => flag).sort());
    expect(flags).toHaveLength(declared.length - ELSEWHERE.length);
  });
});
