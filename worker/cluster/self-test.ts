import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeHeader } from '../../shared/dataset/canonical.js';
import type { Device } from '../../shared/job.js';
import { askChild } from '../draw/ask-child.js';
import type { Prepared } from '../draw/setup.js';

/** An ONNX model of one Identity: pixels [N, 2] are the scores [N, 2]. */
const MODEL =
  'CAg6VQoaCgZwaXhlbHMSBnNjb3JlcyIISWRlbnRpdHkSAWdaGQoGcGl4ZWxzEg8KDQgBEgkKAxIBTgoCCAJiGQoGc2NvcmVzEg8KDQgBEgkKAxIBTgoCCAJCAhAN';

/**
 * Runs a tiny model on the device, in the same way as a job's model, so that a missing device is found before any task is taken. What it
 * returns says which numeric class this worker has. @throws SmoothcertError DEVICE_UNAVAILABLE, CHILD_DIED; the reason of `signal`
 */
export async function selfTest(
  device: Device,
  options: { readonly childModule?: URL; readonly signal: AbortSignal },
): Promise<Prepared> {
  const folder = await mkdtemp(path.join(tmpdir(), 'smoothcert-self-test-'));
  try {
    const [modelFile, dataFile] = [path.join(folder, 'model.onnx'), path.join(folder, 'data')];
    const header = encodeHeader({ dtype: 'uint8', shape: [1, 2], labelled: false, start: 0, step: 1 });
    await writeFile(modelFile, Buffer.from(MODEL, 'base64'));
    await writeFile(dataFile, Buffer.concat([header, Uint8Array.of(50, 200)]));
    return await askChild(
      {
        modelFile,
        modelDigest: null,
        dataFile,
        dataDigest: null,
        dataChunks: null,
        device,
        layout: 'auto',
        output: null,
        batch: null,
        normalisation: { inputScale: 1, mean: [0], std: [1] },
        noise: { kind: 'gaussian', scale: 0.1, drawn: null },
        seed: '0',
        probeImages: [0],
        auditShare: 0,
      },
      options,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
