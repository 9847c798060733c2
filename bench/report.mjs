// Times the report of 10,000 images of CIFAR-10's size: node bench/report.mjs IMAGES.npz [images]. Votes are made up; the file of images is repeated by index,
// with a level of noise that makes each of them another one. Needs dist/ (npm run build).
import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DataSetReader } from '../dist/worker/draw/reader.js';
import { importDataSet } from '../dist/input/convert.js';
import { writeJobFile } from '../dist/cli/certify/job-file.js';
import { claimOf } from '../dist/coordinator/core/claim-of.js';
import { latticeOf } from '../dist/statistics/noises/lattice.js';

const [source, given = '10000'] = process.argv.slice(2);
const count = Number(given);
const SIGMA = 0.25;
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'smoothcert-bench-'));
const file = (name) => path.join(folder, name);

/** Returns bits that depend on nothing but their arguments. */
function hash(a, b) {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}

/** Writes .npy of `count` images, those of the source in turns, each value moved by up to two levels. */
async function writeImages() {
  const { count: held, imageShape } = await importDataSet({ data: source, into: file('source') });
  const data = await DataSetReader.open(file('source'));
  const values = [];
  for (let image = 0; image < held; image++) values.push(await data.readValues(image));
  await data.close();
  const elements = values[0].length;
  const bytes = new Uint8Array(count * elements);
  for (let image = 0; image < count; image++)
    for (let e = 0; e < elements; e++)
      bytes[image * elements + e] = Math.min(255, values[image % held][e] + (hash(image, e) % 3));
  const shape = [count, ...imageShape].join(', ');
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117) + '\n';
  const magic = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length, 0]);
  writeFileSync(file('images.npy'), Buffer.concat([magic, Buffer.from(text), bytes]));
  return elements;
}

/** A line of results.jsonl of an image. */
function rowOf(image) {
  const samples = 64 << (hash(image, 1) % 8);
  const votes = samples - (hash(image, 2) % 8);
  const certified = image % 9 !== 0;
  const others = samples - votes;
  const named = image % 10;
  return {
    image,
    label: hash(image, 3) % 20 === 0 ? (named + 1) % 10 : named,
    outcome: certified ? 'certified' : 'abstained',
    class: certified ? named : null,
    radius: certified ? (hash(image, 4) % 800) / 1000 : 0,
    p_lower: certified ? '0.950000000000' : null,
    stop: certified ? 'gain' : 'abstain',
    samples,
    counts: {
      classes: others > 0 ? [named, 10] : [named],
      votes: others > 0 ? [votes, others] : [votes],
      invalid: 0,
    },
    looks: [],
  };
}

try {
  const elements = await writeImages();
  const { digest } = await importDataSet({ data: file('images.npy'), into: file('canonical') });
  const spec = {
    alpha: 0.001,
    bound: 'spending',
    stop: { kind: 'gain', minGain: 0.02 },
    maxSamples: 100_000,
  };
  const claim = claimOf(spec, { start: 0, stop: count, step: 1 });
  const { lattice } = latticeOf({ numerator: 1, denominator: 255 }, 'gaussian', SIGMA, elements);
  const noise = { kind: 'gaussian', scale: SIGMA, generator: 'philox4x32-10/lattice', version: 1, lattice };
  const draw = {
    modelDigest: '0'.repeat(64),
    dataDigest: digest,
    noise,
    seed: '7',
    normalisation: { inputScale: 1, mean: [0], std: [1] },
    layout: 'nchw',
    output: 'logits',
    classes: 10,
    batch: 32,
    numericClass: 'cpu/x64/ort',
    numeric: 'same',
    segments: claim.looks,
  };
  const input = { data: file('images.npy'), labels: null, features: false, clip: false, bgr: false };
  const about = {
    smoothcert: '0',
    node: '',
    model: 'm.onnx',
    data: input.data,
    name: null,
    classes: null,
    input,
  };
  await writeJobFile(folder, { protocol: 1, draw, claim }, { ...about, repeating: '', notes: [] });
  const rows = Array.from({ length: count }, (_, image) => `${JSON.stringify(rowOf(image))}\n`);
  writeFileSync(file('results.jsonl'), rows.join(''));
  for (const how of ['data read again', 'canonical file at hand']) {
    const begun = performance.now();
    if (how === 'data read again')
      execFileSync(process.execPath, ['dist/cli/main.js', 'report', folder], { cwd: root });
    else {
      const request = JSON.stringify({ folder, canonical: file('canonical'), into: file('report.html') });
      execFileSync(process.execPath, ['dist/cli/report/report-process.js', request], { cwd: root });
    }
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    console.log(
      `${count} images, ${how}: ${seconds} s, ${(statSync(file('report.html')).size / 1e6).toFixed(1)} MB`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
