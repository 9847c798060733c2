import { DEFAULT_METRICS, METRICS, type MetricDefinition } from '../../shared/telemetry/catalogue.js';

/** The metrics and labels that an expression of PromQL asks for. */
export interface Asked {
  readonly metric: string;
  /** Labels that it chooses by, with the values that it names; empty where it cannot be told. */
  readonly labels: readonly { readonly name: string; readonly values: readonly string[] }[];
}

/** Labels with all their values; null: any. */
type Labels = Readonly<Record<string, readonly string[] | null>>;

/** The labels that Prometheus gives each target; an operator gives `cluster`. */
const TARGET: Labels = { job: null, instance: null, cluster: null };
const KEYWORDS = new Set(['and', 'or', 'unless', 'by', 'on', 'without', 'ignoring', 'bool', 'offset']);
const GROUPING = /\b(?:by|on|without|ignoring)\s*\(([^)]*)\)/g;

/** Every metric that may be asked for, with its labels: of the catalogue, of Node.js, of Prometheus itself, of the recording rules. */
export function known(records: readonly string[]): ReadonlyMap<string, Labels> {
  const metrics = new Map<string, Labels>([
    ['up', TARGET],
    ['ALERTS', { ...TARGET, alertname: null, alertstate: ['pending', 'firing'], severity: null }],
  ]);
  for (const name of DEFAULT_METRICS) metrics.set(name, TARGET);
  for (const [name, definition] of Object.entries<MetricDefinition>(METRICS)) {
    const labels = { ...TARGET, ...definition.labels };
    if (definition.kind !== 'histogram') metrics.set(name, labels);
    else {
      for (const part of ['sum', 'count']) metrics.set(`${name}_${part}`, labels);
      metrics.set(`${name}_bucket`, { ...labels, le: null });
    }
  }
  // A recording rule's name begins with the labels that it keeps.
  for (const name of records) {
    const kept = name.split(':')[0]!.split('_');
    metrics.set(name, Object.fromEntries(kept.map((label) => [label, null])));
  }
  return metrics;
}

/** The metrics of an expression, and how they are chosen. */
export function askedBy(expression: string): Asked[] {
  const texts: string[] = [];
  const bare = expression
    .replaceAll(/"((?:[^"\\]|\\.)*)"/g, (_, text: string) => `"${texts.push(text) - 1}"`)
    .replaceAll(GROUPING, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ');
  const names = /(?<![\w:.{])([a-zA-Z_:][\w:]*)\b\s*(\{[^}]*\})?(?!\s*\()/g;
  return [...withoutFunctions(bare).matchAll(names)]
    .filter(([, name]) => !KEYWORDS.has(name!))
    .map(([, metric, selector = '']) => ({
      metric: metric!,
      labels: [...selector.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"(\d+)"/g)].map(([, name, text]) => ({
        name: name!,
        values: valuesOf(texts[Number(text)]!),
      })),
    }));
}

const withoutFunctions = (text: string) => text.replaceAll(/\b[a-z_]\w*\s*\(/g, '(');

/** Alternatives of a plain regular expression; none where it is more than that, or a variable of the dashboard. */
const valuesOf = (text: string): string[] => (/^[\w|-]+$/.test(text) ? text.split('|') : []);

/** Labels that results are grouped or matched by. */
export const groupedBy = (expression: string): string[] =>
  [...expression.matchAll(GROUPING)].flatMap(([, list]) => list!.split(',').map((label) => label.trim()));

/** Returns the mistakes of an expression, in words; empty if every metric, label and value exists. */
export function mistakesIn(expression: string, metrics: ReadonlyMap<string, Labels>): string[] {
  const asked = askedBy(expression);
  const mistakes = asked.length === 0 && !/\bvector\(/.test(expression) ? ['asks for no metric'] : [];
  for (const { metric, labels } of asked) {
    const has = metrics.get(metric);
    if (has === undefined) mistakes.push(`no metric ${metric}`);
    for (const { name, values } of has ? labels : []) {
      const offered = has![name];
      if (offered === undefined) mistakes.push(`${metric} has no label ${name}`);
      else
        mistakes.push(...values.filter((v) => offered?.includes(v) === false).map((v) => `no ${name}=${v}`));
    }
  }
  const labels = new Set(asked.flatMap(({ metric }) => Object.keys(metrics.get(metric) ?? {})));
  mistakes.push(
    ...groupedBy(expression)
      .filter((label) => !labels.has(label))
      .map((l) => `no label ${l}`),
  );
  return mistakes;
}
