import type { Job } from '../../../shared/job.js';
import type { Findings } from '../findings.js';
import { gridOf, type GridShard } from './grid.js';
import type { RecordedFailure, RecordedVotes, VoteRecord } from './record.js';
import { isWritten, tallyOf, type Tally, type WrittenCounts } from './tally.js';

/** The votes that a ledger holds, added up once more: the first record of a shard counts, those of other shards than the grid's do not. */

/** Votes of the first so many samples of an image. */
export interface Prefix {
  readonly tally: Tally;
  readonly micros: number;
}

/** The votes of a shard, and the number of the record that has them. */
interface Taken {
  readonly votes: RecordedVotes;
  readonly at: number;
}

/** The records of one image. */
export class ImageVotes {
  /** The first record that gave the image up. */
  failure: (RecordedFailure & { readonly at: number }) | null = null;
  private readonly first = new Map<number, Taken>();

  constructor(private readonly grid: readonly GridShard[]) {}

  /** Takes the votes of a shard, in the record with this number, unless it has some already. Returns the first ones. */
  take(votes: RecordedVotes, at: number): RecordedVotes {
    const known = this.first.get(votes.begin);
    if (known !== undefined) return known.votes;
    this.first.set(votes.begin, { votes, at });
    return votes;
  }

  /**
   * Returns the votes of the first n samples for each of these n, ascending; null where they are not whole shards that are all recorded, before
   * the record with the number `before`.
   */
  prefixes(ends: readonly number[], before = Infinity): (Prefix | null)[] {
    const sum = { votes: new Map<number, number>(), invalid: 0, micros: 0 };
    let next = 0;
    return ends.map((n) => {
      let reached = next === 0 ? 0 : this.grid[next - 1]!.end;
      for (; reached < n && next < this.grid.length; next++) {
        const taken = this.first.get(this.grid[next]!.begin);
        if (taken === undefined || taken.at >= before) return null;
        add(taken.votes, sum);
        reached = this.grid[next]!.end;
      }
      return reached === n ? { tally: sorted(sum), micros: sum.micros } : null;
    });
  }

  /** Returns the votes of the shards that begin before sample `n`, as far as they are recorded. */
  shardsBefore(n: number): RecordedVotes[] {
    return [...this.first.values()].flatMap(({ votes }) => (votes.begin < n ? [votes] : []));
  }
}

const sameVotes = (a: WrittenCounts, b: WrittenCounts): boolean => isWritten(tallyOf(a), b);

interface Sum {
  readonly votes: Map<number, number>;
  invalid: number;
  micros: number;
}

function add({ classes, votes, invalid, micros }: RecordedVotes, sum: Sum): void {
  for (let i = 0; i < classes.length; i++) {
    const one = classes[i]!;
    sum.votes.set(one, (sum.votes.get(one) ?? 0) + votes[i]!);
  }
  sum.invalid += invalid;
  sum.micros += micros;
}

const sorted = ({ votes, invalid }: Sum): Tally => ({
  votes: new Map([...votes].sort(([a], [b]) => a - b)),
  invalid,
});

/** The fate of the shards of a ledger. */
export interface LedgerVotes {
  readonly images: ReadonlyMap<number, ImageVotes>;
  readonly shards: number;
  readonly samples: number;
  /** Further records of a shard: the first one counts. */
  readonly repeated: number;
  /** Those of them with other votes than the first one. */
  readonly repeatedOtherwise: number;
  /** Shards off the grid, or of images, classes or a fingerprint that the job does not have: they count nothing. */
  readonly foreign: number;
  readonly cancelled: boolean;
  /** Of the first process that counted for the job, in hexadecimal digits; null if none did. */
  readonly fingerprint: string | null;
}

/** Adds up the records of a ledger. A job that an audit has refuted is a finding: it has no certificates. */
export function votesByImage(
  job: Job,
  images: readonly number[],
  records: readonly VoteRecord[],
  findings: Findings,
): LedgerVotes {
  const grid = gridOf(job.draw.segments);
  const ends = new Map(grid.map(({ begin, end }) => [begin, end]));
  const found = new Map(images.map((image) => [image, new ImageVotes(grid)]));
  const sums = { shards: 0, samples: 0, repeated: 0, repeatedOtherwise: 0, foreign: 0, cancelled: false };
  let fingerprint: string | null = null;
  const belongs = ({ image, begin, end, classes }: RecordedVotes): boolean =>
    found.has(image) && ends.get(begin) === end && (classes.at(-1) ?? 0) < job.draw.classes;
  records.forEach((record, at) => {
    const ours = record.counted.filter(belongs);
    sums.foreign += record.counted.length - ours.length;
    if (ours.length > 0) fingerprint ??= record.fingerprint;
    const admitted = ours.length === 0 || job.draw.numeric === 'any' || record.fingerprint === fingerprint;
    if (!admitted) sums.foreign += ours.length;
    for (const votes of admitted ? ours : []) {
      const first = found.get(votes.image)!.take(votes, at);
      if (first === votes) {
        sums.shards += 1;
        sums.samples += votes.end - votes.begin;
        continue;
      }
      sums.repeated += 1;
      if (sameVotes(first, votes)) continue;
      sums.repeatedOtherwise += 1;
      const { image, begin, end } = votes;
      findings.require(
        job.draw.numeric === 'any',
        `ledger, image ${image}, samples ${begin} to ${end - 1}`,
        'It has two different counts of these samples, and the job says that every count of them is the same.',
      );
    }
    for (const failure of record.failedImages) {
      const image = found.get(failure.image);
      if (image) image.failure ??= { ...failure, at };
    }
    const refuted = record.failedShards.some(({ code }) => code === 'MODEL_NOT_DETERMINISTIC');
    findings.require(
      !refuted,
      `ledger, record ${at + 1}`,
      'An audit found that votes are not independent: the job has no certificates.',
    );
    sums.cancelled ||= record.cancelled;
  });
  return { images: found, ...sums, fingerprint };
}
