import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { parse, stringify } from 'yaml';

import { METRICS } from '../../shared/telemetry/catalogue.js';
import { hasPrometheus, runPromtool } from '../harness/prometheus.js';
import { DASHBOARD, PANELS, QUERIES, asAsked } from './dashboard.js';
import { MONITORING, RECORDS, read } from './files.js';
import { askedBy, known, mistakesIn } from './promql.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

/** The dashboard asks for what exists. Grafana is not run: it is in none of Debian's packages. */

const EXISTING = known(RECORDS.map(({ record }) => record));

describe('every query of the dashboard', () => {
  test.each(QUERIES.map(({ where, expr }) => [where, expr]))('%s asks for what exists', (_, expr) => {
    const mistakes = mistakesIn(asAsked(expr, '1m'), EXISTING);
    expect(mistakes).toEqual([]);
  });

  test.each(QUERIES.map(({ where, expr, legend }) => [where, expr, legend]))(
    '%s: its names',
    (_, expr, legend) => {
      const labels = new Set(askedBy(expr).flatMap(({ metric }) => Object.keys(EXISTING.get(metric) ?? {})));
      for (const [, label] of legend.matchAll(/\{\{(\w+)\}\}/g)) expect(labels).toContain(label);
    },
  );

  it.runIf(hasPrometheus)('is PromQL', async () => {
    using folder = new TemporaryFolder();
    const check = async (expressions: readonly string[]) => {
      const rules = expressions.map((expr, at) => ({ record: `dashboard:${at}`, expr }));
      await writeFile(folder.file('rules.yaml'), stringify({ groups: [{ name: 'dashboard', rules }] }));
      return await runPromtool(['check', 'rules', folder.file('rules.yaml')]);
    };
    const { code, output } = await check(QUERIES.map(({ expr }) => asAsked(expr, '1m')));
    expect(code, output).toBe(0);
    expect(output).toContain(`${QUERIES.length} rules found`);
    expect((await check(['sum by (a) rate(b)'])).code).not.toBe(0);
  });
});

describe('the dashboard', () => {
  it('shows every metric of the catalogue', () => {
    const shown = new Set(QUERIES.flatMap(({ expr }) => askedBy(expr)).map(({ metric }) => metric));
    for (const { expr } of RECORDS) for (const { metric } of askedBy(expr)) shown.add(metric);
    const bare = new Set([...shown].map((metric) => metric.replace(/_(bucket|sum|count)$/, '')));
    expect(Object.keys(METRICS).filter((name) => !bare.has(name))).toEqual([]);
  });

  it('has panels with numbers of their own, side by side', () => {
    expect(new Set(PANELS.map(({ id }) => id)).size).toBe(PANELS.length);
    // Those of a collapsed row are placed when it is opened, below it.
    for (const beside of [DASHBOARD.panels, ...DASHBOARD.panels.map(({ panels = [] }) => panels)]) {
      const cells = beside.flatMap(({ gridPos: { x, y, w, h } }) => {
        expect(x + w).toBeLessThanOrEqual(24);
        return Array.from({ length: w * h }, (_, k) => `${x + (k % w)},${y + Math.floor(k / w)}`);
      });
      expect(new Set(cells).size).toBe(cells.length);
    }
  });

  it('begins with the jobs and with what is wrong; its other rows are collapsed', () => {
    const rows = PANELS.filter(({ type }) => type === 'row');
    const titles = (panels: typeof rows) => panels.map(({ title }) => title);
    const open = rows.filter(({ collapsed }) => collapsed === false);
    expect(titles(open)).toEqual(['Jobs and decisions', 'Is it healthy?']);
    expect(titles(rows.slice(0, 2))).toEqual(titles(open));
    for (const { panels = [] } of rows.slice(2)) expect(panels.length).toBeGreaterThan(0);
    expect(rows).toHaveLength(7);
  });

  it('chooses by what is few: cluster, role, process', () => {
    const names = DASHBOARD.templating.list.map(({ name }) => name);
    expect(names).toEqual(['datasource', 'cluster', 'job', 'instance']);
    const used = new Set(QUERIES.flatMap(({ expr }) => expr.match(/\$[a-z]\w*/g) ?? []));
    expect([...used].sort()).toEqual(['$cluster', '$instance', '$job']);
  });
});

it('the files that Grafana reads at its start are whole', () => {
  const files = readdirSync(path.join(MONITORING, 'grafana/provisioning'), {
    recursive: true,
    encoding: 'utf8',
  });
  const yaml = files.filter((file) => file.endsWith('.yaml')).sort();
  expect(yaml).toEqual(['dashboards/smoothcert.yaml', 'datasources/prometheus.yaml']);
  const [dashboards, datasources] = yaml.map((file) => parse(read('grafana/provisioning', file)) as object);
  expect(dashboards).toMatchObject({
    apiVersion: 1,
    providers: [{ type: 'file', options: { path: '/var/lib/grafana/dashboards' } }],
  });
  expect(datasources).toMatchObject({
    apiVersion: 1,
    datasources: [{ type: 'prometheus', isDefault: true }],
  });
});
