// Writes docs/metrics.md (or the file named as its argument) from the catalogue that dist/ has: `npm run reference`.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { DEFAULT_METRICS, METRICS } from '../dist/shared/telemetry/catalogue.js';

const document = fileURLToPath(new URL('../docs/metrics.md', import.meta.url));

const HEAD = `# Metrics

<!-- Written by npm run reference from shared/telemetry/catalogue.ts. Edit that. -->

\`coordinator\`, \`serve\` and \`worker\` show what they do as Prometheus reads it, without a token:

\`\`\`sh
curl 127.0.0.1:9464/metrics   # a coordinator, or serve, which shows the metrics of both
curl 127.0.0.1:9465/metrics   # a worker
\`\`\`

Each listens at its \`--http\`. Of several workers on one machine the first has port 9465. The others take a free port, which their log names, unless
\`--http\` names one.

Counters begin at 0 with their process: use \`rate\` and \`increase\`. What a coordinator reads back from a ledger, after a restart or when
it takes over, was counted by the one that folded it first and is not counted again; records that came while no coordinator ran are
counted by nobody. Totals of a job are in \`smoothcert job\`, not here: no metric has a job, an image or a worker among its labels.
All series whose labels have the values listed here are there from the start. No decision depends on a metric.
`;

const cell = (text) => text.replaceAll(/[|<*_]/g, '\\$&');
const code = (text) => `\`${text}\``;

/** A label with its values; those of one without are known only when the process runs. */
const labelOf = ([label, values]) =>
  values === null ? code(label) : `${code(label)}: ${values.map(code).join(', ')}`;

const rowOf = ([name, { kind, labels = {}, help }]) =>
  `| ${code(name)} | ${kind} | ${Object.entries(labels).map(labelOf).join('; ')} | ${cell(help)} |`;

function sectionOf(title, roles) {
  const rows = Object.entries(METRICS).filter(([, metric]) => metric.roles.join() === roles.join());
  return [
    `## ${title}`,
    ['| name | kind | labels | meaning |', '| - | - | - | - |', ...rows.map(rowOf)].join('\n'),
  ];
}

const histograms = Object.entries(METRICS).filter(([, { kind }]) => kind === 'histogram');
const bucketsOf = ([name, { buckets }]) => `- ${code(name)}: ${buckets.join(', ')}`;

const text = [
  HEAD,
  ...sectionOf('Every process', ['coordinator', 'worker']),
  ...sectionOf('Coordinator', ['coordinator']),
  ...sectionOf('Worker', ['worker']),
  '## Buckets',
  'Upper ends of the buckets of the histograms, in seconds:',
  histograms.map(bucketsOf).join('\n'),
  '## Of Node',
  `Beside these there are the usual ones of a process in Node, of its CPU, memory, file handles, event loop and garbage collection, among
them ${DEFAULT_METRICS.map(code).join(', ')}.`,
].join('\n\n');
const style = await resolveConfig(document);
writeFileSync(process.argv[2] ?? document, await format(text, { ...style, filepath: document }));
