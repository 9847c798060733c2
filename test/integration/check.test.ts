import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { runCommand, startCommand } from '../harness/command.js';
import {
  DIGITS,
  MODELS,
  certifyArgs,
  certifyWithReport,
  jobOf,
  writeUint8Npy,
  type Flags,
} from '../harness/results.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

const folder = folderOfAllTests();
const TRAINED = 'test/fixtures/preprocessing';
const COLOUR = { data: `${TRAINED}/colour.npz`, sigma: 0.1 };
const GREY = { data: `${TRAINED}/grey.npz`, sigma: 0.1 };
const of = (model: string, data: Flags): Flags => ({ model: `${TRAINED}/${model}.onnx`, ...data });

interface Found {
  readonly given: { readonly accuracy?: number; readonly runs?: false };
  readonly tried: readonly { readonly name: string }[];
  readonly findings: readonly {
    readonly kind: string;
    readonly what: string;
    readonly remedy: string;
    readonly add: string | null;
    readonly leave_out: string | null;
  }[];
}

const checkArgs = (flags: Flags): string[] => ['check', ...certifyWithReport(flags).slice(1)];

async function check(flags: Flags): Promise<Found> {
  const { code, stdout, stderr } = await runCommand(checkArgs({ ...flags, json: true }));
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Found;
}

const IMAGENET = '--mean 0.485,0.456,0.406 --std 0.229,0.224,0.225';
const BLUE_IMAGENET = '--mean 0.406,0.456,0.485 --std 0.225,0.224,0.229 --bgr';
const CIFAR_10 = '--mean 0.4914,0.4822,0.4465 --std 0.2471,0.2435,0.2616';
const CIFAR_100 = '--mean 0.5071,0.4865,0.4409 --std 0.2673,0.2564,0.2762';
const LIKE_PHOTOGRAPHS = [IMAGENET, CIFAR_10, CIFAR_100];

/** Networks trained on prepared images (make.py), images, and the flags that may be named: of means that hardly differ any. */
const trained: [string, Flags, readonly string[]][] = [
  ['imagenet', COLOUR, [IMAGENET]],
  ['cifar10', COLOUR, LIKE_PHOTOGRAPHS],
  ['cifar100', COLOUR, LIKE_PHOTOGRAPHS],
  ['minus-one', COLOUR, ['--mean 0.5 --std 0.5']],
  ['levels', COLOUR, ['--input-scale 255']],
  ['bgr', COLOUR, ['--bgr']],
  ['bgr-caffe', COLOUR, ['--input-scale 255 --mean 103.939,116.779,123.68 --bgr']],
  ['bgr-imagenet', COLOUR, [BLUE_IMAGENET]],
  ['last-axis', COLOUR, [`${IMAGENET} --layout nhwc`]],
  ['mnist', GREY, ['--mean 0.1307 --std 0.3081']],
  ['grey-minus-one', GREY, ['--mean 0.5 --std 0.5']],
  ['grey-levels', GREY, ['--input-scale 255']],
];

describe('smoothcert check names the flags', () => {
  it.each(trained)('of the network %s', async (model, data, flags) => {
    const { findings } = await check(of(model, data));
    expect(findings[0]).toMatchObject({ kind: 'better', leave_out: '' });
    expect(flags).toContain(findings[0]!.add);
    // Followed literally, the advice leads to no other.
    const added = findings[0]!.add!.split(' ');
    const again = await runCommand([...checkArgs({ ...of(model, data), strict: true }), ...added]);
    expect(again.code, again.stdout + again.stderr).toBe(0);
    expect(again.stdout).toContain('Nothing speaks against these flags.');
  });

  it('to leave out, too', async () => {
    const flags = { ...of('plain', COLOUR), 'input-scale': 255, mean: '0.5', std: '0.5', bgr: true } as const;
    const { findings } = await check(flags);
    expect(findings[0]).toMatchObject({
      kind: 'better',
      add: '',
      leave_out: '--input-scale, --mean, --std, --bgr',
      remedy: 'Leave out --input-scale, --mean, --std, --bgr.',
    });
    expect(findings.map(({ kind }) => kind)).toContain('mean-below-scale');
  });

  it('and how to save images whose axes a flat model wants in the other order', async () => {
    const { findings } = await check(of('flat-last-axis', COLOUR));
    expect(findings[0]).toMatchObject({
      kind: 'better',
      add: '',
      remedy: 'Save the images as x.transpose(0, 2, 3, 1).',
    });
  });
});

