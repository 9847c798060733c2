import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../harness/command.js';

export const MONITORING = path.join(ROOT, 'deploy/monitoring');
export const read = (...names: string[]): string => readFileSync(path.join(MONITORING, ...names), 'utf8');

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
export interface RecordRule {
  readonly record: string;
  readonly expr: string;
}
interface Expectation {
  readonly expr: string;
  readonly eval_time: string;
  readonly exp_samples?: readonly { readonly labels: string; readonly value: number }[];
}
export interface RuleCase {
  readonly name: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly promql_expr_test: readonly Expectation[];
}

const rules = (
  parse(read('rules.yaml')) as { groups: { rules: (AlertRule | RecordRule)[] }[] }
).groups.flatMap((group) => group.rules);
export const ALERTS = rules.filter((rule): rule is AlertRule => 'alert' in rule);
export const RECORDS = rules.filter((rule): rule is RecordRule => 'record' in rule);
export const CASES = (parse(read('rules.test.yaml'), { maxAliasCount: -1 }) as { tests: RuleCase[] }).tests;
