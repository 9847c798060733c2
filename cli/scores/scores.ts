import path from 'node:path';
import { importDataSet } from '../../input/convert.js';
import { SmoothcertError } from '../../shared/errors.js';
import { writeAtomically } from '../../shared/files.js';
import { scaleOf } from '../../statistics/noises/scale.js';
import type { TrialOutcome } from '../../worker/trial/messages.js';
import { TrialProcess } from '../../worker/trial/trial-process.js';
import { resolveImages } from '../certify/drawing-setup.js';
import { indicesOf } from '../check/check-input.js';
import { EXIT } from '../command/exit.js';
import { inTemporaryFolder } from '../command/in-temporary-folder.js';
import { npyBytes } from './npy-bytes.js';
import { refuseLoss } from './scores-file.js';
import type { ScoresConfig } from './scores-flags.js';

/** Images that are asked for at a time. */
const IMAGES_AT_A_TIME = 256;

/** `smoothcert scores`. Resolves with the exit code. @throws SmoothcertError; no file is written then */
export async function scores(config: ScoresConfig, interrupt: AbortSignal): Promise<number> {
  await refuseLoss(config);
  return inTemporaryFolder('scores', interrupt, async (folder) => {
    const { values, rows, columns } = await scoresOf(config, path.join(folder, 'data.canonical'));
    await writeAtomically(config.out, npyBytes(values, rows, columns));
    return EXIT.done;
  });
}

/** Scores, [rows × columns]: a row an image, a column a class. */
interface Scores {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

async function scoresOf(config: ScoresConfig, canonical: string): Promise<Scores> {
  const { model, data, labels, features, noise, sigma, clip, bgr, output, device } = config;
  const drawn = { kind: noise, scale: scaleOf(noise, sigma) };
  const { file, count } = await importDataSet({
    data,
    into: canonical,
    range: config.images,
    lattice: { features, noiseScale: drawn.scale },
    reading: { clip, bgr },
    ...(labels === null ? {} : { labels }),
  });
  const images = indicesOf(resolveImages(config, count));
  const trial = new TrialProcess(new AbortController().signal);
  try {
    const about = { modelFile: model, output, device, dataFile: file, noise: drawn };
    await trial.start({ ...about, images: images.slice(0, 1) });
    return await run(config, trial, images);
  } finally {
    await trial.close();
  }
}

async function run(config: ScoresConfig, trial: TrialProcess, images: readonly number[]): Promise<Scores> {
  const { normalisation, layout } = config;
  // The data file has its channels in the order of --bgr already.
  const preprocessing = { normalisation, layout, reversed: false, transposed: false };
  const outcomes: TrialOutcome[] = [];
  for (let at = 0; at < images.length; at += IMAGES_AT_A_TIME) {
    const some = images.slice(at, at + IMAGES_AT_A_TIME);
    const outcome = await trial.outcomeOf({ preprocessing, images: some, copies: 0 });
    if (outcome instanceof SmoothcertError) throw outcome;
    outcomes.push(outcome);
  }
  const [{ classes }] = outcomes as [TrialOutcome];
  const values = new Float32Array(images.length * classes);
  outcomes.forEach((outcome, at) => values.set(outcome.scores, at * IMAGES_AT_A_TIME * classes));
  return { values, rows: images.length, columns: classes };
}
