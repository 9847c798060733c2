import { roundingNote } from '../../shared/dataset/rounding-note.js';
import { SmoothcertError } from '../../shared/errors.js';
import { DataSetReader } from './reader.js';
import { Auditor } from './auditor.js';
import { BatchFigures } from './batch-figures.js';
import { Drawer } from './drawer.js';
import { instrumentsOf, noisyRows, sourcesOf, type Trial } from './instruments.js';
import { canonicalJson, type Lattice } from '../../shared/job.js';
import { otherNoise } from '../../shared/other-noise.js';
import { endWithParent, refusalFor } from './child-life.js';
import type { FromChild, ToChild } from './messages.js';
import type { Disagreement } from '../model/batch/agreement.js';
import { prepareModel, type PreparedModel } from '../model/prepare-model.js';
import type { Preprocessing } from '../model/preprocess.js';
import { GENERATOR } from '../noise/noise-kernel.js';
import { probe, type Probe, type ProbeSource } from './probe.js';
import type { ChildSetup, Prepared } from './setup.js';

/**
 * The inference process: noise, session, votes. It knows shards and nothing of the job's claim. Ends with its
 * parent (the channel closes), and ignores signals, which a terminal sends to the whole process group.
 */
endWithParent();

const BEAT_EVERY_MS = 200;

let lastTold = 0;
let drawer: Drawer | null = null;
const outbox: FromChild[] = [];
const figures = new BatchFigures();

/** Sends to the parent, together with all other messages before the next batch blocks this process. */
function tell(message: FromChild): void {
  const now = performance.now();
  if (message.kind === 'beat' && now - lastTold < BEAT_EVERY_MS) return;
  lastTold = now;
  if (outbox.push(message) === 1)
    queueMicrotask(() => process.send?.([...outbox.splice(0), ...figures.take()]));
}

process.on('message', (raw) => {
  for (const message of raw as ToChild[]) act(message);
});

function act(message: ToChild): void {
  switch (message.kind) {
    case 'start':
      start(message.setup).catch(refuse);
      return;
    case 'draw':
      drawer?.add(message.id, message.shard, message.alone);
      return;
    case 'stop':
      drawer?.stop(message.images);
      return;
    case 'drain':
      drawer?.drain();
  }
}

async function start(setup: ChildSetup): Promise<void> {
  const data = await DataSetReader.open(setup.dataFile, setup.dataDigest, setup.dataChunks);
  const trials: Trial[] = [
    { images: setup.probeImages, extremes: true },
    { images: setup.probeImages, extremes: false },
    ...setup.probeImages.map((image) => ({ images: [image], extremes: false })),
  ];
  for (const trial of trials) {
    try {
      tell({ kind: 'ready', prepared: await prepareOn(setup, data, trial) });
      return;
    } catch (error) {
      const fails = error instanceof SmoothcertError && error.code === 'INFERENCE_FAILED';
      if (!fails || trial === trials.at(-1)) throw error;
    }
  }
}

/** Makes everything ready with noisy copies of these images. @throws INFERENCE_FAILED if the model fails on them */
async function prepareOn(setup: ChildSetup, data: DataSetReader, trial: Trial): Promise<Prepared> {
  let sources: ProbeSource[][] | null = null;
  const sourcesWith = async (preprocessing: Preprocessing) =>
    (sources ??= await sourcesOf(trial, data, preprocessing));
  const model = await prepareModel({
    modelPath: setup.modelFile,
    device: setup.device,
    layout: setup.layout,
    ...(setup.modelDigest === null ? {} : { expectedDigest: setup.modelDigest }),
    ...(setup.output === null ? {} : { output: setup.output }),
    ...(setup.batch === null ? {} : { batch: setup.batch }),
    imageShape: data.imageShape,
    normalisation: setup.normalisation,
    dataStep: data.step,
    noise: setup.noise,
    verifyRows: async (preprocessing) => {
      const sets = await sourcesWith(preprocessing);
      return Promise.all(sets.map((set) => noisyRows(setup, set, preprocessing)));
    },
  });
  try {
    const { preprocessing, description } = model;
    refuseOtherNoise(setup, description.lattice);
    refuseOtherBatch(setup, description.batch);
    const instruments = await instrumentsOf(setup, data, model);
    const found = await probe(instruments, await sourcesWith(preprocessing), description.tolerance);
    refuseCrossTalk(found.apart, description.batch);
    const terms = { share: setup.auditShare, scale: found.scale, tolerance: description.tolerance };
    drawer = new Drawer(instruments, tell, new Auditor(instruments, terms), figures);
    return describe(model, data, found);
  } catch (error) {
    await model.release();
    throw error;
  }
}

/**
 * A child that draws must run the batch of the job. It settles on another one only where its device computes other
 * scores than the one that chose the batch, so that it cannot be verified here.
 */
function refuseOtherBatch({ modelDigest, batch: ofJob }: ChildSetup, batch: number): void {
  if (modelDigest === null || ofJob === null || batch === ofJob) return;
  throw new SmoothcertError(
    'FINGERPRINT_MISMATCH',
    `The model can only be run at batch ${batch} here, and the job was begun at batch ${ofJob}: near-ties could be voted differently.`,
    'Resume where the job began, or certify into a new folder.',
  );
}

/** Refuses a job whose samples another generator drew, or on another lattice: theirs and ours would be of two laws. */
function refuseOtherNoise({ noise }: ChildSetup, ours: Lattice): void {
  const { drawn } = noise;
  if (drawn === null) return;
  const { generator, version, lattice } = drawn;
  const isOurs = generator === GENERATOR.name && version === GENERATOR.version;
  if (isOurs && lattice !== undefined && canonicalJson(lattice) === canonicalJson(ours)) return;
  throw otherNoise(drawn);
}

/**
 * Votes are only votes if each depends on its own row: a model whose rows influence each other is no classifier of
 * single images, and its counts would bound nothing. What may change is rounding, no more.
 */
function refuseCrossTalk({ excess }: Disagreement, batch: number): void {
  if (excess <= 1) return;
  throw new SmoothcertError(
    'MODEL_OUTPUT_UNSUPPORTED',
    `The model's scores for an image change with the other images of its batch of ${batch}, or from run to run.`,
    'Export it in evaluation mode, without randomness, with a free batch or a batch of 1.',
  );
}

function describe({ description }: PreparedModel, data: DataSetReader, found: Probe): Prepared {
  const { modelDigest, layout, output, classes, batch, batchNote, numericClass, lattice } = description;
  const { fingerprint, steady, batchMs } = found;
  return {
    modelDigest,
    layout,
    output,
    classes,
    batch,
    batchNote,
    roundingNote: roundingNote(data.lattice),
    numericClass,
    fingerprint,
    steady,
    batchMs,
    generator: GENERATOR,
    lattice,
  };
}

function refuse(error: unknown): void {
  tell(refusalFor(error));
}
