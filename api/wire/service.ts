import type { google, smoothcert } from '../../shared/wire/generated.js';

/** The messages of the service and their bytes: services and clients import them from here. */
export { artifactOfRequest, artifactOfWire, artifactToWire } from './artifact.js';
export { jobOfWire, jobToWire, rowOfWire, rowToWire, updateOfWire, updateToWire } from './job-messages.js';
export {
  CERTIFICATION_METHODS,
  type Method,
  type MethodName,
  type ReadRequestOf,
  type ReadResponseOf,
  type RequestOf,
  type ResponseOf,
  type ServiceMessage,
} from './methods.js';
export { workerOfWire, workerToWire } from './worker-message.js';
export { ERROR_DOMAIN, decodeRichStatus, encodeRichStatus, type RichStatus } from './rich-status.js';

export type WireJob = smoothcert.v1.Job.$Properties;
export type WireJobSpec = smoothcert.v1.JobSpec.$Properties;
export type WireArtifact = smoothcert.v1.Artifact.$Properties;
export type WireStatus = google.rpc.Status.$Properties;
