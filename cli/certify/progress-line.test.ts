import { WriteStream } from 'node:tty';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { JobFold } from '../../coordinator/core/job-fold.js';
import { BUDGET, allShards, counted, makeJob, makeRecord } from '../../test/support/jobs.js';
import { ProgressLine, readFold } from './progress-line.js';

/** Returns an output, a terminal of this width or a pipe, and the texts that it is sent. */
function screen(isTTY: boolean, columns = 120) {
  const written: string[] = [];
  const stream = Object.create(WriteStream.prototype) as WriteStream;
  Object.assign(stream, { isTTY, columns, write: (text: string) => written.push(text) });
  return { stream, written };
}

const JOB = makeJob({ ...BUDGET, images: 4, stop: { kind: 'budget', totalSamples: 2048 } });
const WIPE = '\r\x1b[K';
const draw = (fold: JobFold, image: number) => {
  const shards = allShards(fold).filter((shard) => shard.image === image);
  fold.apply(makeRecord(JOB, { counted: shards.slice(0, 1).map((shard) => counted(() => 3, shard)) }));
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the progress of a job that is drawn here', () => {
  it('is a line of a terminal that is drawn five times a second, and wiped at the end', () => {
    const fold = new JobFold(JOB);
    draw(fold, 0);
    const before = fold.tally.samples;
    const { stream, written } = screen(true);
    const line = new ProgressLine(readFold(fold), stream, true);
    draw(fold, 1);
    vi.advanceTimersByTime(1000);
    expect(written).toHaveLength(5);
    const drawn = fold.tally.samples;
    const percent = Math.floor((100 * drawn) / 2048);
    expect(written.at(-1)).toContain(`${percent} % · `);
    // One second has passed, in which this was drawn.
    expect(written.at(-1)).toContain(` · ${drawn - before}/s · ${drawn} of 2,048 samples`);
    line.say('A remark.');
    expect(written.at(-1)).toBe(`${WIPE}A remark.\n`);
    line.end();
    expect(written.at(-1)).toBe(WIPE);
    vi.advanceTimersByTime(1000);
    expect(written).toHaveLength(7);
  });

  it('leaves a column of the terminal free, and takes 80 for a width that is not known', () => {
    for (const columns of [20, 60, 80, 200, 0]) {
      const { stream, written } = screen(true, columns);
      const line = new ProgressLine(readFold(new JobFold(JOB)), stream, true);
      vi.advanceTimersByTime(200);
      line.end();
      const [text] = written.map((one) => one.replace(WIPE, ''));
      expect(text!.length).toBeGreaterThan(0);
      expect(text!.length).toBeLessThan(columns || 80);
    }
  });

  it('is a line each half minute elsewhere, the first one after half a minute', () => {
    const fold = new JobFold(JOB);
    const { stream, written } = screen(false);
    const line = new ProgressLine(readFold(fold), stream, true);
    draw(fold, 0);
    vi.advanceTimersByTime(29_999);
    expect(written).toEqual([]);
    vi.advanceTimersByTime(1);
    const { samples } = fold.tally;
    const percent = Math.floor((100 * samples) / 2048);
    expect(written).toEqual([
      expect.stringMatching(
        new RegExp(
          `^${percent} %: ${samples} of 2,048 samples, \\d+/s, about .* left, 0/4 images decided\n$`,
        ),
      ),
    ]);
    vi.advanceTimersByTime(60_000);
    expect(written).toHaveLength(3);
    line.say('A remark.');
    line.end();
    expect(written.slice(3)).toEqual(['A remark.\n']);
  });

  it('is not shown where it is not wanted', () => {
    for (const isTTY of [true, false]) {
      const { stream, written } = screen(isTTY);
      const line = new ProgressLine(readFold(new JobFold(JOB)), stream, false);
      vi.advanceTimersByTime(60_000);
      line.end();
      expect(written).toEqual([]);
    }
  });
});
