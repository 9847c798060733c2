import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, runCommand } from '../harness/command.js';
import { MODELS, certifyArgs, rowsOf } from '../harness/results.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

const help = async (...args: string[]) => {
  const { code, stdout, stderr } = await runCommand(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
};

const VERBS = new Set(['certify', 'predict']);

/** The commands that a help text shows, as lists of words. */
const commandsIn = (text: string) =>
  text
    .replaceAll(/ \\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim().split(' '))
    .filter((words) => words[0] === 'smoothcert' && VERBS.has(words[1] ?? '') && words.includes('--out'));

describe('smoothcert', () => {
  it('without arguments says what it is and how to begin', async () => {
    const text = await help();
    expect(text).toContain('Certified robustness by randomized smoothing, for any ONNX classifier.\n');
    expect(text).toContain(
      '  smoothcert certify --model M.onnx --data D.npz --sigma 0.25 --out certificates\n',
    );
    expect(text).toContain('smoothcert certify --help lists every flag.\n');
    expect(await help('--help')).toBe(text);
    expect(await help('help')).toBe(text);
  });

  it('--version prints the version of package.json and nothing else', async () => {
    const { version } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(await help('--version')).toBe(`${version}\n`);
  });

  it('certify --help groups the flags, gives units and defaults', async () => {
    const text = await help('certify', '--help');
    expect(text.split('\n').filter((line) => /^\S.*:$/.test(line) || line.startsWith('What '))).toEqual([
      'Configuration:',
      'Input:',
      'Claim:',
      'What the model wants, given pixels p in [0, 1]: (p · scale − mean) / std',
      'Check:',
      'Machine:',
      'Output:',
      'Options:',
      'Examples:',
    ]);
    expect(text).toContain(
      "\nUnits: σ and every radius are in pixels scaled to [0, 1], before the model's own normalisation.\n",
    );
    const flags = [...text.matchAll(/^ {2}(?:-\w, )?--([a-z0-9-]+)/gm)].map(([, flag]) => flag);
    expect(flags).toEqual([
      'config',
      'print-config',
      'model',
      'data',
      'labels',
      'images',
      'features',
      'clip',
      'bgr',
      'class-names',
      'out',
      'sigma',
      'noise',
      'alpha',
      'stop',
      'bound',
      'radii',
      'min-gain',
      'max-samples',
      'total-samples',
      'runner-up',
      'simultaneous',
      'n0',
      'keep-counts',
      'seed',
      'input-scale',
      'mean',
      'std',
      'layout',
      'output',
      'batch',
      'no-check',
      'strict',
      'device',
      'processes',
      'hang-seconds',
      'audit-share',
      'name',
      'topk-rows',
      'no-report',
      'json',
      'json-lines',
      'quiet',
      'verbose',
      'help',
    ]);
    expect(text).not.toMatch(/predict|two-sided/);
    const lines = text.split('\n');
    const prose = lines.filter((line) => line.startsWith('  -') || line.startsWith('    '));
    expect(prose.every((line) => line.length <= 100)).toBe(true);
    expect(await help('help', 'certify')).toBe(text);
  });

  it('predict --help has no flag that says something of radii', async () => {
    const text = await help('predict', '--help');
    expect(text).toContain(
      'It is not claimed that the class is the label, and no radius is proved around the\nimage;',
    );
    const flags = [...text.matchAll(/^ {2}(?:-\w, )?--([a-z0-9-]+)/gm)].map(([, flag]) => flag);
    expect(text).not.toContain('<value>');
    const claim = flags.slice(flags.indexOf('sigma'), flags.indexOf('seed') + 1);
    expect(claim).toEqual(['sigma', 'noise', 'alpha', 'bound', 'max-samples', 'simultaneous', 'seed']);
    expect(flags).not.toEqual(expect.arrayContaining(['topk-rows']));
    expect(flags).toEqual(
      expect.arrayContaining(['model', 'data', 'features', 'out', 'batch', 'processes', 'json']),
    );
  });

  it('shows commands that run as they are printed', async () => {
    const texts = [await help(), await help('certify', '--help'), await help('predict', '--help')];
    const shown = texts.flatMap(commandsIn);
    expect(shown).toHaveLength(8);
    for (const [, ...args] of shown) {
      using folder = new TemporaryFolder();
      await copyFile(path.join(ROOT, MODELS, 'colour-nchw.onnx'), folder.file('M.onnx'));
      await copyFile(path.join(ROOT, MODELS, 'images-colour-nchw.npz'), folder.file('D.npz'));
      // One image is enough to see that the flags are understood.
      const { code, stderr } = await runCommand([...args, '--images', '0', '--seed', '1'], {
        cwd: folder.path,
      });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(await rowsOf(folder.file(args[args.indexOf('--out') + 1]!))).toHaveLength(1);
    }
  });
});

/** The choices of certify. */
const RULES = 'gain, target, two-stage, fixed, budget';
const BOUNDS = 'spending, anytime, clopper-pearson, clt';

const COMPLETE = { model: 'M.onnx', data: 'D.npz', sigma: 0.25, out: 'certificates' };

describe('a command line that is wrong ends with exit code 2 and one sentence', () => {
  const misspelt = (flag: string, value: string, meant: string, choices: string): [string[], string] => [
    certifyArgs({ ...COMPLETE, [flag]: value }),
    `Error OPTION_INVALID: --${flag} ${value} is not a choice.\nDid you mean ${meant}? Choose one of: ${choices}.\n`,
  ];
  const cases: [string[], string][] = [
    [['cretify'], "error: unknown command 'cretify'\n(Did you mean certify?)\n"],
    [['--verison'], "error: unknown option '--verison'\n(Did you mean --version?)\n"],
    [certifyArgs({ ...COMPLETE, alhpa: 0.01 }), "error: unknown option '--alhpa'\n(Did you mean --alpha?)\n"],
    [
      certifyArgs({ ...COMPLETE, sigma: undefined, simga: 0.25 }),
      "error: unknown option '--simga'\n(Did you mean --sigma?)\n",
    ],
    [['certify', '--model'], "error: option '--model <file>' argument missing\n"],
    [
      [...certifyArgs(COMPLETE), 'extra'],
      "error: too many arguments for 'certify'. Expected 0 arguments but got 1.\n",
    ],
    [
      ['certify'],
      'Error OPTION_INVALID: certify needs --model, --data, --sigma, --out.\nSee smoothcert certify --help.\n',
    ],
    [
      certifyArgs({ model: 'M.onnx', data: 'D.npz', out: 'certificates' }),
      'Error OPTION_INVALID: certify needs --sigma.\nSee smoothcert certify --help.\n',
    ],
    misspelt('stop', 'gian', 'gain', RULES),
    misspelt('bound', 'spendng', 'spending', BOUNDS),
    misspelt('bound', 'cloper-pearson', 'clopper-pearson', BOUNDS),
    misspelt('device', 'cud', 'cuda', 'cpu, webgpu, cuda, tensorrt, dml, coreml'),
    misspelt('layout', 'nchv', 'nchw', 'nchw, nhwc, flat, auto'),
    misspelt('min-gain', 'quik', 'quick', 'quick, default, thorough'),
    [
      certifyArgs({ ...COMPLETE, stop: 'whenever' }),
      `Error OPTION_INVALID: --stop whenever is not a choice.\nChoose one of: ${RULES}.\n`,
    ],
    [
      ['predict', ...certifyArgs({ ...COMPLETE, radii: 0.25 }).slice(1)],
      'Error OPTION_INVALID: predict proves no radius, so it has no --radii.\nLeave it out, or use smoothcert certify.\n',
    ],
    [
      certifyArgs({ ...COMPLETE, bound: 'two-sided' }),
      'Error PAIR_NOT_OFFERED: --stop gain is not offered with --bound two-sided: it decides a class and gives no radius.\nWith --stop gain use --bound spending or --bound anytime; for classes without radii use smoothcert predict.\n',
    ],
  ];

  it.each(cases)('%j', async (args, expected) => {
    using folder = new TemporaryFolder();
    const { code, stdout, stderr } = await runCommand(args, { cwd: folder.path });
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expected });
  });
});
