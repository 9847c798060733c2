import { describe, expect, it } from 'vitest';

import { valuesFrom } from '../../test/support/verb-values.js';
import { studyConfig } from './study-flags.js';
import { STUDY } from './study-verb.js';

const DRAWN = ['--model', 'm.onnx', '--data', 'd.npz', '--out', 'o'];
const config = (...args: string[]) => studyConfig(valuesFrom(STUDY, args));
const refused = (message: RegExp): unknown =>
  expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(message) as unknown });

describe('the flags of study', () => {
  it('make one job of fixed with counts kept for each σ, in a folder of its own', () => {
    const { jobs, from, out } = config(
      ...DRAWN,
      '--sigma',
      '0.250,1',
      '--alpha',
      '0.01',
      '--n0',
      '50',
      '--seed',
      '7',
    );
    expect([from, out]).toEqual([null, 'o']);
    expect(jobs.map(({ sigma, out: folder }) => [sigma, folder])).toEqual([
      [0.25, 'o/sigma-0.25'],
      [1, 'o/sigma-1'],
    ]);
    for (const job of jobs) {
      expect(job).toMatchObject({
        stop: { kind: 'fixed', selection: 50, keepCounts: true },
        bound: 'clopper-pearson',
        maxSamples: 10_000,
        alpha: 0.01,
        seed: '7',
        runnerUp: false,
        simultaneous: false,
        topkRows: false,
      });
    }
  });

  it('name folders, of which nothing is drawn', () => {
    expect(config('--from', 'a', '--from', 'b', '--out', 'o', '--json')).toEqual({
      out: 'o',
      from: ['a', 'b'],
      jobs: [],
      json: true,
      quiet: false,
    });
  });

  it.each<[string[], RegExp]>([
    [['--out', 'o'], /^study needs --model, --data and --sigma, or --from\.$/],
    [[...DRAWN], /^study needs --model/],
    [
      [...DRAWN, '--sigma', '0.25', '--from', 'a'],
      /^--model has no meaning with --from: nothing is drawn\.$/,
    ],
    [['--from', 'a', '--seed', '1', '--out', 'o'], /^--seed has no meaning with --from/],
    [['--from', 'a', '--features', '--out', 'o'], /^--features has no meaning with --from/],
    [['--from', 'a', '--out', ''], /^--out is empty\.$/],
    [[...DRAWN, '--sigma', '0.25,0.250'], /^--sigma names 0\.25 twice\.$/],
    [[...DRAWN, '--sigma', '0.25,x'], /^--sigma x is not a number above 0/],
    [
      [...DRAWN, '--sigma', Array.from({ length: 17 }, (_, i) => i + 1).join(',')],
      /^--sigma names 17, and a study has at most 16 drawings\.$/,
    ],
    [
      [...Array.from({ length: 17 }, (_, i) => ['--from', `${i}`]).flat(), '--out', 'o'],
      /^--from names 17, and a study has at most 16 drawings\.$/,
    ],
  ])('are refused (%j)', (args, message) => {
    expect(() => config(...args)).toThrow(refused(message));
  });
});
