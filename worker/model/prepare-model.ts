import { SmoothcertError } from '../../shared/errors.js';
import type { Fraction } from '../../shared/dataset/fraction.js';
import type { Device, Lattice, Layout, NoiseSpec, Normalisation } from '../../shared/job.js';
import { latticeOf } from '../../statistics/noises/lattice.js';
import { canonicalBatch } from './batch/canonical-batch.js';
import { toleranceOf } from './element-types.js';
import { freeBatch } from './onnx/free-batch.js';
import { resolveLayout, type InputPlan } from './layout.js';
import { readModel } from './onnx/model-file.js';
import { Preprocessing } from './preprocess.js';
import { numericClass } from './provider.js';
import { ModelSession } from './session.js';
import { verifyBatch, type BatchVerdict, type NoisyRows, type RunRows } from './batch/verify-batch.js';

export interface PrepareOptions {
  readonly modelPath: string;
  /** Digest (hex) that the model must have, weight files included; MODEL_DIGEST_MISMATCH otherwise. */
  readonly expectedDigest?: string;
  readonly device: Device;
  readonly deviceIndex?: number;
  readonly layout: Layout | 'auto';
  /** Output to take votes from; chosen if absent. */
  readonly output?: string;
  /** Rows a run; the canonical batch if absent. */
  readonly batch?: number;
  /** Shape of one image of the data. */
  readonly imageShape: readonly number[];
  readonly normalisation: Normalisation;
  /** Lattice step of the data. */
  readonly dataStep: Fraction;
  /** `scale` is in the units of the data. */
  readonly noise: Pick<NoiseSpec, 'kind' | 'scale'>;
  /** Returns sets of 32 noisy copies, made with the given preprocessing; a batch must hold on each set. */
  readonly verifyRows: (preprocessing: Preprocessing, plan: InputPlan) => Promise<readonly NoisyRows[]>;
}

/** Properties of a prepared model that the parent process uses; plain JSON. */
export interface PreparedDescription {
  readonly modelDigest: string;
  readonly numericClass: string;
  readonly input: string;
  readonly outputs: readonly string[];
  readonly output: string;
  readonly classes: number;
  readonly layout: Layout;
  readonly modelShape: readonly number[];
  readonly channels: number;
  readonly dimension: number;
  readonly lattice: Lattice;
  /** Rows of every run. */
  readonly batch: number;
  /** Batch that the file fixes; null if it is free. */
  readonly fixedBatch: number | null;
  /** True if the file's fixed batch was freed, so that `batch` differs from it. */
  readonly batchFreed: boolean;
  /** A sentence if the model runs at another batch than the canonical one; else null. */
  readonly batchNote: string | null;
  /** Largest change of a score by the batch, as a share of the model's scale; null if none was compared. */
  readonly batchDifference: number | null;
  /** By how much rounding alone may change a score, as a share of the model's scale (agreement.ts). */
  readonly tolerance: number;
}

/** A model that is ready to draw. */
export interface PreparedModel {
  readonly description: PreparedDescription;
  readonly plan: InputPlan;
  readonly preprocessing: Preprocessing;
  /** Computes scores [batch × classes] of an input [batch × dimension]. Blocks the event loop. @throws INFERENCE_FAILED */
  run(input: Float32Array): Promise<Float32Array>;
  release(): Promise<void>;
}

/** The model as it was given, at its own batch, with which every other batch is compared. */
interface Trusted {
  readonly session: ModelSession;
  readonly batch: number;
  readonly fixed: boolean;
  readonly classes: number;
}

/** The session and the batch that are used, and how they were found. */
interface Settled {
  readonly session: ModelSession;
  readonly batch: number;
  readonly freed: boolean;
  readonly note: string | null;
  readonly difference: number | null;
}

/**
 * Reads a model and decides everything that an inference process needs to draw: output, layout, normalisation, batch. A fixed
 * batch is freed, and any batch but the model's own is compared with it; if they differ, the model's own batch is used and
 * `batchNote` says so. @throws the MODEL_* errors, DEVICE_UNAVAILABLE and OPTION_INVALID
 */
export async function prepareModel(options: PrepareOptions): Promise<PreparedModel> {
  const { model, digest } = await readModel(options.modelPath, options.expectedDigest);
  const session = await ModelSession.open({ ...options, model });
  try {
    const [fixedBatch, ...rowShape] = session.description.inputShape;
    const plan = resolveLayout(rowShape, options.imageShape, options.layout);
    const { kind, scale } = options.noise;
    const noise = latticeOf(options.dataStep, kind, scale, plan.dimension);
    const preprocessing = new Preprocessing(plan, options.normalisation, noise);
    const trustedBatch = fixedBatch ?? 1;
    const classes = await session.learnClasses([trustedBatch, ...plan.modelShape]);
    const wanted = canonicalBatch({ dimension: plan.dimension, classes }, options.device, options.batch);
    const settled =
      wanted === trustedBatch
        ? { session, batch: wanted, freed: false, note: null, difference: null }
        : await settle(
            options,
            model,
            { session, batch: trustedBatch, fixed: fixedBatch !== null, classes },
            wanted,
            {
              plan,
              sets: await options.verifyRows(preprocessing, plan),
            },
          );
    if (settled.session !== session) await session.release();
    return prepared(options, digest, settled, {
      plan,
      preprocessing,
      classes,
      fixedBatch: fixedBatch ?? null,
    });
  } catch (error) {
    await session.release();
    throw error;
  }
}

