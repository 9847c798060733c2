import { describe, expect, it } from 'vitest';
import { BUDGET, FIXED, TARGET, makeJob } from '../../test/support/jobs.js';
import { curveEnd, curveEndLine } from './curve-end.js';

describe('the summary of a curve', () => {
  it('says where the curve ends, and which flag goes further', () => {
    const endOf = (options: Parameters<typeof makeJob>[0]) => curveEnd(makeJob(options));
    const gain = endOf({ looks: [64, 96, 10_000], stop: { kind: 'gain', minGain: 10 } })!;
    expect(gain).toMatchObject({
      samples: 64,
      further: 'a smaller --min-gain, or --stop fixed, goes further',
    });
    expect(gain.sigmas).toBeCloseTo(gain.radius / 0.5, 12);
    const most = 'a larger --max-samples goes further';
    expect(endOf({ looks: [64, 96], stop: { kind: 'gain', minGain: 0 } })).toMatchObject({
      samples: 96,
      further: most,
    });
    expect(endOf(FIXED)).toMatchObject({ samples: FIXED.looks[1] - FIXED.looks[0], further: most });
    const budget = endOf({ ...BUDGET, images: 1, stop: { kind: 'budget', totalSamples: BUDGET.looks[0] } });
    expect(budget).toMatchObject({ further: 'a larger --total-samples goes further' });
    expect(endOf(TARGET)).toMatchObject({ radius: 1, samples: null, further: null });
    expect(endOf({ ...FIXED, bound: 'clt' })).toBeNull();
    expect(curveEndLine(endOf(TARGET)!)).toBeNull();
    expect(curveEndLine(gain)).toMatch(
      /^at 0\.\d{4} \(1\.\d\d σ\), which 64 unanimous votes prove; a smaller --min-gain/,
    );
  });
});
