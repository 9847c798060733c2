import { describe, expect, it } from 'vitest';

import { valuesFrom } from '../../test/support/verb-values.js';
import { downloadConfig, resultsConfig } from '../results/results-flags.js';
import { RESULTS } from '../results/results-verb.js';
import { artifactsConfig } from './artifacts-flags.js';
import { ARTIFACTS } from './artifacts-verb.js';
import { isJobId } from '../../shared/job-id-pattern.js';
import { jobsConfig, oneJobConfig } from './job-view-flags.js';
import { JOBS } from './job-verbs.js';
import { submitConfig } from './submit-flags.js';
import { SUBMIT } from './submit-verb.js';

const ID = `j-${'0'.repeat(20)}`;
const SERVER = { address: '127.0.0.1:50051', tokenFile: null, tls: null, waitMs: 300_000 };
const invalid = (message: string): unknown => expect.objectContaining({ code: 'OPTION_INVALID', message });

describe('submit', () => {
  const configOf = (...args: string[]) =>
    submitConfig(valuesFrom(SUBMIT, ['--model', 'm', '--data', 'd', '--sigma', '1', ...args]));

  it('needs what a job needs, and no folder', () => {
    expect(configOf()).toMatchObject({
      model: 'm',
      data: 'd',
      sigma: 1,
      alpha: 0.001,
      bound: 'spending',
      maxSamples: 100_000,
      server: SERVER,
      out: null,
      detach: false,
      requestId: null,
      json: false,
    });
    expect(() => valuesFrom(SUBMIT, [])).toThrow(invalid('submit needs --model, --data, --sigma.'));
  });

  it('refuses what cannot be meant', () => {
    expect(() => configOf('--detach', '--out', 'o')).toThrow(/^--out has no meaning with --detach/);
    expect(() => configOf('--out', '')).toThrow(invalid('--out is empty.'));
    expect(() => configOf('--request-id', '')).toThrow(invalid('--request-id is not 1 to 128 characters.'));
    expect(configOf('--request-id', 'x'.repeat(128)).requestId).toHaveLength(128);
  });
});

describe('results', () => {
  const flagsOf = (...args: string[]) => valuesFrom(RESULTS, [ID, ...args]);

  it('are of a job if an id is given, else of a folder', () => {
    expect(isJobId(ID)).toBe(true);
    for (const other of ['out', `./${ID}`, ID.toUpperCase(), `${ID}0`]) expect(isJobId(other)).toBe(false);
    expect(downloadConfig(ID, flagsOf('--out', 'o', '--radii', '0,1'))).toEqual({
      id: ID,
      server: SERVER,
      out: 'o',
      radii: [0, 1],
      report: true,
      json: false,
    });
  });

  it('of a folder go into it or elsewhere, and of a job have no votes', () => {
    expect(resultsConfig('f', flagsOf('--out', 'o'))).toMatchObject({ folder: 'f', out: 'o' });
    expect(resultsConfig('f', flagsOf()).out).toBeNull();
    expect(() => resultsConfig('f', flagsOf('--out', ''))).toThrow(invalid('--out is empty.'));
    expect(() => downloadConfig(ID, flagsOf('--topk-rows'))).toThrow(/^--topk-rows needs the votes/);
    expect(() => downloadConfig(ID, flagsOf('--alpha', '0.1'))).toThrow(/^--alpha cannot be chosen/);
    expect(() => downloadConfig(ID, flagsOf('--out', ''))).toThrow(invalid('--out is empty.'));
  });
});

describe('jobs', () => {
  const flagsOf = (...args: string[]) => valuesFrom(JOBS, args);

  it('are listed up to a limit', () => {
    expect(jobsConfig(flagsOf())).toEqual({ server: SERVER, limit: 100, json: false });
    expect(jobsConfig(flagsOf('--limit', '3', '--json'))).toMatchObject({ limit: 3, json: true });
    expect(() => jobsConfig(flagsOf('--limit', '0'))).toThrow(/^--limit 0 is not a whole number/);
  });

  it('have ids', () => {
    expect(oneJobConfig(ID, flagsOf())).toEqual({ id: ID, server: SERVER, json: false });
    expect(() => oneJobConfig('out', flagsOf())).toThrow(invalid('out is not the id of a job.'));
  });
});

describe('artifacts', () => {
  const configOf = (action: 'list' | 'put', ...args: string[]) => {
    const file = args[0]?.startsWith('-') ? undefined : args[0];
    return artifactsConfig(action, file, valuesFrom(ARTIFACTS, [action, ...args]));
  };

  it('are listed, or a model or images are put', () => {
    expect(configOf('list')).toEqual({ action: 'list', server: SERVER, json: false });
    expect(configOf('put', 'M.ONNX')).toMatchObject({ action: 'put', file: 'M.ONNX', kind: 'file' });
    expect(configOf('put', 'd.npz', '--images', '2:', '--labels', 'l')).toMatchObject({
      kind: 'data-set',
      labels: 'l',
      images: { start: 2, stop: null, step: 1 },
    });
    expect(configOf('put', 'model', '--kind', 'file')).toMatchObject({ kind: 'file' });
  });

  it('refuse what cannot be meant', () => {
    expect(() => configOf('list', 'x')).toThrow(/^artifacts list takes no file/);
    expect(() => configOf('put')).toThrow(invalid('artifacts put needs a file.'));
    expect(() => configOf('put', 'm.onnx', '--labels', 'l')).toThrow(
      invalid('--labels has no meaning for a model.'),
    );
    expect(() => configOf('put', 'm', '--kind', 'fil')).toThrow(
      expect.objectContaining({ remedy: 'Did you mean file? Choose one of: file, data-set.' }),
    );
    expect(() => valuesFrom(ARTIFACTS, ['get'])).toThrow(/Allowed choices are list, put/);
  });
});
