import { FileLedger } from '../../adapters/local/file-ledger.js';
import type { Job } from '../../shared/job.js';
import { jobDigest } from '../../shared/job.js';
import { replay } from '../../coordinator/run/replay.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import { jobOf } from '../../coordinator/core/job-of.js';
import { askChild } from '../../worker/draw/ask-child.js';
import type { DrawingFigures } from '../../worker/draw/drawing-figures.js';
import { Pool, fingerprintMismatch } from '../../worker/draw/pool.js';
import type { ChildSetup, Prepared } from '../../worker/draw/setup.js';
import type { CertifyConfig } from './certify-flags.js';
import { scaleOf } from '../../statistics/noises/scale.js';
import type { JobImages } from '../../shared/job-spec.js';
import { oneLine } from '../../shared/safe-text.js';
import { importDataSet, type ImportedDataSet } from '../../input/convert.js';
import { indicesOf, quickCheck, type QuickNote } from '../check/check-input.js';
import { EXIT } from '../command/exit.js';
import { DecidedImages } from './decided-images.js';
import { readClassNames, requireClassNames } from './class-names.js';
import { nameClasses, readNotedJob, refuseRemains, writeJobFile } from './job-file.js';
import { writeImagesFile } from './images-file.js';
import { notesOf, originOf } from './notes-of-job.js';
import { requireClaimOf } from './job-config.js';
import { refuseOtherJob } from './other-job.js';
import { OutputFolder } from './output-folder.js';
import { randomSeed, resolveImages, settledSetup, setupOf } from './drawing-setup.js';
import { readFold } from './progress-line.js';
import { writeReport } from '../report/announce-report.js';
import type { RunTeller } from './run-teller.js';
import { refuseRefuted, refusingRefuted, writeResults, writeTopkRows } from '../results/write-results.js';
import { runJob } from './run-job.js';
import { summarizeJob } from '../results/job-summary.js';
import { refuseRowsWithoutLabels } from '../results/topk-file.js';

/** A job with its data and its model, read and checked. */
interface Opened {
  readonly job: Job;
  readonly data: ImportedDataSet;
  readonly classes: readonly string[] | null;
  /** Remarks on model, data and claim, a sentence each. */
  readonly notes: readonly string[];
  readonly setup: ChildSetup;
  readonly prepared: Prepared;
}

/**
 * `smoothcert certify` and `predict`: checks the input, begins or resumes the job of the folder, draws, writes the results.
 * Resolves with the exit code. @throws SmoothcertError; the folder is then as it was found, or resumable
 */
export async function certify(
  config: CertifyConfig,
  interrupt: AbortSignal,
  teller: RunTeller,
): Promise<number> {
  const folder = await OutputFolder.open(config.out, config.pilot);
  try {
    const opened = await openUnlessLeft(config, folder, interrupt, teller);
    if (opened === null) return EXIT.interrupted;
    folder.begun = true;
    return await run(config, folder, opened, interrupt, teller);
  } finally {
    folder.close();
  }
}

/** As `open`. Resolves with null if it was interrupted, if the teller does not end the process before. */
async function openUnlessLeft(
  config: CertifyConfig,
  folder: OutputFolder,
  interrupt: AbortSignal,
  teller: RunTeller,
): Promise<Opened | null> {
  const leave = () => {
    if (teller.exit === null) return;
    folder.close();
    teller.left();
    teller.exit();
  };
  interrupt.addEventListener('abort', leave);
  if (interrupt.aborted) leave();
  try {
    interrupt.throwIfAborted();
    return await open(config, folder, interrupt, teller);
  } catch (error) {
    if (!interrupt.aborted) throw error;
    teller.left();
    return null;
  } finally {
    interrupt.removeEventListener('abort', leave);
  }
}

/** Reads and checks everything; begins the job or finds it to be the folder's. @throws also the reason of `signal`; then no job has begun */
async function open(
  config: CertifyConfig,
  folder: OutputFolder,
  signal: AbortSignal,
  teller: RunTeller,
): Promise<Opened> {
  const noted = await readNotedJob(folder.path);
  const theirs = noted?.job ?? null;
  if (!theirs) await refuseRemains(folder);
  const named = config.classNames === null ? null : await readClassNames(config.classNames);
  const { labels, features, noise, sigma, clip, bgr } = config;
  const data = await importDataSet({
    data: config.data,
    into: folder.dataFile,
    range: config.images,
    lattice: { features, noiseScale: scaleOf(noise, sigma) },
    reading: { clip, bgr },
    signal,
    ...(labels === null ? {} : { labels }),
  });
  const images = resolveImages(config, data.count);
  const command = config.stop.kind === 'predict' ? 'predict' : 'certify';
  requireClaimOf(config, images, command);
  const seed = config.seed ?? theirs?.draw.seed ?? randomSeed();
  const setup = setupOf(config, folder.dataFile, seed, images);
  const checked = theirs === null ? images : null;
  const { prepared, note } = await prepare(config, setup, data, checked, { signal, teller });
  signal.throwIfAborted();
  if (named !== null) requireClassNames(named, prepared.classes);
  const classes = named ?? data.classNames ?? noted?.about.classes ?? null;
  const job = jobOf({ ...config, seed }, data.digest, images, prepared);
  if (config.topkRows) refuseRowsWithoutLabels(job, data.labels);
  const notes = notesOf(job, prepared, data, note);
  if (theirs) {
    refuseOtherJob(folder.path, theirs, job, command);
    await nameClasses(folder.path, classes);
  } else await writeJobFile(folder.path, job, { ...originOf(config, job, classes), notes });
  await writeImagesFile(folder.path, images, data);
  teller.begun({
    begun: {
      news: 'begun',
      out: config.out,
      job: jobDigest(job),
      seed,
      images: indicesOf(images).length,
      resumed: theirs !== null,
    },
    notes: config.imagesNote === null ? notes : [config.imagesNote, ...notes],
    seedIsNew: theirs === null && config.seed === null,
  });
  return { job, data, classes, notes, setup: settledSetup(setup, job), prepared };
}

