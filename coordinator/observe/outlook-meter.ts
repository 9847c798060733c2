import type { Forecast, Outlook } from '../../shared/outlook.js';
import type { JobFold } from '../core/job-fold.js';
import { SampleForecast } from '../core/outlook.js';
import { RecentRate } from './recent-rate.js';

/** A forecast is made anew at most so often. */
const EVERY_MS = 1_000;
/** And never so often that it takes more than one part in so many of the time. */
const SPARED = 20;

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
    const samplesPerSecond = this.rate.perSecond(this.now(), drawn);
    const secondsLeft = samplesPerSecond ? left(samples, drawn, samplesPerSecond) : null;
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

function left({ low, expected, high }: Forecast, drawn: number, perSecond: number): Forecast {
  const seconds = (samples: number) => (samples - drawn) / perSecond;
  return { low: seconds(low), expected: seconds(expected), high: seconds(high) };
}
