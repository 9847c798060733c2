import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openHtml } from '../../test/support/html-document.js';
import type { Figure } from '../figures/figure.js';
import {
  SHEETS,
  galleryImages,
  reportOf,
  reportedJob,
  resultOf,
  resultsOf,
} from '../../test/support/reports.js';
import { reportHtml } from './report-html.js';

const read = (html: string) => openHtml(html).document;
const RESULTS = resultsOf(40);
const MARKUP = `</script></style><img src=x onerror="alert('1')"><!--`;
const HOSTILE = `${MARKUP}\u001b[2J`;

/** Texts of figures have no control characters: labels are single lines. */
const FIGURE: Figure = {
  name: 'certified-accuracy',
  title: `Accuracy ${MARKUP}`,
  caption: `Caption ${MARKUP}`,
  x: { label: 'radius', scale: 'linear' },
  y: { label: 'share', scale: 'linear' },
  curves: [
    {
      label: MARKUP,
      kind: 'predicted',
      points: [
        { x: 0, y: 1 },
        { x: 1, y: 0 },
      ],
    },
  ],
};

describe('report.html', () => {
  it('begins with what was asked and the answer in numbers', () => {
    const document = read(reportHtml(reportOf(RESULTS)));
    expect(document.querySelector('h1')!.textContent).toBe('Certified robustness: m.onnx on d.npz');
    const [asked, answer] = [...document.querySelectorAll('header > p')].map((one) => one.textContent);
    expect(asked).toBe(
      'Asked: how far 40 images of d.npz can be changed before m.onnx, smoothed with Gaussian noise of σ = 0.5, may answer otherwise. Radii are L2 distances in pixels scaled to [0, 1].',
    );
    // Images 0, 4, 8 … are right, 1, 5, 9 … wrong; 0.37 · image mod 1.01 are their radii.
    const right = RESULTS.filter(({ image }) => image % 4 === 0);
    const share = (radius: number) =>
      Math.floor((1000 * right.filter((one) => one.radius >= radius).length) / 40) / 10;
    expect(answer).toContain(
      '20 (50.0 %) of 40 images got a certificate, 10 (25.0 %) with the class of its label.',
    );
    expect(answer).toContain(`Certified accuracy is ${share(0.5).toFixed(1)} % at radius 0.5`);
    expect(document.querySelector('.notice')!.textContent).toMatch(
      /^10 images failed and count as not certified/,
    );
  });

  it('tells several jobs at the same radii, and their numbers in a table', () => {
    const job = reportedJob(RESULTS);
    const large = RESULTS.map((one) => ({ ...one, radius: 3 * one.radius }));
    const jobs = [job, reportedJob(large)].map((one, at) => ({
      ...one,
      set: { ...one.set, label: ['small', 'large'][at]! },
    }));
    const header = read(reportHtml(reportOf(RESULTS, { jobs }))).querySelector('header')!;
    const answers = [...header.querySelectorAll('.answer')].map((one) => one.textContent);
    const radii = answers.map((text) => text.match(/(?<=% at radius )[\d.]+\d/g));
    expect(radii[0]).toHaveLength(2);
    expect(radii[1]).toEqual(radii[0]);
    expect(answers[0]).toContain('0.0 % at radius');
    const rows = [...header.querySelectorAll('table tr')].map((row) =>
      [...row.querySelectorAll('th, td')].map((cell) => cell.textContent),
    );
    expect(rows.map(([label]) => label)).toEqual(['job', 'small', 'large']);
    expect(rows[0]!.slice(1, 4)).toEqual(['average certified radius', 'mean radius', 'samples']);
    const mean = RESULTS.reduce((sum, { radius }) => sum + radius, 0) / 40;
    expect(Math.abs(Number(rows[1]![2]) - mean)).toBeLessThan(1e-4);
    expect(rows[1]!.at(-1)).toMatch(/^at most 1 of 40 \(99\.\d % sure\)$/);
  });

  it('keeps classes and certificates that may be wrong in columns of their own', () => {
    const predicted = RESULTS.map((one) => ({
      ...one,
      outcome: 'predicted' as const,
      radius: 0,
      pLower: null,
    }));
    const prediction = reportedJob(
      predicted,
      {},
      { images: 40, stop: { kind: 'predict' }, bound: 'anytime' },
    );
    const jobs = [reportedJob(RESULTS), { ...prediction, set: { ...prediction.set, label: 'classes' } }];
    const table = read(reportHtml(reportOf(RESULTS, { jobs }))).querySelector('header table')!;
    const rows = [...table.querySelectorAll('tr')].map((row) =>
      [...row.querySelectorAll('th, td')].map((cell) => cell.textContent),
    );
    const [certificates, classes] = ['certificates', 'classes'].map((what) =>
      rows[0]!.indexOf(`${what} that may be wrong`),
    );
    const isTold = (job: number) =>
      [certificates!, classes!].map((at) => rows[job]![at]!.startsWith('at most'));
    expect(isTold(1)).toEqual([true, false]);
    expect(isTold(2)).toEqual([false, true]);
  });

  it('says which samples prove a certificate, where later ones do not', () => {
    const votesOf = (change: Parameters<typeof resultOf>[1], job: Parameters<typeof reportedJob>[2]) => {
      const results = [resultOf(0, change)];
      const jobs = [reportedJob(results, {}, job)];
      const gallery = { images: galleryImages(results), pictures: [null], remarks: [] };
      const data = read(reportHtml(reportOf(results, { jobs, gallery }))).querySelector('#gallery-data')!;
      return (JSON.parse(data.textContent) as { rows: (string | number)[][] }).rows[0]![7];
    };
    const counts = { classes: [0], votes: [8192], invalid: 0 };
    expect(votesOf({ samples: 16_384, counts }, { images: 1 })).toBe(
      '8,192 of 8,192; proved by the first 8,192 samples',
    );
    expect(votesOf({ samples: 8192, counts }, { images: 1 })).toBe('8,192 of 8,192');
    const fixed = { images: 1, stop: { kind: 'fixed', selection: 100 }, bound: 'clopper-pearson' } as const;
    expect(votesOf({ samples: 8292, counts }, fixed)).toBe(
      '8,192 of 8,192, behind the 100 that chose the class',
    );
  });

  it('has every figure for a wide window and for a phone, and says in print that images are missing', () => {
    const html = reportHtml(reportOf(RESULTS, { figures: [FIGURE] }));
    const widths = [...html.matchAll(/<div class="(wide|narrow)"><svg [^>]*viewBox="0 0 (\d+) /g)];
    expect(widths.map(([, name, width]) => [name, width])).toEqual([
      ['wide', '600'],
      ['narrow', '320'],
    ]);
    expect(html).not.toContain('This print has');
    const many = resultsOf(60);
    expect(reportHtml(reportOf(many))).toContain('The file itself has 60.');
  });

  it('lets nothing in that would fetch, or run but its own script', () => {
    const html = reportHtml(reportOf(RESULTS));
    const document = read(html);
    const policy = document
      .querySelector('meta[http-equiv="Content-Security-Policy"]')!
      .getAttribute('content')!;
    const scripts = [...document.querySelectorAll('script')].filter(
      (one) => one.getAttribute('type') === null,
    );
    expect(scripts).toHaveLength(1);
    const digest = createHash('sha256').update(scripts[0]!.textContent).digest('base64');
    expect(policy).toContain("default-src 'none'; img-src data:;");
    expect(policy).toContain(`script-src 'sha256-${digest}'`);
    expect(html.match(/\b(?:src|href|action)="(?!#|data:)[^"]*"/g)).toBeNull();
    expect(html).not.toMatch(/\son[a-z]+="/);
  });

  it('escapes every text that comes from outside', () => {
    const job = reportedJob(RESULTS, {
      names: { job: HOSTILE, model: HOSTILE, data: HOSTILE },
      notes: [HOSTILE],
      command: HOSTILE,
      smoothcert: HOSTILE,
    });
    const { draw } = job.set.job;
    const hostileJob = {
      ...job.set.job,
      draw: { ...draw, output: HOSTILE, numericClass: HOSTILE, seed: HOSTILE },
    };
    const jobs = [job, job].map((one) => ({ ...one, set: { ...one.set, label: HOSTILE, job: hostileJob } }));
    const images = galleryImages([resultOf(3, { stop: HOSTILE, detail: HOSTILE })], {
      file: HOSTILE,
      label: HOSTILE,
      class: HOSTILE,
    });
    const gallery = { images, pictures: [null, SHEETS], remarks: [HOSTILE] };
    const html = reportHtml(reportOf(RESULTS, { jobs, figures: [FIGURE], gallery }));
    const document = read(html);
    expect([...document.querySelectorAll('img')]).toHaveLength(0);
    expect([...document.querySelectorAll('style')]).toHaveLength(1);
    expect([...document.querySelectorAll('script')]).toHaveLength(3);
    expect(html).not.toContain('\u001b');
    expect(html).not.toContain('<img');
    expect(document.querySelector('h1')!.textContent).toContain('onerror');
  });

  it('has landmarks, and headings that go down by one', () => {
    const job = reportedJob(RESULTS);
    const jobs = [job, { ...job, set: { ...job.set, label: 'other' } }];
    const document = read(reportHtml(reportOf(RESULTS, { jobs, figures: [FIGURE] })));
    expect(
      ['header', 'nav', 'main', 'footer'].map((name) => [...document.querySelectorAll(name)].length),
    ).toEqual([1, 1, 1, 1]);
    const levels = [...document.querySelectorAll('h1, h2, h3')].map((one) => Number(one.tagName[1]));
    expect(levels[0]).toBe(1);
    expect(levels.every((level, at) => at === 0 || level <= levels[at - 1]! + 1)).toBe(true);
    for (const link of document.querySelectorAll('nav a'))
      expect(document.querySelector(link.getAttribute('href')!)).not.toBeNull();
  });

  it('says how many certificates may be wrong where it tells the certified accuracy', () => {
    const results = RESULTS.map((one) =>
      one.outcome === 'failed' ? resultOf(one.image - 3, { image: one.image }) : one,
    );
    const answerOf = (job: object) => {
      const jobs = [reportedJob(results, {}, { images: 40, ...job })];
      return read(reportHtml(reportOf(results, { jobs }))).querySelector('.answer')!.textContent;
    };
    expect(answerOf({})).toMatch(
      /for so many of all images it is certified that the smoothed classifier keeps the right class under every smaller change\. With probability at least 99\.8 % at most 1 of the certificates is wrong\.$/,
    );
    expect(answerOf({ alpha: 0.1 })).toMatch(/at most 10 of the certificates are wrong\.$/);
    expect(answerOf({ simultaneous: true })).toMatch(
      /With probability at least 99\.9 % none of the certificates is wrong\.$/,
    );
  });

  it('speaks of wrong classes where there are no certificates', () => {
    const results = RESULTS.map((one) =>
      one.class === null ? one : { ...one, outcome: 'predicted' as const },
    );
    const jobs = [reportedJob(results, {}, { images: 40, stop: { kind: 'predict' }, bound: 'anytime' })];
    const text = read(reportHtml(reportOf(results, { jobs }))).querySelector('.numbers')!.textContent;
    expect(text).toContain('classes that may be wrongat most 1 of 40 (99.8 % sure)');
    expect(text).not.toContain('certificate');
  });

  it('counts no samples as saved of a job with images that were not drawn, failed or have not ended', () => {
    const savedOf = (results: typeof RESULTS, images = results.length) => {
      const jobs = [reportedJob(results, {}, { images })];
      return /fewer than 100,000 an image([\d.]+) ×/.exec(
        read(reportHtml(reportOf(results, { jobs }))).querySelector('.numbers')!.textContent,
      )?.[1];
    };
    const drawn = RESULTS.filter(({ outcome }) => outcome !== 'failed');
    const samples = drawn.reduce((sum, one) => sum + one.samples, 0);
    expect(savedOf(drawn)).toBe((Math.floor((1e6 * drawn.length) / samples) / 10).toFixed(1));
    expect(savedOf(RESULTS)).toBeUndefined();
    expect(savedOf(drawn, 90)).toBeUndefined();
    expect(savedOf([...drawn.slice(1), { ...drawn[0]!, samples: 0 }])).toBeUndefined();
  });

  it('says of audits, checks and votes no more than is known', () => {
    const auditsOf = (change: Parameters<typeof reportedJob>[1]) =>
      read(reportHtml(reportOf(RESULTS, { jobs: [reportedJob(RESULTS, change)] }))).querySelector('#audits')!
        .textContent;
    expect(auditsOf({})).toContain('with 0 none is. Which share it was is not kept with the job.');
    expect(auditsOf({})).toContain('Whether they were checked is not kept with the job');
    expect(auditsOf({ notes: ['It is slow.'] })).toContain('Whether all of it was checked is not kept');
    expect(auditsOf({})).toContain('were made from the votes in the ledger of the job');
    expect(auditsOf({ fromVotes: false })).toContain('could not be compared with votes');
  });

  it('says where the command may lack files and flags', () => {
    const repeatOf = (commandIsWhole: boolean) =>
      read(reportHtml(reportOf(RESULTS, { jobs: [reportedJob(RESULTS, { commandIsWhole })] }))).querySelector(
        '#repeat',
      )!.textContent;
    expect(repeatOf(true)).not.toContain('does not say where');
    expect(repeatOf(false)).toContain('put the files with the digests below in their places');
  });

  it('says of an unfinished job that it is none, and estimates nothing', () => {
    const jobs = [reportedJob(RESULTS, {}, { images: 90 })];
    const text = read(reportHtml(reportOf(RESULTS, { jobs }))).querySelector('header')!.textContent;
    expect(text).toContain('Not finished: 40 of 90 images have ended.');
    expect(text).not.toContain('Certified accuracy');
    expect(text).not.toContain('average certified radius');
  });

  it('claims no certificate where nothing is proved', () => {
    const results = RESULTS.map((one) =>
      resultOf(one.image, { outcome: 'approximate', class: null, correct: null, radius: 0 }),
    );
    const job = { images: 40, stop: { kind: 'fixed', selection: 100 }, bound: 'clt' } as const;
    const text = read(reportHtml(reportOf(results, { jobs: [reportedJob(results, {}, job)] }))).body
      .textContent;
    expect(text).toContain(
      '40 (100.0 %) of 40 images got an approximate radius. The normal approximation proves nothing',
    );
    expect(text).not.toContain('A certificate (class, radius) says');
  });

  it('words the claims of rules, bounds and noises', () => {
    const claimOf = (job: Parameters<typeof reportedJob>[2]) =>
      read(
        reportHtml(reportOf(RESULTS, { jobs: [reportedJob(RESULTS, {}, { images: 40, ...job })] })),
      ).querySelector('#claim')!.textContent;
    expect(claimOf({})).toContain('An image gets a wrong certificate with probability at most 0.001.');
    expect(claimOf({ simultaneous: true })).toContain(
      'With probability at least 1 − 0.001 all certificates of these 40 images are right together.',
    );
    expect(claimOf({ noise: 'laplace' })).toContain('whose L1 distance from it is below the radius');
    expect(claimOf({ stop: { kind: 'target', radii: ['0.25', '0.50'] }, bound: 'anytime' })).toContain(
      'the radii 0.25, 0.50 was certified',
    );
    expect(claimOf({ stop: { kind: 'fixed', selection: 20 }, bound: 'clopper-pearson' })).toContain(
      '20 samples chose the class of every image, and 512 fresh ones bound it',
    );
    expect(
      claimOf({ stop: { kind: 'two-stage', minGain: 0.1 }, bound: 'clopper-pearson', maxSamples: 2000 }),
    ).toContain('A pilot of 64 samples');
    expect(claimOf({ stop: { kind: 'budget', totalSamples: 9000 } })).toContain(
      'All images shared 9,000 samples',
    );
    expect(claimOf({ runnerUp: true })).toContain('with a second bound on the class in second place');
    expect(claimOf({})).toContain('A radius R in L2 is one of R in L1 and of R/√64 in L∞, too.');
    const predicted = claimOf({ stop: { kind: 'predict' }, bound: 'anytime', simultaneous: true });
    expect(predicted).toContain('It has no radius, and says nothing about the label.');
    expect(predicted).toContain('all classes that are named of these 40 images are right together');
  });

  it('names features in their own units', () => {
    const jobs = [reportedJob(RESULTS, { features: true })];
    const text = read(reportHtml(reportOf(RESULTS, { jobs }))).body.textContent;
    expect(text).toContain('Radii are L2 distances in the units of the data.');
    expect(text).not.toContain('pixels');
  });

  it('says without its script where the images are', () => {
    const document = read(reportHtml(reportOf(RESULTS)));
    expect(document.querySelector('noscript')!.textContent).toContain('all images are in results.jsonl');
    expect(document.querySelector('#gallery-controls')!.hasAttribute('hidden')).toBe(true);
  });
});
