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

  it.each(['--stop', '--radii', '--min-gain', '--n0', '--total-samples', '--runner-up', '--topk-rows'])(
    'have no %s, which says something of radii',
    (flag) => expect(() => config(flag, '1')).toThrow(/unknown option/),
  );

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
    }),
  ));
