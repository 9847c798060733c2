// Removes from a node_modules folder what an image of this system never loads: ONNX Runtime's binaries for other systems, and
// sources, maps and type declarations that only compilers and debuggers read. Licences stay. It only unlinks, never rewrites, so
// that hard links elsewhere are safe.
//
//   node prune.mjs node_modules
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

const [root] = process.argv.slice(2);
if (root === undefined) {
  console.error('Name the node_modules folder: node prune.mjs node_modules');
  process.exit(2);
}

/** Loaded by no running program. */
const USELESS = /\.(?:map|d\.ts|d\.mts|d\.cts|tsbuildinfo)$/;

let freed = 0;
/** Files and folders below, the deepest first, by `remove`'s choice. */
function prune(folder, remove) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) prune(file, remove);
    else if (remove(file)) {
      freed += lstatSync(file).size;
      rmSync(file);
    }
  }
  if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
}

const runtime = path.join(root, 'onnxruntime-node', 'bin');
for (const abi of readdirSync(runtime)) {
  const ours = path.join(runtime, abi, process.platform, process.arch) + path.sep;
  if (!readdirSync(path.join(runtime, abi, process.platform)).includes(process.arch)) {
    console.error(`ONNX Runtime has no binary for ${process.platform}-${process.arch}.`);
    process.exit(1);
  }
  prune(path.join(runtime, abi), (file) => !file.startsWith(ours));
}
prune(root, (file) => USELESS.test(file));
console.log(`${Math.round(freed / 1e6)} MB removed from ${root}.`);
