import { describe, expect, it } from 'vitest';

import { valuesFrom } from '../../test/support/verb-values.js';
import { certifyConfig } from './certify-flags.js';
import { CERTIFY } from './certify-verb.js';
import { predictConfig } from './predict-flags.js';
import { PREDICT } from './predict-verb.js';

const REQUIRED = ['--model', 'm.onnx', '--data', 'd.npz', '--sigma', '0.25', '--out', 'o'];
const config = (...args: string[]) => predictConfig(valuesFrom(PREDICT, [...REQUIRED, ...args]));
const certifying = (...args: string[]) => certifyConfig(valuesFrom(CERTIFY, [...REQUIRED, ...args]));

describe('the flags of predict', () => {
  it('make the job that certify would make, but for its rule and bound', () => {
    const machine = ['--processes', '3', '--hang-seconds', '0.5', '--audit-share', '0.1', '--json'];
    const shared = [
      '--alpha',
      '0.01',
      '--max-samples',
      '5000',
      '--seed',
      '9',
      '--noise',
      'laplace',
      ...machine,
    ];
    const rule = { stop: { kind: 'predict' }, bound: 'anytime' };
    expect(config()).toEqual({ ...certifying(), ...rule });
    expect(config(...shared)).toEqual({ ...certifying(...shared), ...rule });
    expect(config('--simultaneous')).toMatchObject({ simultaneous: true, runnerUp: false });
    expect(config('--bound', 'two-sided')).toMatchObject({ bound: 'two-sided' });
  });

  const REMEDY = 'Leave it out, or use smoothcert certify.';
  const invalid = (message: string): unknown =>
    expect.objectContaining({ code: 'OPTION_INVALID', message, remedy: REMEDY });

  it.each([
    ['--radii', ['--radii', '0.25']],
    ['--radii', ['--radii', '']],
    ['--min-gain', ['--min-gain', 'quick']],
    ['--n0', ['--n0', '100']],
    ['--total-samples', ['--total-samples', '40000']],
    ['--runner-up', ['--runner-up']],
    ['--keep-counts', ['--keep-counts']],
    ['--topk-rows', ['--topk-rows']],
  ])('have no %s, as no radius is proved: %j', (flag, args) =>
    expect(() => config(...args)).toThrow(invalid(`predict proves no radius, so it has no ${flag}.`)),
  );

  it.each(['gain', 'target', 'two-stage', 'fixed', 'budget'])('have no rule %s', (rule) =>
    expect(() => config('--stop', rule)).toThrow(
      invalid(`--stop ${rule} gives certificates, and predict gives classes.`),
    ),
  );

  it('take the rule of the command, and refuse what is none', () => {
    expect(config('--stop', 'predict')).toEqual(config());
    expect(() => config('--stop', 'predct')).toThrow(
      expect.objectContaining({
        message: '--stop predct is not a choice.',
        remedy: 'Did you mean predict? Choose one of: predict.',
      }),
    );
  });

  it.each(['spending', 'clopper-pearson', 'clt'])('have no bound %s, which is one on a radius', (bound) =>
    expect(() => config('--bound', bound)).toThrow(
      expect.objectContaining({
        message: `--bound ${bound} is not a choice.`,
        remedy: 'Choose one of: anytime, two-sided.',
      }),
    ),
  );

  it('are checked as those of a job are', () => {
    const refused = (code: string, message: string): unknown => expect.objectContaining({ code, message });
    expect(() => config('--out', '')).toThrow(refused('OPTION_INVALID', '--out is empty.'));
    expect(() => config('--alpha', '0.3')).toThrow(
      expect.objectContaining({
        remedy: 'Give the probability of a wrong class that you accept per image, for example --alpha 0.001.',
      }),
    );
    expect(() => config('--max-samples', '64')).toThrow(
      refused(
        'BUDGET_TOO_SMALL',
        'With 64 samples an image, nothing is left behind the pilot of 64 samples.',
      ),
    );
    expect(() => config('--max-samples', '10', '--bound', 'two-sided')).toThrow(
      refused(
        'BUDGET_TOO_SMALL',
        'With 10 samples and α = 0.001, not even votes that all agree would decide the class of an image.',
      ),
    );
  });
});

it('certify sends whoever wants no radius to predict', () =>
  expect(() => certifying('--stop', 'predict')).toThrow(
    expect.objectContaining({
      code: 'OPTION_INVALID',
      message: '--stop predict gives classes, and certify gives certificates.',
      remedy: 'Use smoothcert predict, which takes the same flags but for those of radii.',
    }),
  ));

it('certify has no bound for the class alone', () =>
  expect(() => certifying('--bound', 'two-sided')).toThrow(
    expect.objectContaining({
      code: 'PAIR_NOT_OFFERED',
      message: '--stop gain is not offered with --bound two-sided: it decides a class and gives no radius.',
      remedy:
        'With --stop gain use --bound spending or --bound anytime; for classes without radii use smoothcert predict.',
    }),
  ));
