import { status, type UntypedHandleCall } from '@grpc/grpc-js';
import type { CertificateRow, JobUpdate } from '../../api/job-view.js';
import {
  CERTIFICATION_METHODS,
  jobToWire,
  rowToWire,
  updateToWire,
  workerToWire,
  type MethodName,
  type ReadRequestOf,
  type ResponseOf,
} from '../../api/wire/service.js';
import type { TraceContext } from '../../shared/telemetry/trace-context.js';
import { specOfWire } from '../../shared/wire/spec-message.js';
import { notServing } from '../jobs/service-errors.js';
import type { CertificationService } from '../jobs/certification-service.js';
import { getArtifact, listArtifacts } from './artifact-calls.js';
import { MOST_MESSAGE_BYTES } from './definition.js';
import type { Report } from './call-status.js';
import { streaming } from './streaming.js';
import { traceOf } from './trace.js';
import { unary } from './unary.js';
import { upload, type UploadOptions } from './upload-call.js';

const methods = CERTIFICATION_METHODS;

/**
 * Returns the handlers of the service's methods: each decodes a request, asks the service, and encodes what it answers. This folder knows gRPC and
 * the messages of the API; it does not know how jobs are run or stored.
 */
export function handlersOf(
  service: CertificationService,
  uploads: UploadOptions,
  report: Report,
): Record<MethodName, UntypedHandleCall> {
  // Only the coordinator that serves takes uploads: two would write into one file.
  const store = () => {
    if (!service.serving) throw notServing(service.waiting ?? undefined);
    return service.artifacts;
  };
  // NOT_FOUND would say that the method looks for an artifact. Here the client has to upload it first.
  const creating = { ARTIFACT_MISSING: status.FAILED_PRECONDITION };
  return {
    createJob: unary(
      methods.createJob,
      (request, metadata) => createJob(service, request, traceOf(metadata)),
      report,
      creating,
    ),
    getJob: unary(methods.getJob, async ({ id }) => jobOf(await service.getJob(id)), report),
    cancelJob: unary(methods.cancelJob, async ({ id }) => jobOf(await service.cancelJob(id)), report),
    listJobs: unary(methods.listJobs, (request) => listJobs(service, request), report),
    listWorkers: unary(methods.listWorkers, (request) => listWorkers(service, request), report),
    getArtifact: unary(methods.getArtifact, (request) => getArtifact(store(), request), report),
    listArtifacts: unary(methods.listArtifacts, (request) => listArtifacts(store(), request), report),
    putArtifact: upload(store, uploads, report),
    watchJob: streaming(
      methods.watchJob,
      ({ id, afterSequence }, signal) => mapped(service.watch(id, afterSequence, signal), updateOf),
      report,
    ),
    streamCertificates: streaming(
      methods.streamCertificates,
      ({ id, fromImage }, signal) => mapped(service.certificates(id, fromImage, signal), rowOf),
      report,
    ),
  };
}

const jobOf = (view: Parameters<typeof jobToWire>[0]) => ({ job: jobToWire(view) });
const updateOf = (update: JobUpdate) => updateToWire(update);
const rowOf = (row: CertificateRow) => rowToWire(row);

async function createJob(
  service: CertificationService,
  { spec, requestId, validateOnly }: ReadRequestOf<'createJob'>,
  trace: TraceContext | null,
): Promise<ResponseOf<'createJob'>> {
  return jobOf(
    await service.createJob({ spec: specOfWire(spec), requestId, validateOnly, ...(trace && { trace }) }),
  );
}

/** Answers ListJobs with a page, smaller than asked for if its jobs do not fit into one message. */
function listJobs(
  service: CertificationService,
  { pageSize, pageToken }: ReadRequestOf<'listJobs'>,
): Promise<ResponseOf<'listJobs'>> {
  return fittingPage(pageSize, async (size) => {
    const { jobs, nextPageToken } = await service.listJobs(size, pageToken);
    const response = { jobs: jobs.map(jobToWire), nextPageToken };
    return { response, count: jobs.length, bytes: methods.listJobs.response.encode(response).length };
  });
}

/** Answers ListWorkers with a page, smaller than asked for if its workers do not fit into one message. */
function listWorkers(
  service: CertificationService,
  { pageSize, pageToken }: ReadRequestOf<'listWorkers'>,
): Promise<ResponseOf<'listWorkers'>> {
  return fittingPage(pageSize, async (size) => {
    const { workers, nextPageToken } = await service.listWorkers(size, pageToken);
    const response = { workers: workers.map(workerToWire), nextPageToken };
    return { response, count: workers.length, bytes: methods.listWorkers.response.encode(response).length };
  });
}

/** Returns a page of at most `size` entries that fits into one message, or holds a single entry. */
async function fittingPage<T>(
  size: number,
  pageOf: (size: number) => Promise<{ response: T; count: number; bytes: number }>,
): Promise<T> {
  for (let most = size; ;) {
    const { response, count, bytes } = await pageOf(most);
    if (bytes <= MOST_MESSAGE_BYTES || count <= 1) return response;
    // A little fewer than the share that fits: entries differ in length.
    most = Math.max(1, Math.floor((0.9 * count * MOST_MESSAGE_BYTES) / bytes));
  }
}

async function* mapped<T, U>(values: AsyncIterable<T>, change: (value: T) => U): AsyncGenerator<U> {
  for await (const value of values) yield change(value);
}
