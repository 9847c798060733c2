import type { Forecast, Outlook } from '../../shared/outlook.js';
import type { JobFold } from '../core/job-fold.js';
import { SampleForecast } from '../core/outlook.js';
import { RecentRate } from './recent-rate.js';

/** A forecast is made anew at most so often. */
const EVERY_MS = 1_000;
/** And never so often that it takes more than one part in so many of the time. */
const SPARED = 20;
/** Part of a rate by which it is likely to change, up or down, until the end; more of one that was seen for a shorter time. */
const UNSTEADY = 0.15;
const UNSTEADY_MS = 5_000;

/** Tells how much of a job is still to come. */
export class OutlookMeter {
  private readonly forecast: SampleForecast;
  private readonly rate: RecentRate;
  private last: { readonly samples: Forecast; readonly until: number } | null = null;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(
    private readonly fold: JobFold,
    private readonly now: () => number,
  ) {
    this.forecast = new SampleForecast(fold);
    this.rate = new RecentRate(now(), fold.tally.samples);
  }

  /** To be called when the fold has grown. */
  folded(): void {
    this.rate.add(this.now(), this.fold.tally.samples);
  }

  outlook(): Outlook {
    this.folded();
    const { samples: drawn } = this.fold.tally;
    const samples = atLeast(drawn, this.samples());
    const now = this.now();
    const samplesPerSecond = this.rate.perSecond(now, drawn);
    const reach = 1 + UNSTEADY + UNSTEADY_MS / this.rate.watchedMs(now);
    const secondsLeft = samplesPerSecond ? left(samples, drawn, samplesPerSecond, reach) : null;
    return { samples, samplesPerSecond, secondsLeft };
  }

  private samples(): Forecast {
    const begun = this.now();
    if (this.last !== null && begun < this.last.until) return this.last.samples;
    const samples = this.forecast.samples();
    const ms = this.now() - begun;
    this.last = { samples, until: begun + Math.max(EVERY_MS, SPARED * ms) };
    return samples;
  }
}

/** Returns the forecast where nothing of it is less than what was drawn since it was made. */
function atLeast(drawn: number, { low, expected, high }: Forecast): Forecast {
  return { low: Math.max(drawn, low), expected: Math.max(drawn, expected), high: Math.max(drawn, high) };
}

/** Returns the seconds for the samples that are left. @param reach factor of at least 1 by which the rate may be higher or lower */
function left({ low, expected, high }: Forecast, drawn: number, perSecond: number, reach: number): Forecast {
  const seconds = (samples: number) => (samples - drawn) / perSecond;
  return { low: seconds(low) / reach, expected: seconds(expected), high: seconds(high) * reach };
}
