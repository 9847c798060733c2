import { describe, expect, it } from 'vitest';
import { FIXED, TARGET, makeJob } from '../../test/support/jobs.js';
import { resultJob } from '../../test/support/result-files.js';
import { curveEnd, curveEndLine } from './curve-end.js';

const lineOf = (options: Parameters<typeof resultJob>[0]) => curveEndLine(curveEnd(resultJob(options))!);

describe('the summary of a curve', () => {
  it('says where the curve ends, in σ, too, and which flag goes further', () => {
    const end = curveEnd(resultJob({}))!;
    expect(end).toMatchObject({ samples: 512, others: null, further: '--max-samples 1024' });
    expect(end.sigmas).toBeCloseTo(end.radius / 0.5, 12);
    expect(curveEndLine(end)).toMatch(
      /^\d\.\d{4} \(\d\.\d\d σ\), which 512 unanimous votes prove; --max-samples 1024 goes further$/,
    );
    expect(curveEndLine({ ...end, further: null })).toMatch(/ prove$/);
  });

  it('says how many votes must be otherwise, where unanimous ones prove less', () => {
    const uniform = { noise: 'uniform', maxSamples: 10_000 } as const;
    expect(lineOf({ ...uniform, bound: 'anytime', stop: { kind: 'gain', minGain: 0.005 } })).toMatch(
      /, which [\d,]+ votes prove if 1 of the first 64 is for another class and all the rest agree; /,
    );
    const stop = { kind: 'two-stage', minGain: 0.02 } as const;
    expect(lineOf({ ...uniform, bound: 'clopper-pearson', stop })).toMatch(
      /, which [\d,]+ votes prove if \d+ of the first 64 are for another class and all the rest agree; /,
    );
  });

  it('has no such line where nothing more was asked for, or nothing is proved', () => {
    expect(curveEnd(makeJob(TARGET))).toMatchObject({ radius: 1, samples: null, further: null });
    expect(curveEndLine(curveEnd(makeJob(TARGET))!)).toBeNull();
    expect(curveEnd(makeJob({ ...FIXED, bound: 'clt' }))).toBeNull();
  });
});
