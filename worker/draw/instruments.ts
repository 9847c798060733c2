import type { DataSetReader } from './reader.js';
import type { Instruments } from './drawer.js';
import type { PreparedModel } from '../model/prepare-model.js';
import type { Preprocessing } from '../model/preprocess.js';
import { VERIFY_ROWS, type NoisyRows } from '../model/batch/verify-batch.js';
import { NoiseKernel } from '../noise/noise-kernel.js';
import { PROBE_SAMPLES, type ProbeSource } from './probe.js';
import type { ChildSetup } from './setup.js';
import { nearestPoint } from '../../shared/dataset/fraction.js';

const BASES_KEPT = 8;

/** Noise, pixels and model for one job. The last few images are kept as the model wants them. */
export async function instrumentsOf(
  setup: ChildSetup,
  data: DataSetReader,
  model: PreparedModel,
): Promise<Instruments> {
  const { description, preprocessing } = model;
  const { batch, classes } = description;
  const kernel = await kernelOf(setup, preprocessing, batch);
  const bases = new Map<number, Int32Array>();
  let current: Int32Array | null = null;
  return {
    batch,
    classes,
    run: () => model.run(kernel.input),
    async baseOf(image) {
      const known = bases.get(image);
      if (known) return known;
      const base = preprocessing.pointsOf(await data.readValues(image));
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

/** Creates the noise of one job, for runs of `batch` rows. */
function kernelOf(
  { seed, noise }: ChildSetup,
  { gain, shift, noise: { lattice } }: Preprocessing,
  batch: number,
): Promise<NoiseKernel> {
  const { dimension, ratio } = lattice;
  return NoiseKernel.create({ dimension, batch, seed: BigInt(seed), kind: noise.kind, ratio, gain, shift });
}

/** The images that model and batch are tried on. */
export interface Trial {
  readonly images: readonly number[];
  /** True if a black and a white image are tried, too: neighbours that show best if rows influence each other. */
  readonly extremes: boolean;
}

/**
 * Returns what model and batch are tried on, as the model wants it: the images among a row of zeros and a row of ones (black and white) if the
 * trial says so, and the images alone. A model may behave where it sees a black or a white row, and misbehave elsewhere.
 */
export async function sourcesOf(
  { images, extremes }: Trial,
  data: DataSetReader,
  preprocessing: Preprocessing,
): Promise<ProbeSource[][]> {
  const sources: ProbeSource[] = [];
  for (const image of images) {
    sources.push({ image, base: preprocessing.pointsOf(await data.readValues(image)) });
  }
  if (!extremes) return [sources];
  const { dimension } = preprocessing.noise.lattice;
  const flat = (level: number) => preprocessing.pointsOf(new Int32Array(dimension).fill(level));
  const image = images[0]!;
  const one = { image, base: flat(nearestPoint(1, data.step)) };
  return [[{ image, base: flat(0) }, ...sources, one], sources];
}

/** Makes the noisy copies, the sources in turns, on which a batch is compared with the model's own. */
export async function noisyRows(
  setup: ChildSetup,
  sources: readonly ProbeSource[],
  preprocessing: Preprocessing,
): Promise<NoisyRows> {
  const kernel = await kernelOf(setup, preprocessing, VERIFY_ROWS);
  for (let row = 0; row < VERIFY_ROWS; row++) {
    const { base, image } = sources[row % sources.length]!;
    kernel.setImage(base);
    kernel.draw(row, image, PROBE_SAMPLES + row, 1);
  }
  return { rows: kernel.input.slice(), sources: sources.length };
}