/** Compares batch `wanted` with the trusted session, and returns the session and the batch to use. */
async function settle(
  options: PrepareOptions,
  model: Uint8Array,
  trusted: Trusted,
  wanted: number,
  { plan, sets }: { plan: InputPlan; sets: readonly NoisyRows[] },
): Promise<Settled> {
  const runOf =
    (session: ModelSession): RunRows =>
    (input, count) =>
      session.run(input, [count, ...plan.modelShape]);
  const candidate = trusted.fixed ? await openFreed(options, model, trusted) : trusted.session;
  const tolerance = toleranceOf(trusted.session.description.outputType);
  const verdictOn = (rows: NoisyRows, session: ModelSession): Promise<BatchVerdict> =>
    verifyBatch(
      { batch: trusted.batch, run: runOf(trusted.session) },
      { batch: wanted, run: runOf(session) },
      rows,
      plan.dimension,
      tolerance,
    );
  const verdict =
    candidate === null ? NOT_FREED : await worstVerdict(sets, (rows) => verdictOn(rows, candidate));
  if (!trusted.fixed && verdict.votesChange) throw dependsOnPartners(wanted);
  if (verdict.usable && candidate !== null) {
    return {
      session: candidate,
      batch: wanted,
      freed: trusted.fixed,
      note: null,
      difference: verdict.difference,
    };
  }
  if (candidate !== null && candidate !== trusted.session) await candidate.release();
  return {
    session: trusted.session,
    batch: trusted.batch,
    freed: false,
    note: `The model runs at batch ${trusted.batch}, which is slower: batch ${wanted} cannot be used because ${verdict.reason ?? ''}.`,
    difference: verdict.difference,
  };
}

const NOT_FREED: BatchVerdict = {
  usable: false,
  votesChange: false,
  reason: 'its fixed batch cannot be made free',
  difference: null,
};

/** Returns the first verdict that is not usable, or else the one with the largest difference. */
async function worstVerdict(
  sets: readonly NoisyRows[],
  verdictOn: (rows: NoisyRows) => Promise<BatchVerdict>,
): Promise<BatchVerdict> {
  let worst: BatchVerdict = { usable: true, votesChange: false, reason: null, difference: 0 };
  for (const rows of sets) {
    const verdict = await verdictOn(rows);
    if (!verdict.usable) return verdict;
    if ((verdict.difference ?? 0) >= (worst.difference ?? 0)) worst = verdict;
  }
  return worst;
}

/** Returns the refusal: a model that takes any batch and votes otherwise at another one mixes its rows: at batch 1 it would be another classifier. */
function dependsOnPartners(batch: number): SmoothcertError {
  return new SmoothcertError(
    'MODEL_OUTPUT_UNSUPPORTED',
    `The model votes otherwise at batch ${batch} than at batch 1: its answer for an image depends on the other images of the batch.`,
    'Export it in evaluation mode, and check that no softmax or mean runs over the batch axis.',
  );
}

/** Opens the model with its batch freed; null if it cannot be freed, or not loaded afterwards. */
async function openFreed(
  options: PrepareOptions,
  model: Uint8Array,
  trusted: Trusted,
): Promise<ModelSession | null> {
  const freed = freeBatch(model);
  if (freed === null) return null;
  try {
    const session = await ModelSession.open({
      ...options,
      model: freed,
      output: trusted.session.description.output,
    });
    session.expectClasses(trusted.classes);
    return session;
  } catch {
    return null;
  }
}

function prepared(
  options: PrepareOptions,
  modelDigest: string,
  { session, batch, freed, note, difference }: Settled,
  known: { plan: InputPlan; preprocessing: Preprocessing; classes: number; fixedBatch: number | null },
): PreparedModel {
  const { plan, preprocessing, classes, fixedBatch } = known;
  const { inputName, outputs, output, outputType } = session.description;
  const { layout, modelShape, channels, dimension } = plan;
  const description: PreparedDescription = {
    modelDigest,
    numericClass: numericClass(options.device, options.deviceIndex ?? 0, session.runtimeVersion),
    input: inputName,
    outputs,
    output,
    classes,
    layout,
    modelShape,
    channels,
    dimension,
    lattice: preprocessing.noise.lattice,
    batch,
    fixedBatch,
    batchFreed: freed,
    batchNote: note,
    batchDifference: difference,
    tolerance: toleranceOf(outputType),
  };
  return {
    description,
    plan,
    preprocessing,
    run: (input) => session.run(input, [batch, ...modelShape]),
    release: () => session.release(),
  };
}
