import { SmoothcertError } from '../../shared/errors.js';
import { probeImagesOf } from '../../shared/preparation.js';
import type { Prepared } from '../../shared/preparation.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import { NO_TRACER, startBelow, within } from '../../shared/telemetry/tracer.js';
import { PREPARING } from '../../shared/waiting-reasons.js';
import type { Waiting } from '../../shared/waiting.js';
import { jobOf } from '../core/job-of.js';
import type { RunPorts } from './run-ports.js';
import { endsPreparation } from './fatal-errors.js';
import type { JobReports } from '../observe/job-reports.js';
import type { JobCloser } from './job-closer.js';
import type { ShownJob } from './shown-job.js';
import type { StoredJob } from './stored-job.js';
import { imagesOf } from './work-order-of.js';

/** Has a worker look at the model, makes the job of what it found, and stores both. Knows no ledger and no tasks. */
export class JobPreparation {
  private refused = 0;

  constructor(
    private readonly ports: RunPorts,
    private readonly stored: StoredJob,
    private readonly shown: ShownJob,
    private readonly reports: JobReports,
    private readonly closer: JobCloser,
  ) {}

  /**
   * Resolves once the entry holds the job, or the job has failed because of the refusal of a worker.
   * @throws what another try may mend; the reason of `until`, once it aborted
   */
  async run(until: AbortSignal): Promise<void> {
    const { stored, ports } = this;
    const { spec } = stored.entry;
    this.shown.wait(PREPARING);
    this.reports.preparing();
    this.shown.ready();
    try {
      const images = imagesOf(stored.entry);
      const prepared = await this.ask(stored.entry, probeImagesOf(images), until);
      if (prepared.modelDigest !== spec.model.digest) throw otherModel(prepared.modelDigest);
      const job = jobOf(spec, spec.data.digest, images, prepared);
      await stored.update((entry) => {
        return entry.job || entry.ending ? entry : { ...entry, job, prepared, startMs: ports.now() };
      });
    } catch (error) {
      this.refused += 1;
      if (until.aborted || !endsPreparation(error, this.refused)) throw error;
      await this.closer.endUndrawn('failed', error);
    }
  }

  private async ask(
    { id, spec, trace: parent }: JobEntry,
    probeImages: readonly number[],
    until: AbortSignal,
  ): Promise<Prepared> {
    const { exchange, tracer = NO_TRACER } = this.ports;
    const span = startBelow(tracer, parent, 'smoothcert.job.prepare', { kind: 'client' });
    const trace = span.context;
    const request = { job: id, spec, probeImages, ...(trace && { trace }) };
    const wait = (why: Waiting) => {
      this.shown.wait(why);
      this.reports.waiting(why.message);
    };
    return within(span, () => exchange.prepare(request, wait, until));
  }
}

function otherModel(digest: string): SmoothcertError {
  return new SmoothcertError(
    'MODEL_DIGEST_MISMATCH',
    `A worker looked at a model of digest ${digest}, which is not the one that was asked for.`,
    'Report this as a bug.',
  );
}