describe('smoothcert check', () => {
  it('advises to leave the scale out where only that is wrong, and names the test', async () => {
    const { findings } = await check({ ...DIGITS, sigma: 0.25, 'input-scale': 255 });
    expect(findings[0]).toMatchObject({ kind: 'better', add: '', leave_out: '--input-scale' });
    expect(findings[0]!.what).toContain('its scores fit the labels better');
  });

  it('remarks on noise that takes most answers, without an error, in a table of 100 columns', async () => {
    const { code, stdout } = await runCommand(checkArgs({ ...DIGITS, sigma: 1, strict: true }));
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /Under this noise \d+ of \d+ noisy copies of images that are right without it get/,
    );
    const lines = stdout.slice(0, stdout.indexOf('Under this noise')).split('\n');
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
  });

  it('refuses images of a shape that the model takes in no way', async () => {
    const { code, stdout, stderr } = await runCommand(
      checkArgs({ ...of('plain', COLOUR), data: DIGITS.data }),
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Error MODEL_DATA_MISMATCH: The model takes images of shape /);
  });
});

/** Right uses: nothing may be said of them. */
const rightUses: [string, Flags][] = [
  ['digits', { ...DIGITS, sigma: 0.25 }],
  [
    'tumours',
    {
      model: 'examples/tumours/tumours.onnx',
      data: 'examples/tumours/tumours.npz',
      features: true,
      sigma: 0.5,
    },
  ],
  ['oracle', { model: 'examples/oracle/oracle.onnx', data: 'examples/oracle/oracle.npz', sigma: 0.25 }],
  [
    'four classes',
    { model: 'examples/oracle/four-classes.onnx', data: 'examples/oracle/four-classes.npz', sigma: 0.25 },
  ],
  ['a plain network', of('plain', COLOUR)],
  ['a network of the MNIST mean', { ...of('mnist', GREY), mean: '0.1307', std: '0.3081' }],
  ['an inaccurate network', { ...of('grey-levels', GREY), 'input-scale': 255 }],
  ...['0:1', '0:2', '0:3', '0:6', '0:20'].map((images): [string, Flags] => [
    `images ${images}`,
    { ...DIGITS, sigma: 0.25, images },
  ]),
  ['a wrong use on too few images', { ...of('imagenet', COLOUR), images: '0:4' }],
  ['a network without training', { model: `${MODELS}/free.onnx`, data: `${MODELS}/images.npz`, sigma: 0.25 }],
];

describe('nothing is said', () => {
  it.each(rightUses)('of %s', async (_, flags) => {
    const { code, stdout, stderr } = await runCommand(checkArgs({ ...flags, strict: true }));
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('Nothing speaks against these flags.');
  });
});

/** Labels of colour.npz, in another order. */
async function labelsThat(name: string, change: (label: number) => number): Promise<string> {
  const npz = await readFile(`${TRAINED}/labels.json`, 'utf8');
  const file = folder.file(`${name}.npy`);
  const labels = JSON.parse(npz) as number[];
  await writeUint8Npy(file, [labels.length], Uint8Array.from(labels, change));
  return file;
}

describe('labels', () => {
  it('off by one and permuted are found, right ones are not', async () => {
    const flags = of('plain', COLOUR);
    const kindsWith = async (name: string, change: (label: number) => number) => {
      const { findings } = await check({ ...flags, labels: await labelsThat(name, change) });
      return findings.map(({ kind }) => kind);
    };
    expect(await kindsWith('right', (label) => label)).toEqual([]);
    expect(await kindsWith('shifted', (label) => label + 1)).toEqual(['labels-shifted']);
    expect(await kindsWith('permuted', (label) => (3 * label + 1) % 10)).toEqual(['labels-permuted']);
  });
});

