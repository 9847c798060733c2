import type { METRICS, MetricDefinition, MetricName, Role } from './catalogue.js';
import type { Tallied } from './histogram-tally.js';

type Table = typeof METRICS;
type Kind = MetricDefinition['kind'];

/** Names of the metrics of a kind that a process of one of these roles shows. */
export type Name<K extends Kind, R extends Role> = {
  [N in MetricName]: Table[N]['kind'] extends K
    ? [Extract<Table[N]['roles'][number], R>] extends [never]
      ? never
      : N
    : never;
}[MetricName];

/** The labels of a metric, each with its values as the table has them; a metric without labels has none. */
export type Labels<N extends MetricName> = Table[N] extends { readonly labels: infer L }
  ? { readonly [K in keyof L]: L[K] extends readonly string[] ? L[K][number] : string }
  : never;

type LabelsArgument<N extends MetricName> = Table[N] extends { readonly labels: object } ? [Labels<N>] : [];

/**
 * Sets the metrics of a process of these roles: those of the table and no others. Nothing here throws, and no value can be read back, so
 * that no decision depends on a metric.
 */
export interface Metrics<R extends Role = Role> {
  /** Adds to a counter; a number that is not above 0 adds nothing. */
  add<N extends Name<'counter', R>>(name: N, by: number, ...labels: LabelsArgument<N>): void;
  set<N extends Name<'gauge', R>>(name: N, value: number, ...labels: LabelsArgument<N>): void;
  /** Sets a gauge whose labels come and go: series that are not among these values are not shown any more. */
  replace<N extends Name<'gauge', R>>(name: N, values: readonly (readonly [number, Labels<N>])[]): void;
  observe<N extends Name<'histogram', R>>(name: N, value: number, ...labels: LabelsArgument<N>): void;
  /** The same for observations that were gathered elsewhere, in the buckets of this histogram. */
  observeAll<N extends Name<'histogram', R>>(name: N, gathered: Tallied, ...labels: LabelsArgument<N>): void;
  /** Calls `read` whenever the metrics are requested, so that it sets those that are known only then; it is awaited for a moment. */
  onScrape(read: () => void | Promise<void>): void;
}

const nothing = (): void => undefined;

/** Metrics of commands that end, which nothing reads. */
export const NO_METRICS: Metrics = {
  add: nothing,
  set: nothing,
  replace: nothing,
  observe: nothing,
  observeAll: nothing,
  onScrape: nothing,
};
