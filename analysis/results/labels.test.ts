import { describe, expect, it } from 'vitest';

import type { Claim, DrawSpec } from '../../shared/job.js';
import { resultJob, type ResultJob } from '../../test/support/result-files.js';
import { labelsOf, type NamedJob } from './labels.js';

interface Changes extends Partial<Omit<NamedJob, 'job'>> {
  readonly draw?: Partial<DrawSpec>;
  readonly claim?: Partial<Claim>;
  readonly sigma?: number;
}

function named(options: ResultJob = {}, { draw, claim, sigma = 0.5, ...names }: Changes = {}): NamedJob {
  const job = resultJob(options);
  const noise = { ...job.draw.noise, scale: sigma };
  return {
    job: { ...job, draw: { ...job.draw, noise, ...draw }, claim: { ...job.claim, ...claim } },
    name: null,
    model: 'm.onnx',
    data: 'd.npz',
    ...names,
  };
}

describe('the labels of several jobs', () => {
  it('are what differs between them', () => {
    expect(labelsOf([named({}, { sigma: 0.25 }), named({}, { sigma: 1 })])).toEqual(['σ = 0.25', 'σ = 1']);
    expect(
      labelsOf([
        named({}, { model: 'a.onnx' }),
        named({}, { model: 'b.onnx', sigma: 0.25 }),
        named({}, { model: 'b.onnx' }),
      ]),
    ).toEqual(['σ = 0.5, a.onnx', 'σ = 0.25, b.onnx', 'σ = 0.5, b.onnx']);
  });

  it.each<[string, NamedJob, readonly string[]]>([
    ['names', named({}, { name: 'mine' }), ['σ = 0.5', 'mine']],
    ['names and more', named({ alpha: 0.01 }, { name: 'mine' }), ['α = 0.001', 'mine, α = 0.01']],
    [
      'noise',
      named({ noise: 'laplace' }),
      ['σ = 0.5', `laplace noise, σ = ${(0.5 * Math.SQRT2).toPrecision(15)}`],
    ],
    ['data', named({}, { data: 'e.npz' }), ['d.npz', 'e.npz']],
    ['rules', named({ stop: { kind: 'budget', totalSamples: 5000 } }), ['gain of 0.02', 'budget of 5,000']],
    ['gains', named({ stop: { kind: 'gain', minGain: 0.1 } }), ['gain of 0.02', 'gain of 0.1']],
    ['levels', named({ alpha: 0.01 }), ['α = 0.001', 'α = 0.01']],
    ['samples', named({ maxSamples: 256 }), ['n ≤ 512', 'n ≤ 256']],
    [
      'normalisations',
      named({}, { draw: { normalisation: { inputScale: 255, mean: [1, 2], std: [3] } } }),
      ['mean 0, std 1', '× 255, mean 1, 2, std 3'],
    ],
    [
      'images',
      named({}, { claim: { images: { start: 0, stop: 10, step: 5 } } }),
      ['images 0:2', 'images 0:10:5'],
    ],
    ['seeds alone', named({}, { draw: { seed: '77' } }), ['seed 1', 'seed 77']],
    [
      'models of one name',
      named({}, { draw: { modelDigest: 'ab'.repeat(32), seed: '7' } }),
      ['model 00000000', 'model abababab'],
    ],
    [
      'data of one name',
      named({}, { draw: { dataDigest: 'cd'.repeat(32) } }),
      ['data 00000000', 'data cdcdcdcd'],
    ],
    ['nothing', named(), ['σ = 0.5 (1)', 'σ = 0.5 (2)']],
  ])('name %s that differ', (_name, other, labels) => {
    expect(labelsOf([named(), other])).toEqual(labels);
  });

  it('have no text for what is usual', () => {
    const others = [named({ runnerUp: true }), named({ simultaneous: true }), named({ bound: 'anytime' })];
    expect(labelsOf([named(), ...others]).slice(1)).toEqual([
      expect.stringMatching(/^runner-up/),
      expect.stringMatching(/^simultaneous/),
      expect.stringMatching(/^anytime/),
    ]);
  });

  it('name every rule', () => {
    const fresh = { bound: 'clopper-pearson' } as const;
    expect(
      labelsOf([
        named({ stop: { kind: 'fixed', selection: 20 }, ...fresh }),
        named({ stop: { kind: 'two-stage', minGain: 0.02 }, ...fresh }),
        named({ stop: { kind: 'target', radii: ['0.25', '0.50'] }, bound: 'anytime' }),
        named({ stop: { kind: 'predict' }, bound: 'anytime' }),
      ]),
    ).toEqual([
      'fixed, n = 512',
      'two-stage of 0.02, n ≤ 512',
      'target 0.25, 0.50, n ≤ 512',
      'predict, n ≤ 512',
    ]);
  });

  it('count the samples of a fixed number that bound the class, and name its selection where nothing else differs', () => {
    const fixed = (selection: number, maxSamples: number) =>
      named({ stop: { kind: 'fixed', selection }, bound: 'clopper-pearson', maxSamples });
    expect(labelsOf([fixed(100, 2000), fixed(100, 1000)])).toEqual(['n = 2,000', 'n = 1,000']);
    expect(labelsOf([fixed(100, 2000), fixed(50, 2000)])).toEqual(['selection of 100', 'selection of 50']);
  });

  it('are never equal, also where what differs is only in the words of others', () => {
    const labels = labelsOf([named(), named(), named({}, { name: 'a' }), named({}, { name: 'a' })]);
    expect(new Set(labels).size).toBe(4);
  });

  it('use digests where file names are not known', () => {
    const unknown = { model: null, data: null };
    const other = named(
      {},
      { ...unknown, draw: { modelDigest: 'ab'.repeat(32), dataDigest: 'cd'.repeat(32) } },
    );
    expect(labelsOf([named({}, unknown), other])).toEqual([
      'model 00000000, data 00000000',
      'model abababab, data cdcdcdcd',
    ]);
  });

  it('of one job are its name, or else its σ; no name controls a terminal', () => {
    expect(labelsOf([named({}, { name: 'ni\u001bght' })])).toEqual(['ni\\u{1b}ght']);
    expect(labelsOf([named()])).toEqual(['σ = 0.5']);
  });
});
