import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SmoothcertError } from '../../shared/errors.js';
import { openTelemetry } from '../../adapters/telemetry/tracing/open-telemetry.js';
import { within } from '../../shared/telemetry/tracer.js';
import type { CertificationClient } from '../client/certification-client.js';
import { requireClassNames } from '../certify/class-names.js';
import { conclude } from '../certify/conclude.js';
import type { Job } from '../../shared/job.js';
import { EXIT } from '../command/exit.js';
import { createJob, type Created } from './create-job.js';
import { follow, leave } from './follow.js';
import { inputNotesOf } from '../certify/job-notes.js';
import { OutputFolder } from '../certify/output-folder.js';
import { refuseOccupied } from '../results/service-results.js';
import { differencesOf, otherSpec } from './same-spec.js';
import type { SubmitConfig } from './submit-flags.js';
import { withClient } from './with-client.js';

/**
 * `smoothcert submit`: sends model and images, creates the job, watches it, takes its certificates. Resolves with the exit code.
 * @throws SmoothcertError; a job that was created goes on
 */
export async function submit(config: SubmitConfig, interrupt: AbortSignal): Promise<number> {
  const folder = config.out === null ? null : await OutputFolder.open(config.out);
  const temporary = mkdtempSync(path.join(tmpdir(), 'smoothcert-submit-'));
  const clean = () => {
    folder?.close();
    rmSync(temporary, { recursive: true, force: true });
  };
  const abandon = () => {
    clean();
    process.exit(EXIT.interrupted);
  };
  // Until there is a job, an interruption leaves nothing behind but what the server was sent.
  interrupt.addEventListener('abort', abandon);
  if (interrupt.aborted) abandon();
  const created = () => interrupt.removeEventListener('abort', abandon);
  try {
    if (folder !== null) await refuseUsed(folder, config.requestId);
    const dataFile = folder?.dataFile ?? path.join(temporary, 'data.canonical');
    const span = openTelemetry.start('smoothcert submit', { kind: 'client', parent: null });
    const command = async (client: CertificationClient) => {
      client.carry(span.context);
      const { job, ...kept } = await createJob(client, config, { dataFile, temporary }, created);
      span.set({ 'smoothcert.job': job.id });
      try {
        return await attend(client, config, folder, { job, ...kept }, dataFile);
      } catch (error) {
        if (!interrupt.aborted) throw error;
        return leave(job.id, config.server);
      }
    };
    return await within(span, () => withClient(config.server, interrupt, command));
  } finally {
    created();
    clean();
  }
}

/** A new job needs a new folder; a repeated request may be the job of the folder, which is seen when it is known. */
async function refuseUsed(folder: OutputFolder, requestId: string | null): Promise<void> {
  await refuseOccupied(folder, null);
  if (requestId !== null || !folder.holdsJob) return;
  throw new SmoothcertError(
    'JOB_DIFFERS',
    `${folder.path} holds the results of another job.`,
    'Choose a new folder; or give the --request-id of that job to take its results again.',
  );
}

async function attend(
  client: CertificationClient,
  config: SubmitConfig,
  folder: OutputFolder | null,
  { job: { id, spec }, notes, known, classes }: Created,
  dataFile: string,
): Promise<number> {
  if (config.detach) {
    process.stdout.write(config.json ? `${JSON.stringify({ id })}\n` : `${id}\n`);
    return EXIT.done;
  }
  let checked = false;
  const ended = await follow(client, id, {
    quiet: config.quiet || config.json,
    onUpdate: async ({ job: { job } }) => {
      if (checked || job === null) return;
      if (config.classNames !== null) await refuseOtherClasses(client, id, classes!, job);
      if (folder !== null) await refuseOccupied(folder, job);
      checked = true;
    },
  });
  const changed = differencesOf(spec, ended.spec);
  if (changed.length > 0) throw otherSpec(id, changed, false);
  const sources = { ...config, input: inputNotesOf(config), notes, known, classes };
  return await conclude(client, ended, {
    ...config,
    report: config.report ? { canonical: dataFile } : null,
    folder,
    sources,
  });
}

/** Cancels a job whose model has another number of classes than were named: its rows would name wrong ones. @throws OPTION_INVALID */
async function refuseOtherClasses(
  client: CertificationClient,
  id: string,
  classes: readonly string[],
  { draw }: Job,
): Promise<void> {
  try {
    requireClassNames(classes, draw.classes);
  } catch (error) {
    await client.cancelJob(id).catch(() => undefined);
    throw error;
  }
}
