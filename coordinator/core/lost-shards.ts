import { shardKey, type Shard } from '../../shared/shards.js';
import type { FailedImage, FailedShard } from '../../shared/wire/record.js';

/** Failures of the machinery on one shard, before any counts of it, after which its image is given up. */
const TRIES = 3;

/** Counts how often shards failed, and says which images are to be given up for them. */
export class LostShards {
  /** Images to give up: a coordinator records it, and the fold acts on that record, so that a replay agrees. */
  readonly toGiveUp = new Map<number, FailedImage>();
  private readonly failures = new Map<string, number>();
  /** The shards that images are to be given up for. */
  private readonly blamed = new Map<number, string>();
  private readonly ahead = new Map<number, LostShard>();

  /**
   * Takes note that a shard failed. Returns true if it is to be drawn again.
   * @param segment that of the shard
   * @param due the look at which its image is due
   */
  failed({ shard, code, detail }: FailedShard, segment: number, due: number): boolean {
    const failures = (this.failures.get(shardKey(shard)) ?? 0) + 1;
    this.failures.set(shardKey(shard), failures);
    if (failures < TRIES) return true;
    this.giveUpAt({ segment, blamed: shardKey(shard), failed: { image: shard.image, code, detail } }, due);
    return false;
  }

  /** Takes note of the look at which an image is due now. */
  reached(image: number, due: number): void {
    const lost = this.ahead.get(image);
    if (lost && lost.segment <= due) this.giveUpAt(lost, due);
  }

  /** Takes back that an image is to be given up for this shard, which was counted after all, unless that is recorded already. */
  forgive(shard: Shard): void {
    const { image } = shard;
    if (this.blamed.get(image) === shardKey(shard)) this.toGiveUp.delete(image);
    if (this.ahead.get(image)?.blamed === shardKey(shard)) this.ahead.delete(image);
  }

  /** Forgets an image that has ended. */
  ended(image: number): void {
    this.toGiveUp.delete(image);
    this.ahead.delete(image);
  }

  /** Gives no image up any more: the job is over. */
  clear(): void {
    this.toGiveUp.clear();
  }

  /**
   * An image is given up for a segment that it needs. One drawn ahead of a look waits for that look, which may decide
   * the image without it: how it ends must not depend on what was drawn when.
   */
  private giveUpAt(lost: LostShard, due: number): void {
    const { image } = lost.failed;
    if (lost.segment > due) {
      this.ahead.set(image, lost);
      return;
    }
    this.toGiveUp.set(image, lost.failed);
    this.blamed.set(image, lost.blamed);
  }
}

/** A shard that failed too often. */
interface LostShard {
  readonly segment: number;
  readonly blamed: string;
  readonly failed: FailedImage;
}
