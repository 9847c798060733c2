import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { gaussian } from '../../statistics/noises/gaussian.js';
import { contentOf, runCommand } from '../harness/command.js';
import { DIGITS, certifyArgs, jobOf, rowsOf, type Flags } from '../harness/results.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** Thirty of the bundled digits under more noise than the network was trained with: their other votes are spread over many classes. */
const JOB: Flags = { ...DIGITS, sigma: 0.5, images: '0:300:10', seed: 42, 'min-gain': 'quick', processes: 1 };

const folder = folderOfAllTests();

const certify = (name: string, flags: Flags = {}) =>
  runCommand(certifyArgs({ ...JOB, 'runner-up': true, ...flags, out: folder.file(name) }));

describe('--runner-up', () => {
  it.each<[string, Flags]>([
    ['gain', {}],
    ['fixed', { stop: 'fixed', 'min-gain': undefined, 'max-samples': 2000, 'topk-rows': true }],
  ])(
    'of %s states both counts and bounds of every certificate, and results replays them',
    async (name, flags) => {
      const { code, stdout, stderr } = await certify(name, flags);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/ and the runner-up\)\.\n/);
      expect(stdout).toMatch(/\n {2}proved by +a bound on the class and one on the runner-up/);
      expect((await jobOf(folder.file(name))).claim.runnerUp).toBe(true);
      const rows = await rowsOf(folder.file(name));
      let larger = 0;
      for (const { outcome, radius, runner_up: proof, counts, delta_upper } of rows) {
        if (outcome !== 'certified') {
          expect(proof).toBeNull();
          continue;
        }
        const { class_votes, votes, p_upper, radius_of_class_alone } = proof!;
        expect([class_votes, votes]).toEqual([...counts.votes].sort((a, b) => b - a).slice(0, 2));
        const z = (gaussian.radiusOf(Number(delta_upper)) + gaussian.radiusOf(Number(p_upper))) / 2;
        expect(Math.abs(radius - 0.5 * z)).toBeLessThan(1e-9);
        expect(radius).toBeGreaterThanOrEqual(radius_of_class_alone);
        if (radius > radius_of_class_alone) larger += 1;
      }
      expect(larger).toBeGreaterThan(10);
      const written = await contentOf(folder.file(name));
      await rm(folder.file(name, 'results.tsv'));
      const again = await runCommand(['results', folder.file(name), '--radii', '0,0.25', '--no-report']);
      expect(again.code).toBe(0);
      expect(again.stdout).toContain('at 0.25');
      expect(await contentOf(folder.file(name))).toEqual(written);
    },
  );

  it('certifies images that one count does not, from the same votes', async () => {
    expect((await certify('one', { 'runner-up': undefined })).code).toBe(0);
    const certified = async (name: string) =>
      (await rowsOf(folder.file(name))).filter(({ outcome }) => outcome === 'certified').length;
    expect(await certified('gain')).toBeGreaterThan(await certified('one'));
    expect((await rowsOf(folder.file('one')))[0]).not.toHaveProperty('runner_up');
    expect((await jobOf(folder.file('one'))).claim).not.toHaveProperty('runnerUp');
    const { code, stderr } = await certify('one');
    expect({ code, refused: stderr.includes('JOB_DIFFERS') }).toEqual({ code: 2, refused: true });
  });

  it.each<[string, Flags, RegExp]>([
    ['Laplace noise', { noise: 'laplace' }, /is about Gaussian noise\./],
    [
      'target',
      { stop: 'target', radii: '0.25', 'min-gain': undefined },
      /by the votes for the class alone\./,
    ],
    ['anytime', { bound: 'anytime' }, /"anytime" bounds no probability below one half\./],
  ])('is refused with %s, and why', async (_, flags, why) => {
    const { code, stderr } = await certify('refused', flags);
    expect(code).toBe(2);
    expect(stderr).toMatch(why);
    expect(stderr).toContain('PAIR_NOT_OFFERED');
    expect(existsSync(folder.file('refused'))).toBe(false);
  });
});
