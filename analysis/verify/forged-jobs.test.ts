import { describe, expect, it } from 'vitest';
import { sure, text, whats, withLattice, with_ } from '../../test/support/forged-results.js';
import { jobJson, resultFiles, resultJob } from '../../test/support/result-files.js';
import type { Job } from '../../shared/job.js';
import { verifyFolder } from './verify-folder.js';

describe('a forged job', () => {
  const job = resultJob({});
  const files = resultFiles(job, sure);
  const claimed = (other: Partial<Job['claim']>): Job => ({ ...job, claim: { ...job.claim, ...other } });
  const drawn = (other: Partial<Job['draw']>): Job => ({ ...job, draw: { ...job.draw, ...other } });
  const jobs: Readonly<Record<string, [Job, string]>> = {
    'another α': [claimed({ alpha: 0.05 }), 'alpha is not that of the claim'],
    'a pair that no theorem covers': [
      claimed({ bound: 'clopper-pearson' }),
      'No theorem covers the rule gain with the bound clopper-pearson',
    ],
    'looks of its own': [claimed({ looks: [64, 100, 512] }), 'looks are not those of its rule'],
    'segments that are no looks': [drawn({ segments: [64, 512] }), 'segments are not its looks'],
    'a table of another gain': [claimed({ matchedGain: 0.5 }), 'not matched to its rule'],
    'a matched gain without a table': [claimed({ bound: 'anytime' }), 'not matched to its rule'],
    'no images': [claimed({ images: { start: 2, stop: 2, step: 1 } }), 'images are none'],
    'the runner-up where no theorem covers it': [
      {
        ...claimed({ runnerUp: true }),
        draw: { ...job.draw, noise: { ...job.draw.noise, kind: 'laplace' } },
      },
      'No theorem covers the runner-up',
    ],
    'more looks than spending takes': [
      claimed({ looks: Array.from({ length: 13 }, (_, i) => 64 * 2 ** i) }),
      'more looks than spending takes',
    ],
    'radii that do not ascend': [
      claimed({ stop: { kind: 'target', radii: ['0.5', '0.25'] } }),
      'radii do not ascend',
    ],
    'a lattice of another ratio': [withLattice(job, { ratio: '127' }), 'lattice is not that of its noise'],
    'a lattice whose noise goes less far': [
      withLattice(job, { largest: job.draw.noise.lattice!.largest - 1 }),
      'lattice is not that of its noise',
    ],
    'a lattice whose noise goes farther': [
      withLattice(job, { largest: job.draw.noise.lattice!.largest + 1 }),
      'lattice is not that of its noise',
    ],
  };

  it('whose noise is on a lattice must say which one', () => {
    const { lattice, ...noise } = job.draw.noise;
    expect(lattice).toBeDefined();
    const without = drawn({ noise });
    const found = (other: Job) => whats(with_(files, { jobJson: text(jobJson(other)) })).join();
    expect(found(without)).toContain('Its generator is not one that draws');
    const named = drawn({ noise: { ...job.draw.noise, generator: 'other' } });
    expect(found(named)).toContain('Its generator is not one that draws');
  });

  it('of votes that were drawn to plan with has no certificates', () => {
    expect(whats({ ...files, pilot: true })).toEqual([
      'The votes were drawn to choose a number of samples: no certificate may be made of them.',
    ]);
    expect(whats({ ...files, pilot: false })).toEqual([]);
  });

  it('may promise the same bytes as a server does, if its votes are the same everywhere', () => {
    const served = (of: Job) => jobJson(of).replace('this version', 'the version that drew it');
    expect(whats(with_(files, { jobJson: text(served(job)) }))).toEqual([]);
    const any = drawn({ numeric: 'any' });
    expect(whats(with_(resultFiles(any, sure), { jobJson: text(served(any)) }))).toEqual([
      'What it promises of repetitions does not follow from its job.',
    ]);
  });

  it('may have been asked for from Python, which has no version of Node.js', () => {
    const asked = (by: string) => jobJson(job).replace(/"node": "[^"]*"/, `"node": "${by}"`);
    for (const by of ['Python 3.11.2', 'Python 3.14.0rc2+'])
      expect(whats(with_(files, { jobJson: text(asked(by)) }))).toEqual([]);
    for (const by of ['Python', 'Ruby 3.3.0', 'Python 3.11.2; v20.1.1'])
      expect(whats(with_(files, { jobJson: text(asked(by)) })).join()).toContain('node is not such a text');
  });

  it.each(Object.entries(jobs))('with %s is found, also with its digest recomputed', (_, [other, found]) => {
    const report = whats(with_(files, { jobJson: text(jobJson(other)) }));
    expect(report.join('\n')).toContain(found);
  });

  it('of all images together must be of them', () => {
    const other = claimed({ simultaneous: true });
    expect(whats(with_(files, { jobJson: text(jobJson(other)) })).join()).toContain(
      'alpha is not that of the claim',
    );
    const clt = { ...claimed({ bound: 'clt', stop: { kind: 'fixed', selection: 20 }, simultaneous: true }) };
    expect(whats(with_(files, { jobJson: text(jobJson(clt)) })).join()).toContain(
      'claims nothing of all images together',
    );
  });

  const raw: Readonly<Record<string, [string | Uint8Array, string]>> = {
    'no JSON': ['{', 'It is no JSON'],
    'no object': ['1\n', 'It holds no job'],
    null: ['null\n', 'It holds no job'],
    'no job': ['{}\n', 'It holds no job'],
    'a job that is none': [
      jobJson(job).replace('"alpha": 0.001', '"alpha": 0'),
      'job.claim.alpha is no number',
    ],
    'another layout of its JSON': [
      JSON.stringify(JSON.parse(jobJson(job))),
      'not written as smoothcert writes it',
    ],
    'no digest': [jobJson(job).replace(/ {2}"job_digest".*\n/, ''), 'Its digest is not that of its job'],
    'another digest': [
      jobJson(job).replace(/"job_digest": "./, '"job_digest": "x'),
      'Its digest is not that of its job',
    ],
    'bytes that are no text': [
      Buffer.concat([Buffer.from(jobJson(job)), Buffer.from([0xff])]),
      'no text in UTF-8',
    ],
    'a field under another name': [jobJson(job).replace('"node"', '"mode"'), 'job.json.node is missing'],
    'a field of its own, and another digest': [
      jobJson(job).replace('"protocol": 1', '"protocol": 1,\n    "colour": 1'),
      'job.colour is no field that a job has',
    ],
    'a note of its own, and another digest': [
      jobJson(job).replace(/"job_digest": "./, '"colour": 1,\n  "job_digest": "x'),
      'job.json.colour is no field that a job has',
    ],
    'another promise': [
      jobJson(job).replace(
        /"repeating": "[^"]*"/,
        '"repeating": "Votes are recorded once and replay exactly; a second run on this device may vote otherwise in near-ties."',
      ),
      'What it promises of repetitions',
    ],
    'certificates that are said to be approximate': [
      jobJson(job).replace(
        '"notes": [],',
        '"notes": [],\n  "approximate": "The bound clt is a normal approximation: the radii of this job are approximate, and no certificates.",',
      ),
      'Whether its radii are approximate',
    ],
    'a job of nothing': [jobJson(job).replace(/"job": \{[^]*\}\n$/, '"job": null\n}\n'), 'job is no object'],
  };

  it.each(Object.entries(raw))('file with %s is found', (_, [content, found]) => {
    const jobJsonBytes = typeof content === 'string' ? text(content) : content;
    expect(whats(with_(files, { jobJson: jobJsonBytes })).join('\n')).toContain(found);
  });

  it('of a later version, whose digest is right, is not judged', () => {
    const later = { ...job, claim: { ...job.claim, colour: 1 } } as unknown as Job;
    const noted = jobJson(job).replace('"notes": []', '"colour": 1,\n  "notes": []');
    for (const [content, field] of [
      [jobJson(later), 'job.claim.colour'],
      [noted, 'job.json.colour'],
    ] as const) {
      const { unknown, job: read, findings } = verifyFolder(with_(files, { jobJson: text(content) }));
      expect([unknown, read, findings.total]).toEqual([`${field} is no field that a job has`, null, 0]);
    }
    expect(verifyFolder(files).unknown).toBeNull();
  });

  it('without a lattice, of version 0.1.0, is one all the same', () => {
    const { lattice, ...noise } = job.draw.noise;
    expect(lattice).toBeDefined();
    const old = resultFiles({ ...job, draw: { ...job.draw, noise: { ...noise, generator: 'x' } } }, sure);
    expect(whats(old)).toEqual([]);
  });

  it('with notes, or without, is one', () => {
    const noted = jobJson(job).replace('"notes": []', '"notes": [\n    "x"\n  ]');
    expect(whats(with_(files, { jobJson: text(noted) }))).toEqual([]);
    const without = jobJson(job).replace('  "notes": [],\n', '');
    expect(whats(with_(files, { jobJson: text(without) }))).toEqual([]);
  });

  it('without a matched gain, of version 0.1.0, has even shares', () => {
    const { matchedGain, ...claim } = job.claim;
    expect(matchedGain).toBe(0.02);
    expect(whats(resultFiles({ ...job, claim }, sure))).toEqual([]);
  });
});
