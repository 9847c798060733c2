import { describe, expect, it } from 'vitest';

import { FIXED, makeJob } from '../../test/support/jobs.js';
import { refuseRowsOfLooks, refuseRowsOfSome, refuseRowsWithoutLabels } from './topk-file.js';

const refused = (message: string): unknown => expect.objectContaining({ code: 'OPTION_INVALID', message });

describe('--topk-rows', () => {
  it.each(['gain', 'target'] as const)('is refused with --stop %s, which looks at the votes', (kind) =>
    expect(() => refuseRowsOfLooks(kind)).toThrow(
      refused(
        `--topk-rows is not offered with --stop ${kind}: what reads them takes the number of samples for fixed, and ${kind} stops by looking at the votes.`,
      ),
    ),
  );

  it.each(['fixed', 'two-stage'] as const)('is offered with --stop %s', (kind) =>
    expect(() => refuseRowsOfLooks(kind)).not.toThrow(),
  );

  it('is refused without labels, and with labels that are no classes of the model', () => {
    const job = makeJob({ ...FIXED, images: 3 });
    const check = (labels: Int32Array | null) => () => refuseRowsWithoutLabels(job, labels);
    expect(check(null)).toThrow(refused('--topk-rows needs labels, and there are none.'));
    const words = (image: number, label: number) =>
      `--topk-rows needs labels that are classes: image ${image} has ${label}, and the model has classes 0 to 9.`;
    expect(check(Int32Array.of(0, 10, 3))).toThrow(refused(words(1, 10)));
    expect(check(Int32Array.of(0, 9, -1))).toThrow(refused(words(2, -1)));
    expect(check(Int32Array.of(0, 9, 3))).not.toThrow();
    // Of images that are no part of the job no row is written.
    expect(check(Int32Array.of(0, 9, 3, 10))).not.toThrow();
  });

  it('is refused of a job that is not finished', () => {
    expect(() => refuseRowsOfSome('out', false)).toThrow(
      refused('--topk-rows has a line for every image, and out has images that are not decided.'),
    );
    expect(() => refuseRowsOfSome('out', true)).not.toThrow();
  });
});
