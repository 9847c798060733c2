import { readFile } from 'node:fs/promises';
import { SmoothcertError } from '../../shared/errors.js';

/** The exports of `assembly/generator.ts`. Numbers are taken modulo 2^32; addresses are bytes in `memory`. */
export interface GeneratorModule {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  /** The first address that the module does not use itself, a multiple of 16. */
  heapBase(): number;
  setKey(k0: number, k1: number): void;
  /** The law of the noise: addresses of `entries` and `thresholds` of a LawTable, and its `largest`. */
  setLaw(entries: number, thresholds: number, largest: number): void;
  /** Words of the counters (c0 … c0 + 8·pairs − 1, c1, c2, c3), 64 bytes for each group of four, transposed. */
  philox(c0: number, c1: number, c2: number, c3: number, pairs: number, out: number): void;
  /** `count` rows of `size` elements: row r is (points + K(image, low + 2^32·high + r))·gain + shift. */
  draw(
    points: number,
    gain: number,
    shift: number,
    out: number,
    size: number,
    image: number,
    low: number,
    high: number,
    count: number,
  ): void;
}

// The compiler's libraries for Node declare no WebAssembly; this is the one call that is used.
declare const WebAssembly: {
  instantiate(bytes: Uint8Array): Promise<{ readonly instance: { readonly exports: GeneratorModule } }>;
};

/**
 * Loads a new instance, with memory of its own, of the compiled generator beside this file.
 * @throws SmoothcertError INTERNAL if the file is missing or damaged, or if the engine gets no address space for it
 */
export async function loadGenerator(): Promise<GeneratorModule> {
  try {
    const bytes = await readFile(new URL('./generator.wasm', import.meta.url));
    return (await WebAssembly.instantiate(bytes)).instance.exports;
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new SmoothcertError(
        'INTERNAL',
        'The noise generator got no address space; engines reserve about 10 GiB of it (not of memory) for WebAssembly.',
        'Raise or lift the limit on the address space of a process (ulimit -v).',
        { cause },
      );
    }
    throw new SmoothcertError(
      'INTERNAL',
      'The noise generator (generator.wasm) is missing, damaged, or needs WebAssembly SIMD that this engine lacks.',
      'Install smoothcert again, or run "npm run build" in a checkout.',
      { cause },
    );
  }
}
