import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certifyConfig } from '../cli/certify/certify-flags.js';
import { CERTIFY } from '../cli/certify/certify-verb.js';
import { argumentsOf } from './arguments-of.js';
import { callWith } from './call.js';
import { TAKEN } from './taken.js';

const { signal } = new AbortController();
const NEEDED = { model: 'm.onnx', data: 'd.npz', sigma: 0.25, out: 'o' };
const configOf = async (options: object) => {
  const call = await callWith(CERTIFY, [], {
    taken: TAKEN.certify,
    options: { ...NEEDED, ...options },
    signal,
  });
  return certifyConfig(call.values());
};
const refused = (message: string, remedy: string): unknown =>
  expect.objectContaining({ code: 'OPTION_INVALID', message, remedy });

describe('the options of the library', () => {
  it('are what the flags are: numbers, lists, switches and their opposites', async () => {
    const options = {
      mean: [0.5, 0.25, 0.125],
      std: [1, 2, 3],
      radii: [0.25, 0.5],
      stop: 'target',
      alpha: 1e-5,
      check: false,
      report: true,
      bgr: true,
      clip: false,
      seed: 18_446_744_073_709_551_615n,
      labels: undefined,
    };
    expect(await configOf(options)).toMatchObject({
      normalisation: { inputScale: 1, mean: [0.5, 0.25, 0.125], std: [1, 2, 3] },
      stop: { kind: 'target', radii: ['0.25', '0.5'] },
      alpha: 1e-5,
      check: false,
      report: true,
      bgr: true,
      clip: false,
      labels: null,
      seed: '18446744073709551615',
      quiet: true,
      json: false,
    });
    expect(argumentsOf(TAKEN.plan, { from: ['a', '-b'], reach: ['0.5:0.6', '1:0.2'] })).toEqual([
      '--from=a',
      '--from=-b',
      '--reach=0.5:0.6,1:0.2',
    ]);
  });

  it('keep every number and text', () =>
    fc.assert(
      fc.asyncProperty(
        fc.double({ min: 1e-9, max: 1e6, noNaN: true }),
        fc.string({ minLength: 1 }),
        async (sigma, model) => {
          expect(await configOf({ sigma, model })).toMatchObject({ sigma, model });
        },
      ),
      { numRuns: 50 },
    ));

  it.each<[options: object, message: string, remedy: string]>([
    [{ simga: 1 }, 'certify has no option simga.', 'Did you mean sigma?'],
    [{ maxsamples: 1 }, 'certify has no option maxsamples.', 'Did you mean maxSamples?'],
    [{ bgr: 1 }, 'The option bgr of certify is not true or false.', 'Give true or false, or leave it out.'],
    [
      { mean: [] },
      'The option mean of certify is not a number, a text or a list of them.',
      'Give a number, a text or a list of them, or leave it out.',
    ],
    [
      { model: { path: 'm' } },
      'The option model of certify is not a number, a text or a list of them.',
      'Give a number, a text or a list of them, or leave it out.',
    ],
    [
      { stop: 'gian' },
      '--stop gian is not a choice.',
      'Did you mean gain? Choose one of: gain, target, two-stage, fixed, budget.',
    ],
    [{ data: undefined }, 'certify needs --data.', 'See smoothcert certify --help.'],
  ])('that are wrong are refused: %j', async (options, message, remedy) => {
    await expect(configOf(options)).rejects.toEqual(refused(message, remedy));
  });

  it.each(['json', 'quiet', 'printConfig', 'jsonLines', 'constructor', '__proto__x'])(
    'have no %s: nothing is printed',
    async (name) => {
      await expect(configOf({ [name]: true })).rejects.toMatchObject({
        code: 'OPTION_INVALID',
        message: `certify has no option ${name}.`,
      });
    },
  );
});
