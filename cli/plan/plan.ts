import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { storageError, writeAtomically } from '../../shared/files.js';
import { planFigures, type PlanShown } from '../../report/figures/plan-figures.js';
import { renderSvg } from '../../report/figures/render-svg.js';
import { PILOT_PART } from '../certify/pilot-folder.js';
import type { CertifyConfig } from '../certify/certify-flags.js';
import type { RunTeller } from '../certify/run-teller.js';
import { TerminalTeller } from '../certify/terminal-teller.js';
import { EXIT } from '../command/exit.js';
import { number } from '../results/summary-lines.js';
import type { PlanConfig } from './plan-config.js';
import { planOf } from './plan-of.js';
import type { OnePlan } from './one-plan.js';
import { drawPilot } from './pilot.js';
import { jsonOf, planCsv } from './plan-json.js';
import { planText } from './plan-table.js';
import { priorSource, readSources } from './sources.js';

/** `smoothcert plan`: reads or draws the images, computes what samples give, prints and writes it. Resolves with the exit code. @throws SmoothcertError */
export async function plan(config: PlanConfig, interrupt: AbortSignal): Promise<number> {
  // What is computed runs for seconds without a pause, in which no handler is called.
  if (config.source.kind !== 'pilot')
    interrupt.addEventListener('abort', () => process.exit(EXIT.interrupted));
  const plans = await plansOf(config, interrupt, (pilot) => new TerminalTeller(pilot, false));
  if (plans === null) return EXIT.interrupted;
  const documents = plans.map(jsonOf);
  if (config.json) {
    process.stdout.write(`${JSON.stringify(documents.length === 1 ? documents[0] : { plans: documents })}\n`);
  } else {
    process.stdout.write(plans.map(planText).join('\n'));
    if (config.out !== null)
      process.stdout.write(`\nplan.csv, plan.json and the figures are in ${config.out}.\n`);
  }
  return EXIT.done;
}

/**
 * Reads or draws the images, and computes and writes what is asked for. Resolves with a plan a source; null: it was interrupted.
 *
 * @param tellerOf returns what is told of the drawing of a pilot. @throws SmoothcertError
 */
export async function plansOf(
  config: PlanConfig,
  interrupt: AbortSignal,
  tellerOf: (pilot: CertifyConfig) => RunTeller,
): Promise<OnePlan[] | null> {
  const sources = await sourcesOf(config, interrupt, tellerOf);
  if (sources === null) return null;
  const tells = process.stderr.isTTY && !config.quiet && !config.json;
  const say = (line: string) => {
    if (tells) process.stderr.write(line);
  };
  const plans: OnePlan[] = [];
  for (const source of sources) {
    if (interrupt.aborted) return null;
    plans.push(await planOf(source, config, say));
  }
  if (config.out !== null) await writeFiles(config.out, plans);
  return plans;
}

function sourcesOf(
  config: PlanConfig,
  interrupt: AbortSignal,
  tellerOf: (pilot: CertifyConfig) => RunTeller,
) {
  const { source } = config;
  switch (source.kind) {
    case 'prior':
      return [priorSource(source.prior, config)];
    case 'files':
      return readSources(source.paths, config);
    case 'pilot':
      return drawPilot(config, path.join(config.out!, PILOT_PART), { interrupt, tellerOf }).then(
        (read) => read && [read],
      );
  }
}

/** Writes plan.csv, plan.json and the figures, each whole or not at all. @throws DISK_FULL, FOLDER_UNUSABLE */
async function writeFiles(folder: string, plans: readonly OnePlan[]): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw storageError(error, folder);
  });
  const documents = plans.map(jsonOf);
  const json = documents.length === 1 ? documents[0] : { plans: documents };
  await writeAtomically(path.join(folder, 'plan.json'), `${JSON.stringify(json, null, 2)}\n`);
  await writeAtomically(path.join(folder, 'plan.csv'), planCsv(plans));
  for (const [at, one] of plans.entries()) {
    for (const figure of planFigures(shownOf(one))) {
      const name = plans.length === 1 ? figure.name : `${figure.name}-${at + 1}`;
      await writeAtomically(path.join(folder, `${name}.svg`), renderSvg(figure));
    }
  }
}

function shownOf({ source, radii, compared, rows }: OnePlan): PlanShown {
  const { kind, name, labelled, images } = source;
  const of = {
    prior: `assumed: ${name}`,
    results: `of ${name}`,
    pilot: 'of a pilot',
    'cohen-tsv': `of ${name}`,
  }[kind];
  const fine = compared.length > 0;
  return {
    source: `${number(images)} images ${of}`,
    labelled,
    rows,
    radii: fine ? compared : radii,
    accuracyOf: ({ means }) => (fine ? means.compared : means.accuracy),
  };
}
