import { LARGEST_BITMAP } from '../../../shared/wire/cluster.js';

/** Part of a set of images: bit k of `decided`, lowest bit of each byte first, is image `firstImage` + k. */
export interface DecidedPart {
  /** A multiple of 8. */
  readonly firstImage: number;
  readonly decided: Uint8Array;
}

/**
 * A set of images that only grows, as bitmaps: 50,000 images are 6 KB, and two sets are united a byte at a time.
 * Memory is allocated only for stretches of 2^18 images that have a member.
 */
export class DecidedImages {
  private readonly chunks: (Uint8Array | undefined)[] = [];
  private readonly bytes: number;

  /** @param limit one more than the largest image that can be a member */
  constructor(private readonly limit: number) {
    this.bytes = Math.ceil(limit / 8);
  }

  has(image: number): boolean {
    if (!this.mayHold(image)) return false;
    const at = Math.floor(image / 8);
    const byte = this.chunks[Math.floor(at / LARGEST_BITMAP)]?.[at % LARGEST_BITMAP] ?? 0;
    return (byte & (1 << (image % 8))) !== 0;
  }

  /** Adds images; returns those that were not members. @throws RangeError for an image that is not below the limit */
  add(images: readonly number[]): number[] {
    const fresh: number[] = [];
    for (const image of images) {
      if (!this.mayHold(image)) throw new RangeError(`image ${image} is not below ${this.limit}`);
      if (this.has(image)) continue;
      const at = Math.floor(image / 8);
      this.chunk(Math.floor(at / LARGEST_BITMAP))[at % LARGEST_BITMAP]! |= 1 << (image % 8);
      fresh.push(image);
    }
    return fresh;
  }

  /** Adds the members of a bitmap of another process; returns those that were none here. Ignores bits at or above the limit. */
  unite({ firstImage, decided }: DecidedPart): number[] {
    const fresh: number[] = [];
    const begin = firstImage / 8;
    const end = Math.min(begin + decided.length, this.bytes);
    for (let at = begin; at < end; at++) {
      const chunk = this.chunks[Math.floor(at / LARGEST_BITMAP)];
      const theirs = decided[at - begin]!;
      const ours = chunk?.[at % LARGEST_BITMAP] ?? 0;
      // Nearly always there is nothing new in a byte.
      if ((theirs & ~ours) !== 0) this.uniteByte(at, theirs & ~ours, fresh);
    }
    return fresh;
  }

  /** The bitmaps of stretches that have a member, each without the zeros at its end: at most 32 KiB a part. */
  *parts(): Iterable<DecidedPart> {
    for (const [index, chunk] of this.chunks.entries()) {
      if (!chunk) continue;
      const length = chunk.findLastIndex((byte) => byte !== 0) + 1;
      yield { firstImage: 8 * LARGEST_BITMAP * index, decided: chunk.subarray(0, length) };
    }
  }

  private uniteByte(at: number, news: number, fresh: number[]): void {
    const possible = news & ((1 << Math.min(8, this.limit - 8 * at)) - 1);
    if (possible === 0) return;
    this.chunk(Math.floor(at / LARGEST_BITMAP))[at % LARGEST_BITMAP]! |= possible;
    for (let bit = 0; bit < 8; bit++) if (possible & (1 << bit)) fresh.push(8 * at + bit);
  }

  private mayHold(image: number): boolean {
    return Number.isInteger(image) && image >= 0 && image < this.limit;
  }

  private chunk(index: number): Uint8Array {
    return (this.chunks[index] ??= new Uint8Array(
      Math.min(LARGEST_BITMAP, this.bytes - LARGEST_BITMAP * index),
    ));
  }
}
