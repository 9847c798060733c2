import type { MetricName } from '../../shared/telemetry/catalogue.js';

export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The metrics of a process at one moment, read as Prometheus reads them. */
export class Scrape {
  /** Kinds by name. */
  readonly kinds = new Map<string, string>();
  readonly series: readonly Series[];

  constructor(readonly text: string) {
    for (const [, name, kind] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) this.kinds.set(name!, kind!);
    this.series = text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map(seriesOf);
  }

  /** The sum of the series of this name that have these labels among theirs; throws where there is none. */
  value(
    name: MetricName | `${MetricName}_${'sum' | 'count'}`,
    labels: Readonly<Record<string, string>> = {},
  ) {
    const found = this.of(name).filter((one) =>
      Object.entries(labels).every(([label, value]) => one.labels[label] === value),
    );
    if (found.length === 0) throw new Error(`no ${name} ${JSON.stringify(labels)} in:\n${this.text}`);
    return found.reduce((sum, { value }) => sum + value, 0);
  }

  of(name: string): Series[] {
    return this.series.filter((one) => one.name === name);
  }
}

/** @param at host:port of --http */
export async function scrape(at: string): Promise<Scrape> {
  const response = await fetch(`http://${at}/metrics`);
  if (!response.ok) throw new Error(`/metrics answers ${response.status}`);
  return new Scrape(await response.text());
}

function seriesOf(line: string): Series {
  const found = /^([a-z_A-Z0-9:]+)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (!found) throw new Error(`no series: ${line}`);
  const [, name, labels = '', value] = found;
  const pairs = [...labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, text]) => [
    label!,
    text!,
  ]);
  return { name: name!, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) };
}