describe('certify', () => {
  const QUICK = { 'max-samples': 128, images: '0:60', seed: 1, processes: 1 };

  it('prints one note on a wrong preprocessing, keeps it, and goes on', async () => {
    const out = folder.file('noted');
    const args = certifyArgs({ ...of('bgr', COLOUR), ...QUICK, out });
    const { code, stderr } = await runCommand(args);
    expect(code, stderr).toBe(0);
    const notes = stderr.split('\n').filter((line) => line.startsWith('Note: '));
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain('Add --bgr. smoothcert check shows more.');
    const kept = JSON.parse(await readFile(`${out}/job.json`, 'utf8')) as { notes: string[] };
    expect(kept.notes).toEqual([notes[0]!.slice('Note: '.length)]);
    // A resumed job is not checked again.
    expect((await runCommand(args)).stderr).not.toContain('--bgr');
  });

  it('with --bgr has the note no more, and another data set', async () => {
    const out = folder.file('reversed');
    const { code, stderr } = await runCommand(
      certifyArgs({ ...of('bgr', COLOUR), ...QUICK, bgr: true, strict: true, out }),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [plain, reversed] = [await jobOf(folder.file('noted')), await jobOf(out)];
    expect(reversed.draw.dataDigest).not.toBe(plain.draw.dataDigest);
    expect({ ...reversed.draw, dataDigest: '' }).toEqual({ ...plain.draw, dataDigest: '' });
  });

  it('with --strict ends with exit code 2 and no folder; with --no-check says nothing', async () => {
    const strict = await runCommand(
      certifyArgs({ ...of('levels', COLOUR), ...QUICK, strict: true, out: folder.file('strict') }),
    );
    expect(strict.code).toBe(2);
    expect(strict.stderr).toMatch(
      /^Error CHECK_FAILED: .*\nAdd --input-scale 255\. If it is right as it is, leave --strict out\.\n$/,
    );
    await expect(readFile(folder.file('strict/job.json'))).rejects.toMatchObject({ code: 'ENOENT' });
    const skipped = await runCommand(
      certifyArgs({ ...of('levels', COLOUR), ...QUICK, 'no-check': true, out: folder.file('skipped') }),
    );
    expect({ code: skipped.code, stderr: skipped.stderr }).toEqual({ code: 0, stderr: '' });
    const both = await runCommand(
      certifyArgs({ ...of('levels', COLOUR), 'no-check': true, strict: true, out: folder.file('both') }),
    );
    expect(both.stderr).toContain('--strict has no meaning with --no-check.');
  });

  it('says in its summary if all is certified and almost nothing right', async () => {
    const labels = await labelsThat('all-wrong', (label) => (label + 5) % 10);
    const { stdout } = await runCommand(
      certifyArgs({ ...of('plain', COLOUR), ...QUICK, labels, 'no-check': true, out: folder.file('wrong') }),
    );
    expect(stdout).toContain('Note: nearly all images are certified and almost none as its label.');
  });

  it('remarks on a number alone as --images', async () => {
    const { stderr } = await runCommand(
      certifyArgs({ ...DIGITS, sigma: 0.25, ...QUICK, images: 5, out: folder.file('alone') }),
    );
    expect(stderr).toBe('Note: --images 5 is image 5 alone; the first 5 are --images 0:5.\n');
  });

  it.each(['SIGHUP', 'SIGTERM'] as const)(
    'writes its results when %s ends it, and SIGUSR1 opens nothing',
    async (signal) => {
      const out = folder.file(signal);
      const args = certifyArgs({
        ...DIGITS,
        sigma: 0.25,
        seed: 3,
        stop: 'fixed',
        'max-samples': 90_000,
        out,
      });
      await using command = startCommand(args);
      while (
        !(await readFile(`${out}/ledger`).then(
          (bytes) => bytes.length > 2_000,
          () => false,
        ))
      )
        await new Promise((resolve) => setTimeout(resolve, 50));
      process.kill(command.pid, 'SIGUSR1');
      process.kill(command.pid, signal);
      const { code, stderr } = await command.exited;
      expect(code).toBe(130);
      expect(stderr).not.toContain('Debugger');
      expect(await readFile(`${out}/results.tsv`, 'utf8')).toContain('idx');
    },
  );
});

describe('--clip', () => {
  it('takes pixels slightly beyond [0, 1], and says so', async () => {
    const header = Buffer.from(
      `{'descr': '<f4', 'fortran_order': False, 'shape': (40, 1, 8, 8), }`.padEnd(117) + '\n',
    );
    const values = Float32Array.from({ length: 40 * 64 }, (_, at) => (at % 256) / 255);
    values[5] = 1.0000001;
    values[70] = -0.05;
    const file = folder.file('overshot.npy');
    await writeFile(
      file,
      Buffer.concat([Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'), header, Buffer.from(values.buffer)]),
    );
    const flags = {
      model: `${MODELS}/free.onnx`,
      data: file,
      sigma: 0.25,
      'max-samples': 128,
      images: '0:3',
    };
    const refused = await runCommand(certifyArgs({ ...flags, out: folder.file('unclipped') }));
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('add --clip, which sets such pixels to 0 or 1');
    const { code, stderr } = await runCommand(
      certifyArgs({ ...flags, clip: true, seed: 1, out: folder.file('clipped') }),
    );
    expect(code, stderr).toBe(0);
    expect(stderr).toBe(
      'Note: 2 values of the data were clipped to [0, 1], by at most 0.0503; the certificates are for the clipped values.\n',
    );
  });

  it('and --bgr are refused for features and for grey images', async () => {
    const tumours = {
      model: 'examples/tumours/tumours.onnx',
      data: 'examples/tumours/tumours.npz',
      sigma: 0.5,
    };
    for (const flag of ['clip', 'bgr']) {
      const { code, stderr } = await runCommand(checkArgs({ ...tumours, features: true, [flag]: true }));
      expect(code).toBe(2);
      expect(stderr).toBe(
        `Error OPTION_INVALID: --${flag} is for pixels, and with --features the values are none.\nLeave --${flag} or --features out.\n`,
      );
    }
    const { stderr } = await runCommand(checkArgs({ ...DIGITS, sigma: 0.25, bgr: true }));
    expect(stderr).toMatch(
      /^Error OPTION_INVALID: --bgr is for images of three channels, and those of .* have shape \[1, 8, 8\]\.\n/,
    );
  });
});
