import { RequestError } from '../../shared/errors.js';
import { MAX_REQUEST_ID } from '../../shared/job-limits.js';
import { imageCount, type JobImages, type JobSpec } from '../../shared/job-spec.js';
import type { JobView } from '../../api/job-view.js';
import type { JobEntry } from '../../shared/ports/job-store.js';
import { specBytes } from '../../shared/wire/spec-message.js';
import { checkSpec } from './check-spec.js';
import { dataSetsIn } from '../artifacts/stored-data-set.js';
import { requireNames } from '../artifacts/stored-names.js';
import type { InputArtifacts } from '../artifacts/job-inputs.js';
import { jobIdOf, requestDigestOf } from './new-job-id.js';
import { endedViewOf, viewOf } from '../observe/job-view-of.js';
import { LARGEST_SPEC, ROOM_OF_AN_IMAGE } from './limits.js';
import { noProgressOf } from '../run/live-job.js';
import type { ServicePorts } from './service-ports.js';
import { jobExists, tooManyJobs, tooManyUnattended } from './service-errors.js';
import type { JobRunner } from '../run/job-runner.js';
import { hasEnded } from '../run/stored-job.js';
import type { CreateRequest } from './certification-service.js';
import type { ActiveJobs } from './active-jobs.js';

/** Of the name of a request that has none: two are never the same. */
const ID_BYTES = 16;

/** Creates jobs. What it stores was checked, and all artifacts that it names are in the store. */
export class Admission {
  private admitting = 0;

  constructor(
    private readonly ports: ServicePorts,
    private readonly inputs: InputArtifacts,
  ) {}

  /** As `CertificationService.createJob`. Equal requests make one job, also if they come at the same moment or to another coordinator. */
  async create(active: ActiveJobs, request: CreateRequest): Promise<JobView> {
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
    const id = jobIdOf(requestId === '' ? this.ports.randomBytes(ID_BYTES).toString('hex') : requestId);
    const known = await this.ports.jobs.get(id);
    if (known && known.entry.requestDigest !== requestDigestOf(spec)) throw jobExists(requestId);
    if (validateOnly) return this.checked(request);
    if (known) return this.viewOf(active, known.entry);
    const created = await this.store(active, id, request);
    return created === null ? this.create(active, request) : active.begin(created).view();
  }

  /** Stores a new job. Returns null if there is one of this id already: an equal request was faster. */
  private async store(active: ActiveJobs, id: string, request: CreateRequest): Promise<JobEntry | null> {
    const { spec, requestId, trace } = request;
    this.requireCapacity(active, spec);
    this.admitting += 1;
    try {
      await this.inputs.require(spec);
      await requireNames(this.ports.artifacts, spec);
      const images = await this.images(spec);
      await this.ports.artifacts.requireRoom(ROOM_OF_AN_IMAGE * imageCount(images));
      const entry: JobEntry = {
        id,
        requestId,
        requestDigest: requestDigestOf(spec),
        createMs: this.ports.now(),
        spec: { ...spec, seed: spec.seed ?? this.drawnSeed(), images },
        startMs: null,
        job: null,
        prepared: null,
        cancelRequested: false,
        ending: null,
        ...(trace && { trace }),
      };
      if ((await this.ports.jobs.create(entry)) !== 'created') return null;
      this.logCreated(entry);
      return entry;
    } finally {
      this.admitting -= 1;
    }
  }

  private logCreated({ id: job, requestId, spec }: JobEntry): void {
    const images = spec.images ? imageCount(spec.images) : 0;
    const request = requestId === '' ? '' : `, request ${requestId}`;
    const message = `The job is created: ${images} images on ${spec.device}${request}.`;
    this.ports.log('job-created', message, { job, images });
  }

  /** Refuses a job beyond the limits. Jobs for a device that no worker has do not end, and so may take only a part of all places. */
  private requireCapacity(active: ActiveJobs, { device }: JobSpec): void {
    const { activeJobs, unattendedJobs } = this.ports.limits;
    const staying = this.ports.exchange.presences().filter(({ draining }) => !draining);
    const devices = new Set(staying.map(({ device }) => device));
    const waits = ({ entry }: JobRunner) => entry.job === null && !devices.has(entry.spec.device);
    const unattended = [...active.runners.values()].filter(waits).length;
    if (active.runners.size + this.admitting >= activeJobs) throw tooManyJobs(activeJobs, unattended);
    if (!devices.has(device) && unattended + this.admitting >= unattendedJobs) {
      throw tooManyUnattended(unattendedJobs, device);
    }
  }

  /** Returns the view of a job that is only checked, not created. Nothing is fetched for it: if its data set is not here, its images stay unchecked. */
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
    return { ...viewOf(entry, noProgressOf(entry)), spec };
  }

  /** Returns the images of the job, as `imagesIn`, if they are not too many for the server and for the claim. */
  private async images(spec: JobSpec): Promise<JobImages> {
    const { data, images } = spec;
    const { artifacts, dataSets = dataSetsIn(artifacts) } = this.ports;
    const found = await dataSets.images(data.digest, images);
    const count = imageCount(found);
    const most = this.ports.limits.images;
    if (images === null) checkSpec({ ...spec, images: found });
    if (count <= most) return found;
    const description = `names ${count} images, and this server takes at most ${most} a job`;
    throw new RequestError([{ field: 'spec.images', description }]);
  }

  /** Returns a seed that nobody, and no model, could have been tuned on. */
  private drawnSeed(): string {
    return this.ports.randomBytes(8).readBigUInt64BE().toString();
  }

  /** Returns the view of a job that is stored already. */
  private viewOf(active: ActiveJobs, entry: JobEntry): JobView {
    return hasEnded(entry) ? endedViewOf(entry) : active.begin(entry).view();
  }
}
