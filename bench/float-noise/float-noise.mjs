// The generator of 0.1.0, which added normals in float32 (Philox4x32-10, Box-Muller), to measure beside.
import asc from 'assemblyscript/asc';

const PAGE_BYTES = 65_536;

/** Compiles it and returns a function that draws `batch` rows of `dimension` elements of one image. */
export async function floatNoise(dimension, batch) {
  const { exports } = (await globalThis.WebAssembly.instantiate(await compile())).instance;
  const bytes = 4 * dimension;
  const base = exports.heapBase();
  const gain = base + bytes;
  const input = gain + bytes;
  exports.memory.grow(Math.ceil((input + batch * bytes) / PAGE_BYTES));
  new Float32Array(exports.memory.buffer, gain, dimension).fill(0.5);
  exports.setKey(1, 0);
  return (firstSample) => exports.draw(base, gain, input, dimension, 0, firstSample, 0, batch);
}

async function compile() {
  let binary = null;
  const { error, stderr } = await asc.main(
    ['bench/float-noise/assembly/generator.ts', '--config', 'asconfig.json', '--outFile', 'float-noise.wasm'],
    {
      writeFile: (_name, contents) => {
        binary = contents;
      },
    },
  );
  if (error !== null || binary === null)
    throw new Error(`float-noise does not compile: ${stderr.toString()}`);
  return binary;
}
