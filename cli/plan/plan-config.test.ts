import { describe, expect, it } from 'vitest';
import { valuesFrom } from '../../test/support/verb-values.js';
import { planConfig } from './plan-config.js';
import { PLAN } from './plan-verb.js';

const configOf = (...args: string[]) => planConfig(valuesFrom(PLAN, args));
const PRIOR = ['--prior', 'uniform'];

describe('the flags of plan', () => {
  it('ask for a loss of 5 % where nothing else is asked', () => {
    expect(configOf(...PRIOR)).toMatchObject({ loss: 0.05, reach: [], hours: null, out: null, alphas: null });
    expect(configOf(...PRIOR, '--loss', '20')).toMatchObject({ loss: 0.2 });
    const reach = configOf(...PRIOR, '--reach', '.5:0.6, 1.0:0.25');
    expect(reach).toMatchObject({
      loss: null,
      reach: [
        { radius: '0.5', share: 0.6 },
        { radius: '1', share: 0.25 },
      ],
    });
    expect(configOf(...PRIOR, '--hours', '2', '--rate', '100')).toMatchObject({
      loss: null,
      hours: 2,
      rate: 100,
    });
  });

  it('are lists, sorted and without repetitions', () => {
    const config = configOf(
      ...PRIOR,
      '--samples',
      '1000,10,1000',
      '--alpha',
      '.01,.001',
      '--n0',
      '50',
      '--min-gain',
      'quick,0.3',
    );
    expect(config).toMatchObject({
      samples: [10, 1000],
      alphas: [0.001, 0.01],
      selections: [50],
      prices: [0.1, 0.3],
    });
  });

  it('name images: files, a prior with parameters, or a pilot', () => {
    expect(configOf('--from', 'a', '--from', 'b').source).toEqual({ kind: 'files', paths: ['a', 'b'] });
    expect(configOf('--prior', 'bimodal:share=0.5,beta=0.25').source).toEqual({
      kind: 'prior',
      prior: { name: 'bimodal', parameters: { share: 0.5, beta: 0.25 } },
    });
    const pilot = configOf('--pilot', '--model', 'm', '--data', 'd', '--sigma', '1', '--hours', '1');
    expect(pilot).toMatchObject({ source: { kind: 'pilot' }, out: 'plan' });
  });

  it.each([
    [[], /does not know the images.*--from/s],
    [['--from', 'x', ...PRIOR], /one of --from, --prior and --pilot/],
    [['--pilot', '--model', 'm'], /--pilot needs --data, --sigma/],
    [['--pilot', '--data', 'd', '--sigma', '1'], /--pilot needs --model.\nAdd --model, with the value that/],
    [['--prior', 'unifrom'], /Did you mean uniform/],
    [['--prior', 'uniform:beta'], /--prior uniform:beta=0.5/],
    [['--prior', 'uniform:beta=2'], /beta is a number from 0/],
    [['--prior', 'uniform:share=0.5'], /has no parameter "share"/],
    [[...PRIOR, '--reach', '0.5'], /is not radius:share/],
    [[...PRIOR, '--reach', '0.5:2'], /is not radius:share/],
    [[...PRIOR, '--reach', 'x:0.5'], /is not radius:share/],
    [[...PRIOR, '--reach', '-1:0.5'], /is not radius:share/],
    [[...PRIOR, '--radii', '2,1'], /ascend/],
    [[...PRIOR, '--hours', '2'], /--hours needs --rate.*the line "time"/s],
    [[...PRIOR, '--samples', '1.5'], /--samples 1.5 is not a whole number/],
    [[...PRIOR, '--alpha', '0.3'], /--alpha 0.3 is not a number/],
    [[...PRIOR, '--min-gain', '0'], /--min-gain 0 is not a number above 0/],
    [[...PRIOR, '--min-gain', 'slow'], /Choose one of: quick, default, thorough/],
    [[...PRIOR, '--loss', '0'], /--loss 0 is not/],
    [[...PRIOR, '--out', ''], /--out is empty/],
    [[...PRIOR, '--samples', Array.from({ length: 65 }, (_, i) => i + 1).join(',')], /more than 64 values/],
  ])('%j are refused with the reason', (args, message) => {
    const refused = () => {
      try {
        configOf(...args);
      } catch (error) {
        const {
          code,
          message: sentence,
          remedy,
        } = error as { code: string; message: string; remedy: string };
        return `${code} ${sentence}\n${remedy}`;
      }
      return 'nothing';
    };
    expect(refused()).toMatch(/^OPTION_INVALID/);
    expect(refused()).toMatch(message);
  });
});
