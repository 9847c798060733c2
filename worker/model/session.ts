import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { SmoothcertError } from '../../shared/errors.js';
import type { Device } from '../../shared/job.js';
import { InputTensors, scoresOf, type ElementType } from './element-types.js';
import { firstLine, loadError, runError } from './load-errors.js';
import { chooseInput } from './model-input.js';
import { chooseOutput, classesOfShape, isRowsOf, type OutputInfo } from './model-output.js';
import { howToGet, providerOf } from './provider.js';
import { loadRuntime, versionOf, type Runtime } from './runtime.js';

/** Level at which ONNX Runtime prints fatal errors only; other errors are thrown. */
const LOG_FATAL = 4;

export interface ModelDescription {
  readonly inputName: string;
  readonly inputType: ElementType;
  /** Batch first; `null` where the model takes any size. */
  readonly inputShape: readonly (number | null)[];
  /** Names of all outputs. */
  readonly outputs: readonly string[];
  /** Name of the output that votes are taken from. */
  readonly output: string;
  readonly outputType: ElementType;
  /** Scores of a row; null until a run has shown it (`learnClasses`). */
  readonly classes: number | null;
}

/** One ONNX Runtime session on one device. On CPU it has one thread, because one process for each core is faster. */
export class ModelSession {
  readonly #inputs: InputTensors;

  private constructor(
    private readonly session: InferenceSession,
    private described: ModelDescription,
    /** Version of ONNX Runtime. */
    readonly runtimeVersion: string,
    runtime: Runtime,
  ) {
    this.#inputs = new InputTensors(runtime, described.inputType);
  }

  /**
   * Loads a model on a device; it never runs on the CPU instead.
   * @throws MODEL_UNREADABLE, MODEL_INPUT_UNSUPPORTED, MODEL_OUTPUT_UNSUPPORTED, or DEVICE_UNAVAILABLE if the model would load
   *   on the CPU but not on the device
   */
  static async open(options: {
    model: Uint8Array;
    device: Device;
    deviceIndex?: number;
    output?: string;
  }): Promise<ModelSession> {
    const runtime = await loadRuntime();
    const session = await create(runtime, options.model, options.device, options.deviceIndex ?? 0);
    try {
      return new ModelSession(session, describe(session, options.output), versionOf(runtime), runtime);
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  get description(): ModelDescription {
    return this.described;
  }

  /** Sets the number of classes that every run must give, as another session of the same model knows it. */
  expectClasses(classes: number): void {
    this.described = { ...this.described, classes };
  }

  /** Returns the number of classes; runs rows of zeros if the file does not state it. `shape` as for `run`. */
  async learnClasses(shape: readonly number[]): Promise<number> {
    if (this.described.classes !== null) return this.described.classes;
    const output = await this.#runOnce(new Float32Array(shape.reduce((a, b) => a * b)), shape);
    const classes = classesOfShape(this.described.output, output.dims, shape[0]!);
    this.described = { ...this.described, classes };
    return classes;
  }

  /**
   * Computes scores [rows × classes] of an input [rows × …]; `shape` is the input's whole shape, rows first. The input may be a
   * view. Both are float32, whatever the model's own types are (element-types.ts). Blocks the event loop.
   * @throws INFERENCE_FAILED if the run fails or the output has another shape, so that no vote is made of it
   */
  async run(input: Float32Array, shape: readonly number[]): Promise<Float32Array> {
    const output = await this.#runOnce(input, shape);
    const { classes } = this.described;
    const scores = scoresOf(output);
    if (scores !== null && classes !== null && isRowsOf(output.dims, shape[0]!, classes)) return scores;
    throw failed(
      `The model gave an output of shape [${output.dims.join(', ')}] where ` +
        `[${shape[0]!}, ${classes ?? '?'}] was due.`,
    );
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  async #runOnce(input: Float32Array, shape: readonly number[]): Promise<Tensor> {
    const { inputName, output } = this.described;
    let results: InferenceSession.OnnxValueMapType;
    try {
      results = await this.session.run({ [inputName]: this.#inputs.of(input, shape) }, [output]);
    } catch (cause) {
      throw runError(cause, shape);
    }
    return results[output] as Tensor;
  }
}

async function create(
  runtime: Runtime,
  model: Uint8Array,
  device: Device,
  index: number,
): Promise<InferenceSession> {
  const open = (on: Device) =>
    runtime.InferenceSession.create(model, {
      executionProviders: [providerOf(on, index)],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: LOG_FATAL,
    });
  try {
    return await open(device);
  } catch (cause) {
    // The session on the CPU only tells a missing device from a bad model, and is released.
    const fault = device === 'cpu' ? cause : await open('cpu').then((session) => session.release(), asIs);
    if (fault !== undefined) throw loadError(fault);
    throw new SmoothcertError(
      'DEVICE_UNAVAILABLE',
      `The device ${device} cannot be used: ${firstLine(cause)}`,
      howToGet(device),
      { cause },
    );
  }
}

function describe(session: InferenceSession, asked: string | undefined): ModelDescription {
  const [inputs, outputs] = [session.inputMetadata, session.outputMetadata].map((all) => all.map(infoOf));
  const input = chooseInput(inputs!);
  const { name, type, classes } = chooseOutput(outputs!, asked);
  return {
    inputName: input.name,
    inputType: input.type,
    inputShape: input.shape,
    outputs: session.outputNames,
    output: name,
    outputType: type,
    classes,
  };
}

/** Some exporters write a dimension of 0 for "any", as others write a symbolic name. */
function infoOf(value: InferenceSession.ValueMetadata): OutputInfo {
  if (!value.isTensor) return { name: value.name, type: null, shape: [] };
  const shape = value.shape.map((size) => (typeof size === 'number' && size > 0 ? size : null));
  return { name: value.name, type: value.type, shape };
}

function asIs(error: unknown): unknown {
  return error;
}

function failed(message: string): SmoothcertError {
  return new SmoothcertError(
    'INFERENCE_FAILED',
    message,
    'Run the model on these images by itself to see why.',
  );
}
