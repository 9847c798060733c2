import { describe, expect, it } from 'vitest';
import { filesOf, rowsOf, JOBS, mixed } from '../../../test/support/forged-results.js';
import { counted, type Voter } from '../../../test/support/jobs.js';
import { resultJob } from '../../../test/support/result-files.js';
import { Findings } from '../findings.js';
import { RowContext } from '../rows/context.js';
import { chanceOf, countsText, differenceOf } from './differences.js';
import { judgeRedraw, type RedrawnShard } from './judge-redraw.js';
import { standsWithFewer } from './standing-certificate.js';

const counts = (classes: number[], votes: number[], invalid = 0) => ({ classes, votes, invalid });

describe('votes that were drawn again', () => {
  it('differ by the samples that voted otherwise, for the claimed class or against it', () => {
    const [a, b] = [counts([1, 2], [60, 4]), counts([1, 3], [57, 6], 1)];
    expect(differenceOf(a, a, 1)).toEqual({ votes: 0, recordedFor: 0, redrawnFor: 0 });
    expect(differenceOf(a, b, 1)).toEqual({ votes: 7, recordedFor: 3, redrawnFor: 0 });
    expect(differenceOf(b, a, 1)).toEqual({ votes: 7, recordedFor: 0, redrawnFor: 3 });
    expect(differenceOf(a, b, null)).toEqual({ votes: 7, recordedFor: 0, redrawnFor: 0 });
    expect(differenceOf(a, b, 9)).toMatchObject({ recordedFor: 0, redrawnFor: 0 });
    expect(countsText(b)).toBe('class 1: 57, class 3: 6, invalid: 1');
    expect(countsText(a)).toBe('class 1: 60, class 2: 4');
  });

  // scipy.stats.binomtest(k, n, 0.5, alternative="greater").pvalue
  it.each([
    [9, 0, 0.001953125],
    [10, 0, 0.0009765625],
    [15, 3, 0.0037689208984375],
    [60, 40, 0.028443966820490444],
    [3, 3, 1],
    [0, 4, 1],
  ])('favour a claim with %i against %i by chance with probability %f', (a, b, expected) => {
    expect(chanceOf(a, b)).toBeCloseTo(expected, 12);
  });
});

/** The shards of an image's rows that a redraw compares: the ledger has the votes of one voter, and this machine those of another. */
function shardsOf(
  recorded: Voter,
  redrawn: Voter,
  images: readonly number[],
  again = redrawn,
): RedrawnShard[] {
  return images.flatMap((image) =>
    Array.from({ length: 8 }, (_, i) => {
      const shard = { image, begin: 64 * i, end: 64 * (i + 1) };
      const of = (voter: Voter) => counted(voter, shard).counts;
      return { recorded: { ...shard, ...of(recorded), micros: 0 }, redrawn: of(redrawn), again: of(again) };
    }),
  );
}

