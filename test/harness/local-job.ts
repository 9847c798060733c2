import { fileURLToPath } from 'node:url';
import { certifyConfig, type CertifyFlags } from '../../cli/certify/certify-flags.js';
import { CERTIFY } from '../../cli/certify/certify-verb.js';
import { importDataSet } from '../../input/convert.js';
import { resolveImages, settledSetup, setupOf } from '../../cli/certify/drawing-setup.js';
import { runJob } from '../../cli/certify/run-job.js';
import { certificateOf } from '../../coordinator/results/certificates.js';
import { replay } from '../../coordinator/run/replay.js';
import { jobOf } from '../../coordinator/core/job-of.js';
import { JobFold } from '../../coordinator/core/job-fold.js';
import { FileLedger } from '../../adapters/local/file-ledger.js';
import { jobDigest, type Job } from '../../shared/job.js';
import { askChild } from '../../worker/draw/ask-child.js';
import { Pool, type PoolOptions, type ShardDrawer } from '../../worker/draw/pool.js';
import type { ChildSetup } from '../../worker/draw/setup.js';
import { TemporaryFolder } from '../support/temporary-folder.js';
import { valuesFrom } from '../support/verb-values.js';

export const CHILD_MODULE = new URL('../../dist/worker/draw/child.js', import.meta.url);
export const project = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));

/** A job made ready in this process, to be run as often as a test likes; its children are real. */
export interface LocalJob extends Disposable {
  readonly job: Job;
  readonly setup: ChildSetup;
  readonly folder: string;
  readonly fingerprint: string;
}

/** The bundled digits, as flags. */
export const DIGITS: readonly string[] = [
  '--model',
  project('examples/digits/digits.onnx'),
  '--data',
  project('examples/digits/digits.npz'),
];
/** A job on them, as flags. */
export const DIGITS_JOB: readonly string[] = [...DIGITS, '--sigma', '0.25'];
const DEFAULTS = [...DIGITS_JOB, '--out', '-', '--seed', '7', '--processes', '1'];

export async function localJob(flags: Partial<CertifyFlags>): Promise<LocalJob> {
  const config = certifyConfig({ ...valuesFrom(CERTIFY, DEFAULTS), ...flags });
  const folder = new TemporaryFolder();
  const dataFile = folder.file('data');
  const data = await importDataSet({ data: config.data, into: dataFile });
  const images = resolveImages(config, data.count);
  const setup = setupOf(config, dataFile, config.seed!, images);
  const prepared = await askChild(setup, { childModule: CHILD_MODULE });
  const job = jobOf({ ...config, seed: config.seed! }, data.digest, images, prepared);
  return {
    job,
    setup: settledSetup(setup, job),
    folder: folder.path,
    fingerprint: prepared.fingerprint,
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** A pool of real children for the job. */
export function poolFor({ setup, fingerprint }: LocalJob, options: Partial<PoolOptions> = {}): Pool {
  const onDeath = () => undefined;
  return new Pool({
    processes: 1,
    setup,
    hangMs: 60_000,
    fingerprint,
    onDeath,
    childModule: CHILD_MODULE,
    ...options,
  });
}

/** The same pool for many runs: a run's end does not drain it. */
export function lasting(pool: Pool): ShardDrawer {
  return {
    draw: (shard) => pool.draw(shard),
    stop: (images) => pool.stop(images),
    drain: () => undefined,
    broken: pool.broken,
  };
}

/** Begins or resumes the job on this ledger file and runs it to its end; the lines of its results.jsonl. */
export async function finish(local: LocalJob, ledgerFile: string, pool: ShardDrawer): Promise<string[]> {
  const ledger = await FileLedger.open(ledgerFile, jobDigest(local.job));
  try {
    const fold = new JobFold(local.job);
    await replay(fold, ledger);
    const signal = new AbortController().signal;
    await runJob({
      fold,
      ledger,
      pool,
      processes: 1,
      fingerprint: local.fingerprint,
      signal,
      onFolded: () => undefined,
    });
    return [...fold.images.keys()].map((image) => JSON.stringify(certificateOf(fold, image, null)));
  } finally {
    await ledger.close();
  }
}
