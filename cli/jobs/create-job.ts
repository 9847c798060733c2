import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { MAX_FILE_NAME } from '../../shared/job-limits.js';
import type { JobNames } from '../../shared/job-names.js';
import type { JobImages, JobSpec } from '../../shared/job-spec.js';
import type { JobView } from '../../api/job-view.js';
import type { CertificationClient } from '../client/certification-client.js';
import { readClassNames } from '../certify/class-names.js';
import type { KnownImages } from '../certify/images-file.js';
import { scaleOf } from '../../statistics/noises/scale.js';
import { roundingNote } from '../../shared/dataset/rounding-note.js';
import { oneLine } from '../../shared/safe-text.js';
import { importDataSet, type ImportedDataSet } from '../../input/convert.js';
import { clippingNote } from '../../input/pixels/clip.js';
import { indicesOf, quickCheck } from '../check/check-input.js';
import { folderOrderNote } from '../check/folder-order.js';
import { localArtifact, modelArtifacts } from '../certify/model-artifacts.js';
import { requireClaimOf } from '../certify/job-config.js';
import { resolveImages } from '../certify/drawing-setup.js';
import { namesArtifact } from './names-artifact.js';
import { differencesOf, otherSpec } from './same-spec.js';
import type { SubmitConfig } from './submit-flags.js';
import { uploadAll } from './upload.js';

/** A job that was made, and what is known here of its data. */
export interface Created {
  readonly job: JobView;
  /** Remarks on the data, which are printed. */
  readonly notes: readonly string[];
  readonly known: KnownImages;
  readonly classes: readonly string[] | null;
}

/** Sends what the server lacks, and asks for the job. @param begin is called as soon as there may be one. @throws SmoothcertError */
export async function createJob(
  client: CertificationClient,
  config: SubmitConfig,
  { dataFile, temporary }: { readonly dataFile: string; readonly temporary: string },
  begin: () => void,
): Promise<Created> {
  const { labels, verbose, quiet, features, noise, sigma, clip, bgr } = config;
  const model = await modelArtifacts(config.model);
  const data = await importDataSet({
    data: config.data,
    into: dataFile,
    range: config.images,
    lattice: { features, noiseScale: scaleOf(noise, sigma) },
    reading: { clip, bgr },
    ...(labels === null ? {} : { labels }),
  });
  const images = resolveImages(config, data.count);
  requireClaimOf(config, images, 'submit');
  const found = await remarksOn(config, data, images);
  const named = config.classNames === null ? null : await readClassNames(config.classNames);
  const classes = named ?? data.classNames;
  const names = await namesArtifact(temporary, data, classes, images);
  for (const note of [config.imagesNote, roundingNote(data.lattice), names.note, ...found]) {
    if (note !== null && !quiet) process.stderr.write(`Note: ${oneLine(note)}\n`);
  }
  const files = [...model.files, await localArtifact(dataFile, data.digest, 'data-set')];
  if (names.artifact !== null) files.push(names.artifact);
  await uploadAll(client, files, config);
  // The pictures of a report are made of it.
  if (config.out === null || !config.report) rmSync(dataFile, { force: true });
  const requestId = config.requestId ?? randomUUID();
  if (verbose) process.stderr.write(`Request ${requestId}.\n`);
  const asked = specOf(config, { model: model.reference, data: { digest: data.digest, uri: null }, images });
  const imagesDigest = names.artifact?.artifact.digest ?? null;
  const spec =
    imagesDigest === null ? asked : { ...asked, names: { ...namesOf(config), images: imagesDigest } };
  begin();
  const job = await client.createJob(spec, requestId);
  await refuseOther(client, spec, job, config.requestId !== null);
  if (!quiet && !config.detach) {
    process.stderr.write(`Job ${job.id}.\n`);
    if (config.seed === null) process.stderr.write(`Seed ${job.spec.seed ?? ''}, drawn at random.\n`);
  }
  return { job, notes: found, known: data, classes };
}

/** Returns what is to be remarked of the data, and what a quick check finds. @throws CHECK_FAILED, with --strict */
async function remarksOn(config: SubmitConfig, data: ImportedDataSet, images: JobImages): Promise<string[]> {
  const tell = (line: string) => config.verbose && process.stderr.write(`${oneLine(line)}\n`);
  const how = { strict: config.strict, tell, signal: new AbortController().signal };
  const note = config.check ? await quickCheck(config, data, indicesOf(images), how) : null;
  const order = note?.about === 'labels' ? null : folderOrderNote(data.classNames);
  return [clippingNote(data.clipping), order, note?.text ?? null].filter((one) => one !== null);
}

/**
 * Refuses a job that is not the one that was asked for, and cancels it. One of a request that was named is not cancelled: it may have been
 * made before, by a command that wanted it. @throws PROTOCOL_MISMATCH
 */
async function refuseOther(
  client: CertificationClient,
  asked: JobSpec,
  { id, spec }: JobView,
  named: boolean,
): Promise<void> {
  const differences = differencesOf(asked, spec);
  if (differences.length === 0) return;
  const cancel = () =>
    client.cancelJob(id).then(
      () => true,
      () => false,
    );
  throw otherSpec(id, differences, !named && (await cancel()));
}

/** The same job as `certify` makes of these flags. */
function specOf(config: SubmitConfig, input: Pick<JobSpec, 'model' | 'data' | 'images'>): JobSpec {
  const { noise, sigma, seed, normalisation, layout, output, batch, device } = config;
  const { alpha, bound, stop, maxSamples, runnerUp, simultaneous } = config;
  return {
    ...input,
    noise,
    sigma,
    seed,
    normalisation,
    layout,
    output,
    batch,
    device,
    alpha,
    bound,
    stop,
    maxSamples,
    runnerUp,
    simultaneous,
    names: namesOf(config),
  };
}

/** Returns the words by which people know the job, of the files that were named. */
const namesOf = ({ name, model, data }: SubmitConfig): JobNames => ({
  job: name,
  model: path.basename(model).slice(0, MAX_FILE_NAME),
  data: path.basename(data).slice(0, MAX_FILE_NAME),
  images: null,
});