describe('a redraw', () => {
  const name = 'gain without an end';
  const job = resultJob(JOBS[name]![0]);
  const rows = rowsOf(filesOf(name));
  const [, sure] = JOBS[name]!;
  /** The claimed class wherever the model votes otherwise, of so many samples. */
  const forged =
    (until: number): Voter =>
    (image, sample) =>
      sample < until ? rows[image]!.class! : sure(image, sample);
  const judge = (shards: readonly RedrawnShard[], exact: boolean, claims = rows) => {
    const findings = new Findings();
    const verdict = judgeRedraw({ job, rows: claims, exact }, shards, findings);
    return { verdict, whats: findings.kept.map(({ what }) => what), findings };
  };

  it('of the same votes finds nothing', () => {
    const shards = shardsOf(sure, sure, [0, 1]);
    for (const exact of [true, false])
      expect(judge(shards, exact)).toMatchObject({
        whats: [],
        verdict: { samples: 1024, differentShards: 0, differentVotes: 0, fallen: [], differing: [] },
      });
  });

  it('where the same bits are computed finds one vote that differs, with its votes', () => {
    const one: Voter = (image, sample) =>
      image === 0 && sample === 70 ? (sure(0, 70) + 1) % 10 : sure(image, sample);
    const { findings, verdict } = judge(shardsOf(sure, one, [0, 1]), true);
    expect(findings.kept).toHaveLength(1);
    expect(findings.kept[0]!.where).toBe('ledger, image 0, samples 64 to 127');
    expect(findings.kept[0]!.what).toMatch(
      /^The model votes otherwise: the ledger has class 0: \d+.*drawn again/,
    );
    expect(verdict).toMatchObject({ differentShards: 1, differentVotes: 1, unsteady: 0 });
  });

  it('elsewhere takes a few near-ties of an image, and lists them', () => {
    const other: Voter = (image, sample) =>
      image === 1 && (sample === 70 || sample === 300) ? 9 : sure(image, sample);
    const { whats, verdict } = judge(shardsOf(sure, other, [0, 1], sure), false);
    expect(whats).toEqual([]);
    expect(verdict).toMatchObject({ differentShards: 2, differentVotes: 2, recordedFor: 2, unsteady: 2 });
    expect(verdict.differing[0]).toContain('image 1, samples 64 to 127: The model votes otherwise');
    expect(verdict.fallen).toEqual([1]);
  });

  it('elsewhere finds votes that were moved to the claimed class, by far fewer than one in a hundred', () => {
    const { whats, verdict } = judge(shardsOf(forged(512), sure, [0, 1]), false);
    expect(verdict.differentVotes).toBeGreaterThan(10);
    expect(verdict.redrawnFor).toBe(0);
    expect(whats.join('\n')).toContain('more than near-ties explain (2)');
    expect(whats.join('\n')).toContain('near-ties favour a claim so with a probability of at most');
    expect(whats.join('\n')).toContain('differ favour its class more than near-ties do');
    expect(verdict.fallen).toEqual([0, 1]);
  });

  it('elsewhere finds near-ties that go both ways only where they are too many', () => {
    const swapped: Voter = (image, sample) => {
      const vote = sure(image, sample);
      return sample % 50 === 0 ? (vote === rows[image]!.class! ? 9 : rows[image]!.class!) : vote;
    };
    const flipped = judge(shardsOf(swapped, sure, [0, 1]), false);
    expect(flipped.verdict.recordedFor).toBeLessThan(flipped.verdict.redrawnFor);
    expect(flipped.whats).toHaveLength(2);
    expect(flipped.verdict.fallen).toEqual([]);
  });

  it('counts no vote for a claim of images without a certificate, or without a row', () => {
    const bare = rows.map((row) => ({ ...row, outcome: 'abstained' as const }));
    for (const claims of [bare, [], rows.map((row) => ({ ...row, proved_by: null }))]) {
      const { verdict } = judge(shardsOf(forged(512), sure, [0]), true, claims);
      expect(verdict).toMatchObject({ recordedFor: 0, redrawnFor: 0, fallen: [] });
    }
    const later = rows.map((row) => ({ ...row, proved_by: { begin: 512, end: 1024 } }));
    expect(judge(shardsOf(forged(512), sure, [0]), true, later).verdict.recordedFor).toBe(0);
  });

  it('asks no certificate of a job whose level is another one', () => {
    const other = rows.map((row) => ({ ...row, alpha: 0.5 }));
    expect(judge(shardsOf(forged(512), sure, [0]), true, other).verdict.fallen).toEqual([]);
  });

  it('lets a certificate stand that claims less than its votes prove', () => {
    const less = rows.map((row) => ({ ...row, radius: row.radius! / 4 }));
    const { verdict } = judge(shardsOf(forged(512), sure, [0, 1]), false, less);
    expect(verdict.recordedFor).toBeGreaterThan(10);
    expect(verdict.fallen).toEqual([]);
  });

  it('keeps no more shards than its findings', () => {
    const other: Voter = () => 9;
    const many = Array.from({ length: 70 }, () => shardsOf(sure, other, [0, 1])).flat();
    const { verdict } = judge(
      many.map((shard) => ({ ...shard, again: null })),
      true,
    );
    expect(verdict.differentShards).toBe(1120);
    expect(verdict.differing).toHaveLength(1000);
    expect(verdict.unsteady).toBe(0);
  });
});

describe.each(['gain', 'target', 'fixed', 'gain with the runner-up', 'fixed with the runner-up'])(
  'a certificate of %s',
  (name) => {
    const spec = JOBS[name]!;
    const job = resultJob(spec[0]);
    const context = RowContext.of(job, job.claim.alpha)!;
    const certified = rowsOf(filesOf(name)).find(({ outcome }) => outcome === 'certified')!;

    it('stands on its own votes and falls with many fewer', () => {
      expect(spec[1]).toBe(mixed);
      expect(standsWithFewer(certified, 0, context)).toBe(true);
      expect(standsWithFewer(certified, 60, context)).toBe(false);
      expect(standsWithFewer(certified, 1e9, context)).toBe(false);
    });

    it('whose counts are of no look is left to others', () => {
      expect(standsWithFewer({ ...certified, samples: 1 }, 60, context)).toBe(true);
      expect(standsWithFewer({ ...certified, proved_by: null }, 60, context)).toBe(true);
    });
  },
);
