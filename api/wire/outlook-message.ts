import type { Forecast, Outlook } from '../../shared/outlook.js';
import type { Check } from '../../shared/wire/check.js';
import type { smoothcert } from '../../shared/wire/generated.js';

type WireOutlook = smoothcert.v1.Outlook.$Properties;
type WireForecast = smoothcert.v1.Forecast.$Properties;

export function outlookToWire({ samples, samplesPerSecond, secondsLeft }: Outlook): WireOutlook {
  return { samples, samplesPerSecond, secondsLeft };
}

/** Reads an outlook: numbers of at least 0, and of each forecast the low one first. */
export function outlookOfWire(check: Check, field: string, wire: WireOutlook): Outlook {
  const rate = wire.samplesPerSecond ?? null;
  return {
    samples: forecastOf(check, `${field}.samples`, wire.samples ?? {}),
    samplesPerSecond: rate === null ? null : check.number(`${field}.samples_per_second`, rate, { least: 0 }),
    secondsLeft: wire.secondsLeft ? forecastOf(check, `${field}.seconds_left`, wire.secondsLeft) : null,
  };
}

function forecastOf(check: Check, field: string, wire: WireForecast): Forecast {
  const low = check.number(`${field}.low`, wire.low ?? 0, { least: 0 });
  const expected = check.number(`${field}.expected`, wire.expected ?? 0, { least: low });
  return { low, expected, high: check.number(`${field}.high`, wire.high ?? 0, { least: expected }) };
}
