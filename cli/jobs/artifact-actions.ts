import path from 'node:path';
import type { DataReference, ModelReference } from '../../shared/job-spec.js';
import type { Artifact } from '../../shared/ports/artifact-store.js';
import type { ListConfig, PutConfig } from './artifacts-flags.js';
import type { CertificationClient } from '../client/certification-client.js';
import { roundingNote } from '../../shared/dataset/rounding-note.js';
import { importDataSet } from '../../input/convert.js';
import { clippingNote } from '../../input/pixels/clip.js';
import { table } from '../certify/describe-job.js';
import { EXIT } from '../command/exit.js';
import { inTemporaryFolder } from '../command/in-temporary-folder.js';
import { localArtifact, modelArtifacts, type LocalArtifact } from '../certify/model-artifacts.js';
import { uploadAll } from './upload.js';
import { withClient } from './with-client.js';

/** `smoothcert artifacts`. Resolves with the exit code. @throws SmoothcertError */
export function artifacts(config: ListConfig | PutConfig, interrupt: AbortSignal): Promise<number> {
  return withClient(config.server, interrupt, (client) =>
    config.action === 'list' ? list(client, config) : put(client, config, interrupt),
  );
}

async function list(client: CertificationClient, { server, json }: ListConfig): Promise<number> {
  const found: Artifact[] = [];
  for await (const artifact of client.artifacts()) found.push(artifact);
  if (json) process.stdout.write(`${JSON.stringify({ artifacts: found })}\n`);
  else if (found.length > 0) process.stdout.write(rowsOf(found));
  else process.stderr.write(`The server at ${server.address} has no artifacts.\n`);
  return EXIT.done;
}

const rowsOf = (found: readonly Artifact[]): string =>
  table([
    ['DIGEST', 'KIND', 'BYTES'],
    ...found.map(({ digest, kind, bytes }) => [digest, kind, String(bytes)]),
  ]);

/** Sends a file; the last line on standard output names what a job would name. */
async function put(client: CertificationClient, config: PutConfig, interrupt: AbortSignal): Promise<number> {
  return inTemporaryFolder('put', interrupt, async (folder) => {
    const { reference, files } = await (config.kind === 'file'
      ? modelArtifacts(config.file)
      : dataArtifacts(config, path.join(folder, 'data.canonical')));
    await uploadAll(client, files, { quiet: config.quiet || config.json, verbose: config.verbose });
    const sent = files.map(({ artifact }) => artifact);
    if (config.json) process.stdout.write(`${JSON.stringify({ artifacts: sent, reference })}\n`);
    else process.stdout.write(`${reference.digest}  ${config.kind === 'file' ? 'model' : 'data set'}\n`);
    return EXIT.done;
  });
}

async function dataArtifacts(
  { file, labels, images, lattice, reading, quiet }: PutConfig,
  into: string,
): Promise<{ reference: DataReference | ModelReference; files: readonly LocalArtifact[] }> {
  const {
    digest,
    lattice: found,
    clipping,
  } = await importDataSet({
    data: file,
    into,
    range: images,
    lattice,
    reading,
    ...(labels === null ? {} : { labels }),
  });
  for (const note of [roundingNote(found), clippingNote(clipping)])
    if (note !== null && !quiet) process.stderr.write(`Note: ${note}\n`);
  return { reference: { digest, uri: null }, files: [await localArtifact(into, digest, 'data-set')] };
}
