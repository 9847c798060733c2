import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { ROOT } from '../harness/command.js';
import { hasPrometheus, runPromtool } from '../harness/prometheus.js';
import { ALERTS, CASES, MONITORING, RECORDS, type RuleCase } from './files.js';
import { askedBy, known, mistakesIn } from './promql.js';

/** The rules ask for what exists, each alert is tested both ways, and tells an operator what to do. */

const METRICS = known(RECORDS.map(({ record }) => record));
const FIRING = 'count by (alertname) (ALERTS{alertstate="firing"})';
const names = ALERTS.map(({ alert }) => alert);

/** Alerts that a case expects at each of its times. */
const firingIn = (one: RuleCase): string[][] =>
  one.promql_expr_test.map(({ exp_samples: samples = [] }) =>
    samples.map(({ labels }) => /^\{alertname="(\w+)"\}$/.exec(labels)![1]!),
  );
const casesOf = (alert: string, which: 'fires' | 'is silent') =>
  CASES.filter(({ name }) => name.startsWith(`${alert} ${which}: `));

describe.runIf(hasPrometheus)('promtool', () => {
  it('accepts rules and configuration', async () => {
    const config = await runPromtool(['check', 'config', 'prometheus.yaml'], MONITORING);
    expect(config, config.output).toMatchObject({ code: 0 });
    expect(config.output).toContain(`${ALERTS.length + RECORDS.length} rules found`);
  });

  it('finds in every case what it expects', async () => {
    const { code, output } = await runPromtool(['test', 'rules', 'rules.test.yaml'], MONITORING);
    expect(code, output).toBe(0);
  });
});

describe('each rule', () => {
  test.each([...ALERTS, ...RECORDS].map((rule) => ['alert' in rule ? rule.alert : rule.record, rule.expr]))(
    '%s asks for metrics, labels and values that exist',
    (_, expression) => expect(mistakesIn(expression, METRICS)).toEqual([]),
  );

  test.each(RECORDS.map(({ record }) => record))('%s is named level:metric:operation, and tested', (name) => {
    expect(name).toMatch(/^cluster(_[a-z]+)*:smoothcert_[a-z_]+:[a-z0-9_]+$/);
    expect(CASES.some((one) => one.promql_expr_test.some(({ expr }) => expr.includes(name)))).toBe(true);
  });

  it('would be found out', () => {
    expect(mistakesIn('sum by (colour) (smoothcert_serving)', METRICS)).toEqual(['no label colour']);
    expect(mistakesIn('rate(smoothcert_served_total[5m]) > 0', METRICS)).toEqual([
      'no metric smoothcert_served_total',
    ]);
    expect(mistakesIn('smoothcert_jobs{state="runing"}', METRICS)).toEqual(['no state=runing']);
    expect(mistakesIn('smoothcert_jobs{device="cpu"}', METRICS)).toEqual([
      'smoothcert_jobs has no label device',
    ]);
    expect(mistakesIn('time() > 1', METRICS)).toEqual(['asks for no metric']);
  });
});

describe('each alert', () => {
  it('has a name of its own', () => expect(new Set(names).size).toBe(names.length));

  test.each(ALERTS.map((rule) => [rule.alert, rule] as const))('%s is for an operator', (alert, rule) => {
    expect(alert).toMatch(/^Smoothcert[A-Z]/);
    expect(['page', 'ticket']).toContain(rule.labels['severity']);
    expect(rule.annotations['summary']).toMatch(/^[A-Z].*\.$/);
    expect(rule.annotations['description']).toMatch(/\{\{ \$value.*\.$/);
    expect(rule.annotations['runbook_url']).toBe(
      `{{ with $externalLabels.runbooks }}{{ . }}{{ else }}docs/runbook.md{{ end }}#${alert.toLowerCase()}`,
    );
  });

  test.each(names)('%s has cases in which it fires, it alone and no sooner than it should', (alert) => {
    const cases = casesOf(alert, 'fires');
    expect(cases.length).toBeGreaterThan(0);
    for (const one of cases) {
      const firing = firingIn(one);
      expect(firing[0]).toEqual([]);
      expect(firing.at(-1)).toEqual([alert]);
    }
  });

  test.each(ALERTS.map(({ alert, expr }) => [alert, expr]))(
    '%s has cases in which all is silent',
    (alert, expr) => {
      const cases = casesOf(alert, 'is silent');
      expect(cases.length).toBeGreaterThan(0);
      const asked = askedBy(expr).flatMap(({ metric }) => underlying(metric));
      for (const one of cases) {
        expect(firingIn(one).flat()).toEqual([]);
        // It is about this alert: the series that it looks at are there.
        expect(one.input_series.some(({ series }) => asked.includes(series.split('{')[0]!))).toBe(true);
      }
    },
  );

  it('is asked for by every case in the same way', () => {
    const others = CASES.filter(({ name }) => !RECORDS.some(({ record }) => name.startsWith(record)));
    for (const one of others) {
      expect(names).toContain(one.name.split(' ')[0]);
      expect(new Set(one.promql_expr_test.map(({ expr }) => expr))).toEqual(new Set([FIRING]));
    }
  });
});

/** The metrics themselves of which a recording rule is made. */
function underlying(metric: string): string[] {
  const record = RECORDS.find((rule) => rule.record === metric);
  return record ? askedBy(record.expr).map((asked) => asked.metric) : [metric];
}

it('docs/runbook.md has a section for each alert, and no other', () => {
  const runbook = readFileSync(`${ROOT}docs/runbook.md`, 'utf8');
  const sections = [...runbook.matchAll(/^### (Smoothcert\w+)$/gm)].map(([, name]) => name);
  expect(sections).toEqual(names);
});
