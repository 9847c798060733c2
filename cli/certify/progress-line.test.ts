import { WriteStream } from 'node:tty';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { JobFold } from '../../coordinator/core/job-fold.js';
import { BUDGET, allShards, counted, makeJob, makeRecord } from '../../test/support/jobs.js';
import { ProgressLine } from './progress-line.js';

/** Returns an output, a terminal of this width or a pipe, and the texts that it is sent. */
function screen(isTTY: boolean, columns = 120) {
  const written: string[] = [];
  const stream = Object.create(WriteStream.prototype) as WriteStream;
  Object.assign(stream, { isTTY, columns, write: (text: string) => written.push(text) });
  return { stream, written };
}

const JOB = makeJob({ images: 4 });
const shardsOf = (fold: JobFold, image: number) =>
  allShards(fold)
    .filter((shard) => shard.image === image)
    .map((shard) => counted(() => 3, shard));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the live line', () => {
  it('shows how many images are decided and how fast samples of this run are drawn, and is wiped at the end', () => {
    const fold = new JobFold(JOB);
    fold.apply(makeRecord(JOB, { counted: shardsOf(fold, 0) }));
    const { stream, written } = screen(true);
    const line = new ProgressLine(fold, stream, true);
    fold.apply(makeRecord(JOB, { counted: shardsOf(fold, 1) }));
    vi.advanceTimersByTime(1000);
    expect(written).toHaveLength(5);
    expect(written.at(-1)).toBe(
      `\r\x1b[K${'█'.repeat(10)}${'░'.repeat(10)} 2/4 images decided · 1,024 samples · 512/s · 1 s`,
    );
    line.end();
    expect(written.at(-1)).toBe('\r\x1b[K');
    vi.advanceTimersByTime(1000);
    expect(written).toHaveLength(6);
  });

  it('of a shared total shows how much of it is drawn, and never more than all', () => {
    const fold = new JobFold(makeJob({ ...BUDGET, images: 4, stop: { kind: 'budget', totalSamples: 2048 } }));
    for (const [total, filled, shown] of [
      [2048, 5, '2,048'],
      [300, 20, '300'],
    ] as const) {
      // prettier-ignore
      const { stream, written } = screen(true);
      const line = new ProgressLine(
        { images: fold.images, decidedImages: 0, tally: { samples: 512 } },
        stream,
        true,
        total,
      );
      vi.advanceTimersByTime(1000);
      line.end();
      expect(written.at(-2)).toBe(
        `\r\x1b[K${'█'.repeat(filled)}${'░'.repeat(20 - filled)} 0/4 images decided · 512/${shown} samples · 0/s · 1 s`,
      );
    }
  });

  it('never wraps, whatever the width says', () => {
    for (const columns of [20, 0]) {
      const { stream, written } = screen(true, columns);
      const line = new ProgressLine(new JobFold(JOB), stream, true);
      vi.advanceTimersByTime(200);
      line.end();
      expect(written[0]!.replace('\r\x1b[K', '').length).toBeLessThan(columns || 80);
    }
  });

  it.each([
    ['in a pipe', false, true],
    ['where it is not wanted', true, false],
  ])('is silent %s', (_, isTTY, enabled) => {
    const { stream, written } = screen(isTTY);
    const line = new ProgressLine(new JobFold(JOB), stream, enabled);
    vi.advanceTimersByTime(1000);
    line.end();
    expect(written).toEqual([]);
  });
});
