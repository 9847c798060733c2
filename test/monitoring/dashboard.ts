import { read } from './files.js';

/** A query of the dashboard, and where it stands. */
export interface Query {
  readonly where: string;
  readonly expr: string;
  /** How its lines are named, by labels. */
  readonly legend: string;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  /** Of rows. */
  readonly collapsed?: boolean;
  readonly panels?: readonly Panel[];
  readonly targets?: readonly {
    readonly expr: string;
    readonly legendFormat: string;
    readonly refId: string;
  }[];
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { name: string; expr: string; textFormat: string }[] };
  readonly templating: { readonly list: readonly { name: string; type: string; definition?: string }[] };
}

export const DASHBOARD = JSON.parse(read('dashboard.json')) as Dashboard;
export const PANELS: readonly Panel[] = DASHBOARD.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);

/** Returns the selector and the label that fill a variable of the dashboard: label_values(selector, label). */
const filledBy = (definition: string) => /^label_values\((.*), (\w+)\)$/.exec(definition)!;

export const QUERIES: readonly Query[] = [
  ...PANELS.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat, refId }) => ({
      where: `${title} ${refId}`,
      expr,
      legend: legendFormat,
    })),
  ),
  ...DASHBOARD.annotations.list.map(({ name, expr, textFormat }) => ({
    where: name,
    expr,
    legend: textFormat,
  })),
  ...DASHBOARD.templating.list.flatMap(({ name, definition }) => {
    if (definition === undefined) return [];
    const [, selector, label] = filledBy(definition);
    return [{ where: `variable ${name}`, expr: `group by (${label}) (${selector})`, legend: `{{${label}}}` }];
  }),
];

/** As Grafana asks Prometheus with "All" chosen everywhere. @param interval for `$__rate_interval` */
export const asAsked = (expr: string, interval: string): string =>
  expr.replaceAll('$__rate_interval', interval).replaceAll(/\$(cluster|job|instance)\b/g, '.*');
