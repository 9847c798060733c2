import { readFile } from 'node:fs/promises';
import { certifyConfig } from '../../cli/certify/certify-flags.js';
import { CERTIFY } from '../../cli/certify/certify-verb.js';
import { resolveImages } from '../../cli/certify/drawing-setup.js';
import { jobOf } from '../../coordinator/core/job-of.js';
import { importDataSet } from '../../input/convert.js';
import type { Job } from '../../shared/job.js';
import { prepared, sha256 } from '../support/service-bed.js';

import { valuesFrom } from '../support/verb-values.js';
import { MODELS, certifyArgs, type Flags } from './results.js';

/** Returns the job that `certify` would make of these flags, given what a worker of the test says of a model. */
export async function certifiedJob(folder: { file(name: string): string }, flags: Flags): Promise<Job> {
  const config = certifyConfig(valuesFrom(CERTIFY, certifyArgs(flags).slice(1)));
  const into = folder.file('data.canonical');
  const data = await importDataSet({ data: config.data, into, range: config.images });
  const modelDigest = sha256(await readFile(`${MODELS}/free.onnx`));
  return jobOf(
    { ...config, seed: config.seed! },
    data.digest,
    resolveImages(config, data.count),
    prepared({ modelDigest }),
  );
}
