import { SmoothcertError } from '../shared/errors.js';
import { DataSetReader } from './data/reader.js';
import { Drawer, type Instruments } from './drawer.js';
import type { FromChild, ToChild } from './messages.js';
import type { Disagreement } from './model/agreement.js';
import type { InputPlan } from './model/layout.js';
import { prepareModel, type PreparedModel } from './model/prepare.js';
import type { Preprocessing } from './model/preprocess.js';
import { VERIFY_ROWS } from './model/verify-batch.js';
import { NoiseKernel } from './noise/generator.js';
import { PROBE_SAMPLES, probe, type Probe, type ProbeSource } from './probe.js';
import type { ChildSetup, Prepared } from './setup.js';

/**
 * The inference process: noise, session, votes. It knows shards and nothing of the job's claim. Ends with its
 * parent (the channel closes), never by a signal meant for the terminal's whole process group.
 */
process.on('disconnect', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);

const BEAT_EVERY_MS = 200;
const BASES_KEPT = 8;

let lastTold = 0;
let drawer: Drawer | null = null;
const outbox: FromChild[] = [];

/** Tells the parent, in one message with all else that is told before the next batch blocks this process. */
function tell(message: FromChild): void {
  const now = performance.now();
  if (message.kind === 'beat' && now - lastTold < BEAT_EVERY_MS) return;
  lastTold = now;
  if (outbox.push(message) === 1) queueMicrotask(() => process.send?.(outbox.splice(0)));
}

process.on('message', (raw) => {
  for (const message of raw as ToChild[]) obey(message);
});

function obey(message: ToChild): void {
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
  const data = await DataSetReader.open(setup.dataFile);
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

/** What model and batch are tried on. */
interface Trial {
  readonly images: readonly number[];
  /** Whether a black and a white image are among them: neighbours that show best if rows influence each other. */
  readonly extremes: boolean;
}

/** Makes everything ready with noisy copies of these images. @throws INFERENCE_FAILED if the model fails on them */
async function prepareOn(setup: ChildSetup, data: DataSetReader, trial: Trial): Promise<Prepared> {
  const model = await prepareModel({
    ...{ modelPath: setup.modelFile, device: setup.device, layout: setup.layout },
    ...(setup.modelDigest === null ? {} : { expectedDigest: setup.modelDigest }),
    ...(setup.output === null ? {} : { output: setup.output }),
    ...(setup.batch === null ? {} : { batch: setup.batch }),
    ...{ imageShape: data.imageShape, normalisation: setup.normalisation, noiseScale: setup.scale },
    verifyRows: async (preprocessing, plan) =>
      noisyRows(setup, await sourcesOf(trial, data, preprocessing, plan), preprocessing, plan),
  });
  try {
    const { preprocessing, plan, description } = model;
    const instruments = await instrumentsOf(setup, data, model);
    const sources = await sourcesOf(trial, data, preprocessing, plan);
    const found = await probe(instruments, sources, description.tolerance);
    refuseCrossTalk(found.apart, description.batch);
    drawer = new Drawer(instruments, tell);
    return describe(model, found);
  } catch (error) {
    await model.release();
    throw error;
  }
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

async function sourcesOf(
  { images, extremes }: Trial,
  data: DataSetReader,
  preprocessing: Preprocessing,
  { dimension }: InputPlan,
): Promise<ProbeSource[]> {
  const sources: ProbeSource[] = [];
  for (const image of images) {
    sources.push({ image, base: preprocessing.baseOf(await data.readPixels(image)) });
  }
  if (!extremes) return sources;
  const flat = (level: number) => preprocessing.baseOf(new Float32Array(dimension).fill(level));
  const image = images[0]!;
  return [{ image, base: flat(0) }, ...sources, { image, base: flat(1) }];
}

function describe({ description }: PreparedModel, found: Probe): Prepared {
  const { modelDigest, layout, output, classes, batch, batchNote, numericClass } = description;
  const { fingerprint, steady, batchMs } = found;
  return {
    modelDigest,
    layout,
    output,
    classes,
    batch,
    batchNote,
    numericClass,
    fingerprint,
    steady,
    batchMs,
  };
}

/** Noise, pixels and model for one job. The last few images are kept as the model wants them. */
async function instrumentsOf(
  setup: ChildSetup,
  data: DataSetReader,
  model: PreparedModel,
): Promise<Instruments> {
  const { description, preprocessing } = model;
  const { batch, classes, dimension } = description;
  const seed = BigInt(setup.seed);
  const kernel = await NoiseKernel.create({ dimension, batch, seed, gain: preprocessing.gain });
  const bases = new Map<number, Float32Array>();
  let current: Float32Array | null = null;
  return {
    batch,
    classes,
    run: () => model.run(kernel.input),
    async baseOf(image) {
      const known = bases.get(image);
      if (known) return known;
      const base = preprocessing.baseOf(await data.readPixels(image));
      if (bases.size >= BASES_KEPT) bases.delete(bases.keys().next().value!);
      bases.set(image, base);
      return base;
    },
    draw(base, row, image, firstSample, count) {
      if (base !== current) kernel.setImage(base);
      current = base;
      kernel.draw(row, image, firstSample, count);
    },
  };
}

/** Noisy copies, the sources in turns, on which a batch is compared with the model's own. */
async function noisyRows(
  setup: ChildSetup,
  sources: readonly ProbeSource[],
  { gain }: Preprocessing,
  { dimension }: InputPlan,
): Promise<Float32Array> {
  const seed = BigInt(setup.seed);
  const kernel = await NoiseKernel.create({ dimension, batch: VERIFY_ROWS, seed, gain });
  for (let row = 0; row < VERIFY_ROWS; row++) {
    const { base, image } = sources[row % sources.length]!;
    kernel.setImage(base);
    kernel.draw(row, image, PROBE_SAMPLES + row, 1);
  }
  return kernel.input.slice();
}

function refuse(error: unknown): void {
  if (error instanceof SmoothcertError) {
    tell({ kind: 'refused', code: error.code, message: error.message, remedy: error.remedy });
  } else {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${words}\n`);
    const message = `The inference process could not start: ${words.split('\n')[0] ?? ''}.`;
    tell({
      kind: 'refused',
      code: 'INTERNAL',
      message,
      remedy: 'Run again with --verbose and report what it prints.',
    });
  }
}
