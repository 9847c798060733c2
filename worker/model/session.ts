import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import { SmoothcertError } from '../../shared/errors.js';
import type { Device } from '../../shared/job.js';
import { chooseOutput, classesOfShape, type OutputInfo } from './model-output.js';
import { howToGet, providerOf } from './provider.js';

/** Only what is fatal is printed by ONNX Runtime; all else comes back as an error with a sentence. */
const LOG_FATAL = 4;
env.logLevel = 'fatal';

export interface ModelDescription {
  readonly inputName: string;
  /** Batch first; `null` where the model takes any size. */
  readonly inputShape: readonly (number | null)[];
  /** Names of all outputs. */
  readonly outputs: readonly string[];
  /** The one that votes are taken from. */
  readonly output: string;
  /** Length of its last axis; null until a run has told it (`learnClasses`). */
  readonly classes: number | null;
}

/** One ONNX Runtime session on one device. On CPU it has one thread: as many processes as cores are faster. */
export class ModelSession {
  private constructor(
    private readonly session: InferenceSession,
    private described: ModelDescription,
  ) {}

  /**
   * Throws MODEL_UNREADABLE, MODEL_INPUT_UNSUPPORTED, MODEL_OUTPUT_UNSUPPORTED, or DEVICE_UNAVAILABLE where the
   * model would run on the CPU but not on the device; it is never run there instead.
   */
  static async open(options: {
    model: Uint8Array;
    device: Device;
    deviceIndex?: number;
    output?: string;
  }): Promise<ModelSession> {
    const session = await create(options.model, options.device, options.deviceIndex ?? 0);
    try {
      return new ModelSession(session, describe(session, options.output));
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  get description(): ModelDescription {
    return this.described;
  }

  /** Holds every run to `classes`, as another session of the same model knows it. */
  expectClasses(classes: number): void {
    this.described = { ...this.described, classes };
  }

  /** Runs rows of zeros if the file does not say how many classes there are. `shape` as for `run`. */
  async learnClasses(shape: readonly number[]): Promise<number> {
    if (this.described.classes !== null) return this.described.classes;
    const output = await this.#runOnce(new Float32Array(shape.reduce((a, b) => a * b)), shape);
    const classes = classesOfShape(this.described.output, output.dims, shape[0]!);
    this.described = { ...this.described, classes };
    return classes;
  }

  /**
   * Scores [rows × classes] of input [rows × …]; `shape` is the input's whole shape, rows first. The input may be a view.
   * INFERENCE_FAILED if the run throws or if the output is not of exactly that shape: never a vote. Blocks the event loop.
   */
  async run(input: Float32Array, shape: readonly number[]): Promise<Float32Array> {
    const output = await this.#runOnce(input, shape);
    const [rows, classes, ...rest] = output.dims;
    const fits = rows === shape[0] && classes === this.described.classes && rest.every((size) => size === 1);
    if (!fits || !(output.data instanceof Float32Array)) {
      throw failed(
        `The model gave an output of shape [${output.dims.join(', ')}] where ` +
          `[${shape[0]!}, ${this.described.classes ?? '?'}] was due.`,
      );
    }
    return output.data;
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  async #runOnce(input: Float32Array, shape: readonly number[]): Promise<Tensor> {
    const { inputName, output } = this.described;
    let results: InferenceSession.OnnxValueMapType;
    try {
      results = await this.session.run({ [inputName]: new Tensor('float32', input, shape) }, [output]);
    } catch (cause) {
      throw failed(`The model failed on an input of shape [${shape.join(', ')}]: ${firstLine(cause)}`, cause);
    }
    return results[output] as Tensor;
  }
}

async function create(model: Uint8Array, device: Device, index: number): Promise<InferenceSession> {
  const open = (on: Device) =>
    InferenceSession.create(model, {
      executionProviders: [providerOf(on, index)],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: LOG_FATAL,
    });
  try {
    return await open(device);
  } catch (cause) {
    // Only to tell a missing device from a bad model; the session on the CPU is thrown away.
    const fault = device === 'cpu' ? cause : await open('cpu').then((session) => session.release(), asIs);
    if (fault !== undefined) {
      throw new SmoothcertError(
        'MODEL_UNREADABLE',
        `ONNX Runtime cannot load the model: ${firstLine(fault)}`,
        'Check that it is a whole ONNX file of a published operator set, without operators of your own.',
        { cause },
      );
    }
    throw new SmoothcertError(
      'DEVICE_UNAVAILABLE',
      `The device ${device} cannot be used: ${firstLine(cause)}`,
      howToGet(device),
      {
        cause,
      },
    );
  }
}

function describe(session: InferenceSession, asked: string | undefined): ModelDescription {
  const inputs = session.inputMetadata;
  const input = inputs[0];
  if (inputs.length !== 1 || input === undefined) {
    throw unsupportedInput(
      `The model takes ${inputs.length} inputs (${session.inputNames.join(', ')}).`,
      'Export a model that takes the images alone, with everything else as constants.',
    );
  }
  if (!input.isTensor || input.type !== 'float32') {
    const takes = input.isTensor ? input.type : 'a sequence or a map';
    throw unsupportedInput(
      `Input ${input.name} takes ${takes}, not float32.`,
      takes === 'float16'
        ? 'Export it with float32 inputs: float16 is not supported yet.'
        : 'Export it with one float32 input tensor.',
    );
  }
  if (input.shape.length < 2 || input.shape.length > 4) {
    throw unsupportedInput(
      `Input ${input.name} has shape [${input.shape.join(', ')}], not a batch of images.`,
      'Export it with an input [N, C, H, W], [N, H, W, C], [N, H, W] or [N, D].',
    );
  }
  const outputs = session.outputMetadata.map((output): OutputInfo =>
    output.isTensor
      ? { name: output.name, type: output.type, shape: sizes(output.shape) }
      : { name: output.name, type: null, shape: [] },
  );
  const { name, classes } = chooseOutput(outputs, asked);
  return {
    inputName: input.name,
    inputShape: sizes(input.shape),
    outputs: session.outputNames,
    output: name,
    classes,
  };
}

/** Dimensions of 0 are what some exporters write for "any", as symbolic names are. */
function sizes(shape: readonly (number | string)[]): (number | null)[] {
  return shape.map((size) => (typeof size === 'number' && size > 0 ? size : null));
}

function asIs(error: unknown): unknown {
  return error;
}

/** ONNX Runtime's own words without its source paths, ending in one full stop. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.split('\n').find((part) => part.trim() !== '') ?? 'it gave no reason';
  return `${line.replace(/^\/onnxruntime_src\S*\s(?:.*was false\.\s|.*\)\s)?/, '').replace(/[\s.]+$/, '')}.`;
}

function unsupportedInput(message: string, remedy: string): SmoothcertError {
  return new SmoothcertError('MODEL_INPUT_UNSUPPORTED', message, remedy);
}

function failed(message: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError(
    'INFERENCE_FAILED',
    message,
    'Run the model on these images by itself to see why.',
    { cause },
  );
}
