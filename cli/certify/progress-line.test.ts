import { WriteStream } from 'node:tty';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { JobFold } from '../../coordinator/core/job-fold.js';
import { allShards, counted, makeJob, makeRecord } from '../../test/support/jobs.js';
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
