// Fetches the archive with ONNX Runtime's CUDA provider, holds it against the hash that the environment gives, and puts the provider
// beside the runtime that npm installed. Used by Dockerfile.cuda; the package's own install script, which checks no hash, never runs.
//
//   ORT_CUDA_URL=… ORT_CUDA_SHA256=… node cuda-provider.mjs node_modules
import { createHash } from 'node:crypto';
import { copyFileSync, createWriteStream, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';

const IN_ARCHIVE = 'runtimes/linux-x64/native/';
/** The provider, and what both load of each other. TensorRT's is left out: its libraries are not in the image. */
const WANTED = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'];
/** Version 1.30.0's archive is some hundreds of megabytes. */
const LARGEST = 2 ** 31;

function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}

const [modules] = process.argv.slice(2);
const { ORT_CUDA_URL: url, ORT_CUDA_SHA256: expected } = process.env;
if (modules === undefined || url === undefined) stop('Name the node_modules folder, and ORT_CUDA_URL.');
if (!/^[0-9a-f]{64}$/.test(expected ?? '')) {
  stop('ORT_CUDA_SHA256 is not given, or is no sha256: deploy/docker/README.md says how to come by it.');
}
const { version } = JSON.parse(readFileSync(path.join(modules, 'onnxruntime-node/package.json'), 'utf8'));
if (!url.includes(version)) stop(`ORT_CUDA_URL is not of version ${version}, which the lock file has.`);

const folder = mkdtempSync(path.join(tmpdir(), 'cuda-provider-'));
try {
  const archive = path.join(folder, 'archive');
  const found = await download(archive);
  if (found !== expected) stop(`The archive has the sha256 ${found}, not ${expected}: nothing is installed.`);
  await extract(archive);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function download(file) {
  const response = await globalThis.fetch(url);
  if (!response.ok || !response.body) stop(`${url} answers ${response.status}.`);
  const hash = createHash('sha256');
  let bytes = 0;
  const measured = async function* (pieces) {
    for await (const piece of pieces) {
      bytes += piece.length;
      if (bytes > LARGEST) stop(`${url} is larger than ${LARGEST} bytes.`);
      hash.update(piece);
      yield piece;
    }
  };
  await pipeline(Readable.fromWeb(response.body), measured, createWriteStream(file));
  return hash.digest('hex');
}

async function extract(archive) {
  const bin = path.join(modules, 'onnxruntime-node', 'bin');
  const [abi] = readdirSync(bin);
  const target = path.join(bin, abi, 'linux', 'x64');
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false });
  const missing = new Set(WANTED);
  for await (const entry of zip.eachEntry()) {
    const name = path.posix.basename(entry.fileName);
    if (entry.fileName !== IN_ARCHIVE + name || !missing.delete(name)) continue;
    const part = path.join(folder, name);
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(part, { mode: 0o755 }));
    copyFileSync(part, path.join(target, name));
    console.log(`${name} of ONNX Runtime ${version} is in place.`);
  }
  zip.close();
  if (missing.size > 0) stop(`The archive lacks ${[...missing].join(' and ')}.`);
}
