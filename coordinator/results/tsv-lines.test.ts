import { describe, expect, it } from 'vitest';

import type { Job } from '../../shared/job.js';
import {
  FIXED,
  TARGET,
  allShards,
  certificate,
  counted,
  makeJob,
  makeRecord,
  type Voter,
} from '../../test/support/jobs.js';
import { JobFold } from '../core/job-fold.js';
import { TSV_HEADER, tsvHeader, tsvLine } from './tsv-lines.js';

const GAIN = makeJob({ images: 2, looks: [64, 96, 144], stop: { kind: 'gain', minGain: 0 } });
const unanimous: Voter = () => 4;
const halves: Voter = (_, sample) => sample % 2;

function lineOf(job: Job, voter: Voter, image: number, label: number | null = null, micros = 0): string {
  const fold = new JobFold(job);
  fold.apply(makeRecord(job, { counted: allShards(fold).map((shard) => counted(voter, shard)) }));
  return tsvLine(certificate(fold, image, label), micros);
}

describe('a line of results.tsv', () => {
  it('has the columns of the header, and the radius rounded down', () => {
    const fold = new JobFold(GAIN);
    fold.apply(makeRecord(GAIN, { counted: allShards(fold).map((shard) => counted(unanimous, shard)) }));
    const line = tsvLine(certificate(fold, 1, 4), 2_500_000).split('\t');
    expect(tsvHeader(GAIN.claim)).toBe(TSV_HEADER);
    expect(line).toHaveLength(TSV_HEADER.split('\t').length);
    expect([line[0], line[1], line[2], line[4], line[5]]).toEqual(['1', '4', '4', '1', '2.500000']);
    const { radius } = certificate(fold, 1);
    expect(Number(line[3])).toBeLessThanOrEqual(radius);
    expect(radius - Number(line[3])).toBeLessThan(1e-6);
  });

  it('abstains with predict −1 and radius 0, and has label −1 without labels', () => {
    expect(lineOf(makeJob({ images: 1 }), halves, 0, 7)).toBe('0\t7\t-1\t0.000000\t0\t0.000000');
    expect(lineOf(GAIN, unanimous, 0)).toMatch(/^0\t-1\t4\t[.0-9]+\tunknown\t0\.000000$/);
  });

  it('has a radius that was asked for as it was written, whatever floor(0.29 · 10^6) is', () => {
    const stop = { kind: 'target', radii: ['0.29'] } as const;
    const job = makeJob({ ...TARGET, stop, images: 1 });
    expect(lineOf(job, unanimous, 0, 4)).toBe('0\t4\t4\t0.29\t1\t0.000000');
    expect(lineOf(makeJob({ ...TARGET, images: 1 }), unanimous, 0)).toContain('\t1.0\t');
    expect(lineOf(job, halves, 0)).toBe('0\t-1\t-1\t0.000000\tunknown\t0.000000');
  });
});

describe('a line of approximate results', () => {
  const job = makeJob({ ...FIXED, bound: 'clt', images: 1 });

  it('cannot be read as a certificate: there is no column radius, and every row says so', () => {
    const header = tsvHeader(job.claim).split('\t');
    expect(header).toEqual(['idx', 'label', 'predict', 'approximate_radius', 'correct', 'time', 'note']);
    const line = lineOf(job, (_, sample) => (sample < 20 || sample % 25 ? 4 : 5), 0, 4).split('\t');
    expect(line).toHaveLength(header.length);
    expect(line).toEqual([
      '0',
      '4',
      '4',
      expect.stringMatching(/^0\.[0-9]{6}$/),
      '1',
      '0.000000',
      'approximate',
    ]);
    expect(Number(line[3])).toBeGreaterThan(0.5);
  });

  it('has no number where the votes are unanimous, and 0 for an abstention', () => {
    expect(lineOf(job, unanimous, 0)).toBe('0\t-1\t4\tnan\tunknown\t0.000000\tapproximate');
    expect(lineOf(job, halves, 0)).toBe('0\t-1\t-1\t0.000000\tunknown\t0.000000\tapproximate');
  });
});
