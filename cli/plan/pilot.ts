import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { SmoothcertError } from '../../shared/errors.js';
import { storageError, writeAtomically } from '../../shared/files.js';
import { parseCohenTable } from '../../analysis/cohen/cohen-table.js';
import { certify } from '../certify/certify.js';
import { CERTIFY } from '../certify/certify-verb.js';
import { certifyConfig, type CertifyConfig } from '../certify/certify-flags.js';
import { PILOT_FILE, refuseOtherThanPilot } from '../certify/pilot-folder.js';
import type { RunTeller } from '../certify/run-teller.js';
import { parsedCall } from '../command/parsed-call.js';
import { flagName, type Flag } from '../command/flag.js';
import { EXIT } from '../command/exit.js';
import type { PlanConfig } from './plan-config.js';
import { PILOT, PLAN_GROUPS } from './plan-flags.js';
import type { ReadSource } from './plan-source.js';
import { readSource } from './read-source.js';

/** Samples of the pilot that choose the class. */
const SELECTION = 100;

const MARK =
  'The votes in this folder were drawn by smoothcert plan --pilot to choose a number of samples. No certificate may be made of them.';

interface Interruptible {
  readonly interrupt: AbortSignal;
  /** Returns what is told of the drawing. */
  readonly tellerOf: (pilot: CertifyConfig) => RunTeller;
}

/**
 * Draws a pilot into a folder of its own, or resumes it, and returns its images and the rate. Its seed is drawn at random, so that its noise is
 * that of no later certificate. Null: it was interrupted.
 *
 * @throws as `certify`; JOB_DIFFERS if the folder holds certificates, or the pilot of another model
 */
export async function drawPilot(
  config: PlanConfig,
  folder: string,
  { interrupt, tellerOf }: Interruptible,
): Promise<ReadSource | null> {
  refuseOtherThanPilot(folder);
  const call = await parsedCall(CERTIFY, pilotArguments(config, folder), interrupt);
  const asked = certifyConfig(call.values());
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw storageError(error, folder);
  });
  await writeAtomically(path.join(folder, PILOT_FILE), `${JSON.stringify({ pilot: MARK })}\n`);
  const pilot = { ...asked, pilot: true, report: false } as const;
  const code = await certify(pilot, interrupt, tellerOf(pilot)).catch((error: unknown) => {
    throw otherPilot(error);
  });
  if (code === EXIT.interrupted) return null;
  const read = await readSource(folder, config);
  return { ...read, rate: await rateOf(folder, asked.processes) };
}

/** Returns the error of a folder that holds the pilot of other values with what to do in `plan`; any other as it is. */
function otherPilot(error: unknown): unknown {
  if (!(error instanceof SmoothcertError) || error.code !== 'JOB_DIFFERS') return error;
  return new SmoothcertError(
    'JOB_DIFFERS',
    error.message,
    'For a pilot of these values give plan another folder with --out; with the values of before it uses the votes that are there.',
    { cause: error },
  );
}

/** Returns the arguments of `certify` for the pilot: what was typed of the model and the data, and the rule. */
function pilotArguments({ flags, alphas, quiet, json }: PlanConfig, folder: string): string[] {
  const declared: Readonly<Record<string, Flag>> = { ...PLAN_GROUPS[0].flags, ...PILOT.flags };
  const ofModel = Object.keys(PILOT.flags).filter((name) => name !== 'pilotSamples');
  const passed = ['sigma', 'noise', ...ofModel].flatMap((name) => {
    const value = flags[name as keyof typeof flags];
    const flag = flagName(name, declared[name]!);
    const isNegated = declared[name]!.argument === undefined && declared[name]!.negated === true;
    if (value === undefined || value === isNegated) return [];
    return typeof value === 'boolean' ? [flag] : [`${flag}=${value as string | number}`];
  });
  const alpha = alphas === null ? [] : ['--alpha', `${alphas[0]!}`];
  const rule = ['--stop', 'fixed', '--n0', `${SELECTION}`, '--max-samples', `${flags.pilotSamples}`];
  return [...passed, ...alpha, ...rule, '--out', folder, ...(quiet || json ? ['--quiet'] : [])];
}

/** Returns the samples a second of the pilot, from the seconds of noise and inference that its TSV has, on so many processes; null if it has none. */
async function rateOf(folder: string, processes: number): Promise<number | null> {
  const table = parseCohenTable(await readFile(path.join(folder, 'results.tsv'), 'utf8'));
  const rows = (await readFile(path.join(folder, 'results.jsonl'), 'utf8')).trim().split('\n');
  const samples = rows.reduce((sum, row) => sum + (JSON.parse(row) as { samples: number }).samples, 0);
  const seconds = table?.rows.reduce((sum, row) => sum + (row.seconds ?? 0), 0) ?? 0;
  return seconds > 0 ? (processes * samples) / seconds : null;
}
