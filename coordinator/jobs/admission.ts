import { randomBytes } from 'node:crypto';
import { RequestError } from '../../shared/errors.js';
import { MAX_REQUEST_ID } from '../../shared/job-limits.js';
import type { JobImages, JobSpec } from '../../shared/job-spec.js';
import type { JobView } from '../../api/job-view.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import { specBytes } from '../../shared/wire/job-spec.js';
import { checkSpec } from './check-spec.js';
import { imagesIn } from './data-set.js';
import type { Inputs } from './inputs.js';
import { jobIdOf, requestDigestOf } from './job-id.js';
import { viewOf } from './job-view-of.js';
import { countOf } from '../run/ledger-bytes.js';
import { LARGEST_SPEC, ROOM_OF_AN_IMAGE } from './limits.js';
import { noProgress } from '../run/live-job.js';
import type { ServicePorts } from './ports.js';
import { jobExists, tooManyJobs, tooManyUnattended } from './refusals.js';
import type { JobRunner } from '../run/job-runner.js';
import type { CreateRequest } from './service.js';
import type { Term } from './term.js';

/** Takes jobs in: what is stored was checked, and rests on artifacts that are there. */
export class Admission {
  private admitting = 0;

  constructor(
    private readonly ports: ServicePorts,
    private readonly inputs: Inputs,
  ) {}

  /** As `CertificationService.createJob`. The same request again, also at the same moment or elsewhere, gives the same job. */
  async create(term: Term, request: CreateRequest): Promise<JobView> {
    const { spec, requestId, validateOnly } = request;
    if (requestId.length > MAX_REQUEST_ID) {
      const description = `is longer than ${MAX_REQUEST_ID} characters`;
      throw new RequestError([{ field: 'request_id', description }]);
    }
    checkSpec(spec);
    if (specBytes(spec) > LARGEST_SPEC) {
      const description = `is longer than ${LARGEST_SPEC} bytes, most of them for its weight files`;
      throw new RequestError([{ field: 'spec', description }]);
    }
    const id = jobIdOf(requestId);
    const known = await this.ports.jobs.get(id);
    if (known && known.entry.requestDigest !== requestDigestOf(spec)) throw jobExists(requestId);
    if (validateOnly) return this.checked(request);
    if (known) return this.viewOf(term, known.entry);
    const created = await this.store(term, id, request);
    return created === null ? this.create(term, request) : term.begin(created).view();
  }

  /** Null if another request was faster. */
  private async store(term: Term, id: string, request: CreateRequest): Promise<JobEntry | null> {
    const { spec, requestId, trace } = request;
    this.requirePlace(term, spec);
    this.admitting += 1;
    try {
      await this.inputs.require(spec);
      const images = await this.images(spec);
      await this.ports.artifacts.requireRoom(ROOM_OF_AN_IMAGE * countOf(images));
      const entry: JobEntry = {
        id,
        requestId,
        requestDigest: requestDigestOf(spec),
        createMs: this.ports.now(),
        spec: { ...spec, seed: spec.seed ?? drawnSeed(), images },
        startMs: null,
        job: null,
        prepared: null,
        cancelRequested: false,
        ending: null,
        ...(trace && { trace }),
      };
      if ((await this.ports.jobs.create(entry)) !== 'created') return null;
      this.tellCreated(entry);
      return entry;
    } finally {
      this.admitting -= 1;
    }
  }

  private tellCreated({ id: job, requestId, spec }: JobEntry): void {
    const images = spec.images ? countOf(spec.images) : 0;
    const request = requestId === '' ? '' : `, request ${requestId}`;
    const message = `The job is created: ${images} images on ${spec.device}${request}.`;
    this.ports.log('job-created', message, { job, images });
  }

  /** Jobs that can be drawn come and go; those of a device that nobody has stay, and may not take every place. */
  private requirePlace(term: Term, { device }: JobSpec): void {
    const { activeJobs, unattendedJobs } = this.ports.limits;
    const staying = this.ports.exchange.presences().filter(({ draining }) => !draining);
    const devices = new Set(staying.map(({ device }) => device));
    const waits = ({ entry }: JobRunner) => entry.job === null && !devices.has(entry.spec.device);
    const unattended = [...term.runners.values()].filter(waits).length;
    if (term.runners.size + this.admitting >= activeJobs) throw tooManyJobs(activeJobs, unattended);
    if (!devices.has(device) && unattended + this.admitting >= unattendedJobs) {
      throw tooManyUnattended(unattendedJobs, device);
    }
  }

  /** What is known of a job that is not created. Nothing is fetched for it, so that of a data set elsewhere the images stay unchecked. */
  private async checked({ spec, requestId }: CreateRequest): Promise<JobView> {
    const here = await this.inputs.check(spec);
    const images = here ? await this.images(spec) : spec.images;
    const entry: JobEntry = {
      id: '',
      requestId,
      requestDigest: '',
      createMs: this.ports.now(),
      startMs: null,
      job: null,
      spec: { ...spec, seed: spec.seed ?? '', images },
      prepared: null,
      cancelRequested: false,
      ending: null,
    };
    return { ...viewOf(entry, noProgress(images ? countOf(images) : 0), null, []), spec };
  }

  private async images({ data, images }: JobSpec): Promise<JobImages> {
    const found = await imagesIn(this.ports.artifacts, data.digest, images);
    const count = countOf(found);
    const most = this.ports.limits.images;
    if (count <= most) return found;
    const description = `names ${count} images, and this server takes at most ${most} a job`;
    throw new RequestError([{ field: 'spec.images', description }]);
  }

  private viewOf(term: Term, entry: JobEntry): JobView {
    if (entry.ending) return viewOf(entry, entry.ending.progress, null, []);
    return term.begin(entry).view();
  }
}

/** A seed that nobody, and no model, could have been tuned on. */
const drawnSeed = (): string => randomBytes(8).readBigUInt64BE().toString();
