import type { GeneratorModule } from './generator-module.js';
import { tooLarge, type NoiseKernelOptions } from './kernel-options.js';
import type { LawTable } from './law-table.js';

const PAGE_BYTES = 65_536;
const MAX_BYTES = 2 ** 32;
const ALIGNMENT = 16;

/** Elements that the generator makes at once; the arrays that it reads are padded to a multiple of it. */
const GROUP = 32;

/** The arrays of a kernel, views on WebAssembly memory that never move. */
export interface KernelMemory {
  readonly entries: Int32Array;
  readonly thresholds: BigUint64Array;
  /** [dimension], padded, as are gain and shift. */
  readonly points: Int32Array;
  readonly gain: Float32Array;
  readonly shift: Float32Array;
  /** [batch × dimension] */
  readonly input: Float32Array;
}

/**
 * Grows the module's memory by all that a kernel will use and returns its arrays, filled with zeros: about
 * 4·dimension·(batch + 3) bytes, 262 kB for the table of the law and 8 bytes a threshold.
 * @throws SmoothcertError MODEL_INPUT_UNSUPPORTED if that is more than 4 GiB, or more than the system has
 */
export function kernelMemory(
  module: GeneratorModule,
  options: NoiseKernelOptions,
  { entries, thresholds }: LawTable,
): KernelMemory {
  const { dimension, batch } = options;
  const padded = Math.ceil(dimension / GROUP) * GROUP;
  let end = module.heapBase();
  const reserve = (bytes: number): number => {
    const begin = end;
    end += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return begin;
  };
  const at = {
    entries: reserve(entries.byteLength),
    thresholds: reserve(thresholds.byteLength),
    points: reserve(4 * padded),
    gain: reserve(4 * padded),
    shift: reserve(4 * padded),
    input: reserve(4 * batch * dimension),
  };
  grow(module, options, end);
  const { buffer } = module.memory;
  return {
    entries: new Int32Array(buffer, at.entries, entries.length),
    thresholds: new BigUint64Array(buffer, at.thresholds, thresholds.length),
    points: new Int32Array(buffer, at.points, padded),
    gain: new Float32Array(buffer, at.gain, padded),
    shift: new Float32Array(buffer, at.shift, padded),
    input: new Float32Array(buffer, at.input, batch * dimension),
  };
}

function grow({ memory }: GeneratorModule, options: NoiseKernelOptions, bytes: number): void {
  if (bytes > MAX_BYTES) {
    throw tooLarge(options, bytes, 'the 4 GiB that the noise generator can address');
  }
  const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE_BYTES);
  try {
    if (missing > 0) memory.grow(missing);
  } catch (cause) {
    throw tooLarge(options, bytes, 'the memory that is left', cause);
  }
}
