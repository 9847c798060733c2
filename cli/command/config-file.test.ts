import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { CERTIFY } from '../certify/certify-verb.js';
import { PREDICT } from '../certify/predict-verb.js';
import { folderOfAllTests } from '../../test/support/temporary-folder.js';
import { applyConfigFile, printConfig } from './config-file.js';
import { commandOf, type Verb } from './verb.js';

const certifyCommand = () => commandOf(CERTIFY);

const folder = folderOfAllTests();

/** The options that a command line and a file together give. */
async function optionsFrom(
  content: string,
  flags: string[] = [],
  verb: Verb = CERTIFY,
): Promise<Record<string, unknown>> {
  const file = folder.file('config.yaml');
  await writeFile(file, content);
  const command = commandOf(verb).action(() => undefined);
  await command.parseAsync(flags, { from: 'user' });
  await applyConfigFile(command, file);
  return command.opts();
}

const failing = (content: string) => optionsFrom(content).catch((error: unknown) => error);

describe('a configuration file', () => {
  it('fills in what the command line left out, YAML and JSON alike', async () => {
    const yaml = 'model: M.onnx\nsigma: 0.25\nmax-samples: 5000\nmean: [0.4, 0.5, 0.6]\nquiet: true\n';
    const json = '{"model":"M.onnx","sigma":0.25,"max-samples":5000,"mean":"0.4,0.5,0.6","quiet":true}';
    const expected = { model: 'M.onnx', sigma: '0.25', maxSamples: '5000', mean: '0.4,0.5,0.6', quiet: true };
    expect(await optionsFrom(yaml)).toMatchObject(expected);
    expect(await optionsFrom(json)).toMatchObject(expected);
  });

  it('gives way to flags, also to flags that repeat a default', async () => {
    const options = await optionsFrom('alpha: 0.01\nsigma: 1\n', ['--alpha', '0.001', '--sigma', '0.5']);
    expect(options).toMatchObject({ alpha: '0.001', sigma: '0.5' });
  });

  it.each([
    ['of brackets within each other', '['.repeat(9_000)],
    ['of lists within each other', '- '.repeat(9_000)],
    ['of keys within each other', '? '.repeat(9_000)],
    [
      'of ever deeper indentation',
      Array.from({ length: 200 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
    ],
  ])('%s is refused before a parser meets it', async (_, content) => {
    expect(await failing(content)).toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('nested too deeply') as string,
    });
  });

  it('of more than 32 KiB is refused, and one of many channels is not', async () => {
    expect(await failing(`# ${'x'.repeat(32 * 1024)}`)).toMatchObject({
      message: expect.stringContaining('more than 32768 bytes') as string,
    });
    const mean = Array.from({ length: 1_024 }, () => '0.4914');
    expect(await optionsFrom(`mean: [${mean.join(', ')}]\n`)).toMatchObject({ mean: mean.join(',') });
  });

  it('keeps every digit of a seed', async () => {
    expect(await optionsFrom('seed: 18446744073709551615')).toMatchObject({ seed: '18446744073709551615' });
  });

  it('is what printConfig prints', async () => {
    const command = certifyCommand().action(() => undefined);
    await command.parseAsync(['--sigma', '0.5', '--mean', '0.4,0.5', '--json'], { from: 'user' });
    expect(await optionsFrom(printConfig(command))).toEqual(command.opts());
  });

  it.each([
    ['sigma', 'holds no names and values'],
    ['[1, 2]', 'holds no names and values'],
    ['sigmma: 0.25', 'has an unknown key sigmma'],
    ['config: other.yaml', 'has an unknown key config'],
    ['sigma: {a: 1}', 'is not a number, a text or a list of them'],
    ['sigma: null', 'is not a number, a text or a list of them'],
    ['quiet: 3', 'is not true or false'],
    ['a: [1', 'is neither YAML nor JSON'],
  ])('is refused with a sentence: %s', async (content, words) => {
    expect(await failing(content)).toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining(words.replace('holds no', 'does not hold')) as string,
    });
  });

  it('suggests the key that was meant', async () => {
    expect(await failing('max-sample: 3')).toMatchObject({
      remedy: 'Did you mean max-samples? Keys are the names of the flags.',
    });
  });

  it('holds what is refused with a reason, and suggests none of it', async () => {
    expect(await optionsFrom('stop: gain\nrunner-up: true\n', [], PREDICT)).toMatchObject({
      stop: 'gain',
      runnerUp: true,
    });
    await expect(optionsFrom('stp: gain\n', [], PREDICT)).rejects.toMatchObject({
      remedy: 'Did you mean std? Keys are the names of the flags.',
    });
  });

  it('is refused where there is none', async () => {
    const command = certifyCommand();
    await expect(applyConfigFile(command, folder.file('absent.yaml'))).rejects.toMatchObject({
      message: `--config ${folder.file('absent.yaml')} cannot be read (ENOENT).`,
    });
  });
});
