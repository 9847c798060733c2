import type { StoppingRule } from '../../shared/job.js';
import type { Forecast } from '../../shared/outlook.js';
import { levelsOf } from './failure-levels.js';
import type { JobFold } from './job-fold.js';
import { standingsOf } from './standings.js';
import { StoppingTable } from './stopping-table.js';

/** Standard deviations to either side of what is expected. */
const WIDTH = 2;
/** Share of the images' deviations that they have in common: the levels of all are estimated from the same votes. */
const COMMON = 0.2;

/**
 * Forecasts how many samples a job will have drawn when it ends. For each undecided image: how likely each failure rate is, given its votes and
 * those of all images, and where the rule stops an image of that rate. No certificate depends on it.
 */
export class SampleForecast {
  private readonly table: StoppingTable;

  constructor(private readonly fold: JobFold) {
    this.table = new StoppingTable(fold.decision);
  }

  /** Returns the samples of the whole job, never fewer than are drawn. A function of what is folded, and of nothing else. */
  samples(): Forecast {
    const { fold } = this;
    const { samples: drawn } = fold.tally;
    if (fold.isDone()) return forecast(drawn, 0, drawn, drawn);
    const most = fold.images.size * fold.decision.looks.at(-1)!;
    const known = knownTotal(fold.job.claim.stop, most);
    return known === null ? this.estimate(drawn, most) : forecast(known, 0, drawn, known);
  }

  private estimate(drawn: number, most: number): Forecast {
    const { groups, fresh, decidedSamples, plannedSamples } = standingsOf(this.fold);
    const levels = levelsOf(groups);
    const seen = groups.reduce((sum, { images }) => sum + images, 0);
    let expected = decidedSamples + plannedSamples;
    let [variance, common] = [0, 0];
    groups.forEach(({ look, undecided }, g) => {
      if (undecided === 0) return;
      const stop = this.stopOf(levels[g]!, look);
      expected += undecided * stop.mean;
      variance += undecided * stop.variance;
      common += undecided * Math.sqrt(stop.variance);
    });
    const stop = this.stopOf(levels.at(-1)!, 0);
    expected += fresh * stop.mean;
    // Of images without votes the mean is as uncertain as that of those that have some.
    variance += fresh * stop.variance * (1 + fresh / Math.max(1, seen));
    common += fresh * Math.sqrt(stop.variance);
    return forecast(expected, WIDTH * Math.sqrt(variance + (COMMON * common) ** 2), drawn, most);
  }

  /** Returns mean and variance of the samples at which an image stops. @param shares how likely each level is */
  private stopOf(shares: Float64Array, look: number): { mean: number; variance: number } {
    let [mean, square] = [0, 0];
    shares.forEach((share, level) => {
      if (share < NEGLIGIBLE) return;
      const stop = this.table.stop(level, look);
      mean += share * stop.mean;
      square += share * stop.square;
    });
    return { mean, variance: Math.max(0, square - mean ** 2) };
  }
}

/** Levels that are less likely are left out, so that nothing is computed for them. */
const NEGLIGIBLE = 1e-9;

/** Returns the samples that a rule draws whatever the votes are; null if they depend on the votes. @param most those of all looks of all images */
function knownTotal(stop: StoppingRule, most: number): number | null {
  if (stop.kind === 'fixed') return most;
  return stop.kind === 'budget' ? Math.min(stop.totalSamples, most) : null;
}

/** Returns a forecast that lies between what is drawn and the most that can be. */
function forecast(expected: number, reach: number, drawn: number, most: number): Forecast {
  const within = (samples: number) => Math.round(Math.max(drawn, Math.min(most, samples)));
  return { low: within(expected - reach), expected: within(expected), high: within(expected + reach) };
}
