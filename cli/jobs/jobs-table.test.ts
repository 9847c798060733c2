import { describe, expect, it } from 'vitest';
import type { JobView } from '../../api/job-view.js';
import { SPEC, viewOf } from '../../test/service/memory-service.js';
import { jobsTable } from './jobs-table.js';

const ID = `j-${'7'.repeat(20)}`;
const names = { job: 'first \x1b[31mtry', model: 'net.onnx', data: 'digits.npz', images: null };
const OUTLOOK = {
  samples: { low: 400, expected: 500, high: 600 },
  samplesPerSecond: 99.6,
  secondsLeft: { low: 3.2, expected: 4, high: 7.4 },
};
const job = (part: Partial<JobView>) => viewOf(ID, part);
const table = (part: Partial<JobView>, width = Infinity) => jobsTable([job(part)], width);
const progress = { ...job({}).progress, images: 10, certified: 4, samples: 100 };

describe('the list of jobs', () => {
  it('tells three noises apart, by name, model, data and rule', () => {
    const spec = { ...SPEC, names, sigma: 0.25 };
    const [title, line] = table({ spec, progress, outlook: OUTLOOK }).split('\n');
    expect(title).toMatch(/^ID +NAME +σ +MODEL +DATA +RULE +STATE +DONE +LEFT +IMAGES +RATE +CREATED$/);
    expect(line).toMatch(
      /^j-7+ {2}first \\u\{1b\}\[31mtry {2}0\.25 {2}net\.onnx {2}digits\.npz {2}gain {2}running {2}20 % {2}3 to 8 s {2}4\/10 {4}100\/s {2}2023-11-14T22:13:20Z$/,
    );
  });

  it('fits the terminal: at 80 columns it still has the noise and the state', () => {
    const spec = { ...SPEC, names: { ...names, job: 'a name that is much too long for a table' } };
    const [title, line] = table({ spec, progress }, 80).split('\n');
    expect(title).toMatch(/^ID +NAME +σ .*STATE +DONE/);
    expect(line!.length).toBeLessThanOrEqual(80);
    const [drawn, first] = table({ spec, progress, outlook: OUTLOOK }, 80).split('\n');
    expect(drawn).toMatch(/^ID +NAME +σ +STATE +DONE +LEFT$/);
    expect(first).toMatch(/ {2}a name that is much[^…]*…? +0?\.?\d.* 20 % {2}3 to 8 s$/);
    expect(table({ spec, progress }, 40).split('\n')[0]).toMatch(/^ID +STATE +DONE$/);
  });

  it('says why a job waits, and what to do', () => {
    const waiting = { code: 'store-full', message: 'There is no room.', remedy: 'Make some.' } as const;
    const text = table({ waiting, waitingFor: waiting.message });
    expect(text).toContain('running, store-full');
    expect(text.split('\n').slice(2)).toEqual(['', `${ID} waits: There is no room. Make some.`, '']);
    const older = table({ waiting: null, waitingFor: 'No worker.' });
    expect(older).toContain('running, waits');
    expect(older).toContain(`${ID} waits: No worker.\n`);
  });

  it.each<[string, Partial<JobView>, string]>([
    ['at its end', { endMs: 5, progress: { ...progress, certified: 10 } }, '100 %'],
    [
      'before that, whatever is forecast',
      { progress: { ...progress, samples: 500 }, outlook: OUTLOOK },
      '99 %',
    ],
    ['without a forecast', { progress }, '40 %'],
    ['without images', { progress: { ...progress, images: 0, certified: 0 } }, '0 %'],
  ])('has how much is done %s', (_, part, share) => {
    expect(table(part)).toMatch(new RegExp(`  ${share} `));
  });

  it.each([
    [{ kind: 'budget', totalSamples: 400_000 }, 'budget 400,000'],
    [{ kind: 'target', radii: ['0.25', '0.5'] }, 'target 0.5'],
    [{ kind: 'predict' }, 'predict'],
  ] as const)('has the rule %o', (stop, words) => {
    expect(table({ spec: { ...SPEC, stop } })).toContain(`  ${words}  `);
  });
});
