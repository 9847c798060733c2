import { describe, expect, it } from 'vitest';

import { artifactsCommand, compileArtifactsConfig, type RawArtifactsOptions } from './artifacts-command.js';
import { compileJobsConfig, compileOneJob, jobsCommand, type RawJobsOptions } from './jobs-command.js';
import {
  compileDownloadConfig,
  compileResultsConfig,
  isJobId,
  resultsCommand,
  type RawResultsOptions,
} from '../results/results-command.js';
import { compileSubmitConfig, submitCommand, type RawSubmitOptions } from './submit-command.js';

const ID = `j-${'0'.repeat(20)}`;
const SERVER = { address: '127.0.0.1:50051', tokenFile: null, tls: null, waitMs: 300_000 };
const invalid = (message: string): unknown => expect.objectContaining({ code: 'OPTION_INVALID', message });

describe('submit', () => {
  const configOf = (...args: string[]) => {
    const command = submitCommand().exitOverride();
    command.parse(['--model', 'm', '--data', 'd', '--sigma', '1', ...args], { from: 'user' });
    return compileSubmitConfig(command.opts<RawSubmitOptions>());
  };

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
    const command = submitCommand().exitOverride();
    command.parse([], { from: 'user' });
    expect(() => compileSubmitConfig(command.opts<RawSubmitOptions>())).toThrow(
      invalid('submit needs --model, --data, --sigma.'),
    );
  });

  it('refuses what cannot be meant', () => {
    expect(() => configOf('--detach', '--out', 'o')).toThrow(/^--out has no meaning with --detach/);
    expect(() => configOf('--out', '')).toThrow(invalid('--out is empty.'));
    expect(() => configOf('--request-id', '')).toThrow(invalid('--request-id is not 1 to 128 characters.'));
    expect(configOf('--request-id', 'x'.repeat(128)).requestId).toHaveLength(128);
  });
});

describe('results', () => {
  const rawOf = (...args: string[]) => {
    const command = resultsCommand().exitOverride();
    command.parse([ID, ...args], { from: 'user' });
    return command.opts<RawResultsOptions>();
  };

  it('are of a job if an id is given, else of a folder', () => {
    expect(isJobId(ID)).toBe(true);
    for (const other of ['out', `./${ID}`, ID.toUpperCase(), `${ID}0`]) expect(isJobId(other)).toBe(false);
    expect(compileDownloadConfig(ID, rawOf('--out', 'o', '--radii', '0,1'))).toEqual({
      id: ID,
      server: SERVER,
      out: 'o',
      radii: [0, 1],
      json: false,
    });
  });

  it('of a folder go nowhere else, and of a job have no votes', () => {
    expect(() => compileResultsConfig('f', rawOf('--out', 'o'))).toThrow(
      /^--out has no meaning for the folder f/,
    );
    expect(() => compileDownloadConfig(ID, rawOf('--topk-rows'))).toThrow(/^--topk-rows needs the votes/);
    expect(() => compileDownloadConfig(ID, rawOf('--alpha', '0.1'))).toThrow(/^--alpha cannot be chosen/);
    expect(() => compileDownloadConfig(ID, rawOf('--out', ''))).toThrow(invalid('--out is empty.'));
  });
});

describe('jobs', () => {
  const rawOf = (...args: string[]) => {
    const command = jobsCommand().exitOverride();
    command.parse(args, { from: 'user' });
    return command.opts<RawJobsOptions>();
  };

  it('are listed up to a limit', () => {
    expect(compileJobsConfig(rawOf())).toEqual({ server: SERVER, limit: 100, json: false });
    expect(compileJobsConfig(rawOf('--limit', '3', '--json'))).toMatchObject({ limit: 3, json: true });
    expect(() => compileJobsConfig(rawOf('--limit', '0'))).toThrow(/^--limit 0 is not a whole number/);
  });

  it('have ids', () => {
    expect(compileOneJob('job', ID, rawOf())).toEqual({ id: ID, server: SERVER, json: false });
    expect(() => compileOneJob('job', 'out', rawOf())).toThrow(invalid('out is not the id of a job.'));
  });
});

describe('artifacts', () => {
  const configOf = (...args: string[]) => {
    const command = artifactsCommand().exitOverride();
    command.configureOutput({ writeErr: () => undefined }).parse(args, { from: 'user' });
    const [action, file] = command.args;
    return compileArtifactsConfig(action!, file, command.opts<RawArtifactsOptions>());
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
    expect(() => configOf('get')).toThrow(/Allowed choices are list, put/);
  });
});