/** Asks a child what the model is like. Meanwhile the input of a new job is checked. @param images of the new job; null of an old one */
async function prepare(
  config: CertifyConfig,
  setup: ChildSetup,
  data: ImportedDataSet,
  images: JobImages | null,
  { signal, teller }: { readonly signal: AbortSignal; readonly teller: RunTeller },
): Promise<{ prepared: Prepared; note: QuickNote | null }> {
  const ended = new AbortController();
  const until = AbortSignal.any([ended.signal, signal]);
  const tell = (line: string) => teller.detail(oneLine(line));
  const check =
    config.check && images !== null
      ? quickCheck(config, data, indicesOf(images), { strict: config.strict, tell, signal: until })
      : Promise.resolve(null);
  try {
    const [prepared, note] = await Promise.all([askChild(setup, { signal }), check]);
    return { prepared, note };
  } finally {
    ended.abort();
  }
}

async function run(
  config: CertifyConfig,
  folder: OutputFolder,
  opened: Opened,
  interrupt: AbortSignal,
  teller: RunTeller,
): Promise<number> {
  const { job, data, classes, notes } = opened;
  const ledger = await FileLedger.open(folder.file('ledger'), jobDigest(job));
  try {
    const fold = new JobFold(job);
    const names = { files: data.files, classes };
    const decided = new DecidedImages(
      fold,
      { labelOf: (image) => data.labels?.[image] ?? null, names },
      teller,
    );
    await replay(fold, ledger, decided.folded);
    decided.tellEarlier();
    const before = { at: performance.now(), samples: fold.tally.samples };
    const drawn = () => draw({ config, fold, ledger, opened, interrupt, decided, teller });
    const figures = fold.isDone() ? null : await refusingRefuted(folder.path, fold, ledger, drawn);
    await ledger.sync();
    await refuseRefuted(folder.path, fold);
    const seconds = (performance.now() - before.at) / 1000;
    await writeResults(folder.path, fold, data.labels, names);
    if (config.topkRows && fold.isDone()) await writeTopkRows(folder.path, fold, data.labels!);
    const samples = fold.tally.samples - before.samples;
    const summary = summarizeJob(fold, data.labels, { seconds, samples, figures });
    const conclusion = { fold, notes, summary };
    teller.results(conclusion);
    if (fold.isDone() && config.report) teller.report(await writeReport(folder.path, folder.dataFile));
    teller.ended(conclusion);
    if (!fold.isDone()) return EXIT.interrupted;
    return Object.keys(summary.failed).length > 0 ? EXIT.failedImages : EXIT.done;
  } finally {
    await ledger.close();
  }
}

interface Drawing {
  readonly config: CertifyConfig;
  readonly fold: JobFold;
  readonly ledger: FileLedger;
  readonly opened: Opened;
  readonly interrupt: AbortSignal;
  readonly decided: DecidedImages;
  readonly teller: RunTeller;
}

async function draw(drawing: Drawing): Promise<DrawingFigures> {
  const { config, fold, ledger, opened, interrupt: signal, decided, teller } = drawing;
  const { setup } = opened;
  const { fingerprint } = opened.prepared;
  const same = fold.job.draw.numeric === 'same';
  if (same && fold.fingerprint !== null && fold.fingerprint !== fingerprint) throw fingerprintMismatch();
  const drawn = teller.drawing(readFold(fold));
  const onDeath = (how: string, stderrTail: string) =>
    teller.detail(`An inference process ended (${how}). ${stderrTail}`);
  const { processes, hangMs } = config;
  const pool = new Pool({ processes, setup, hangMs, fingerprint: same ? fingerprint : null, onDeath });
  try {
    await runJob({ fold, ledger, pool, processes, fingerprint, signal, onFolded: decided.folded });
  } finally {
    await pool.close();
    drawn();
  }
  return pool.figures;
}
