import type { BoundName, Device, Layout } from '../job.js';
import type { JobState, Outcome } from '../job-view.js';
import type { ArtifactKind } from '../ports/artifact-store.js';
import { smoothcert } from './generated.js';

const wire = smoothcert.v1;

/** The numbers of our words; what is unspecified is not among them. */
export const DEVICE_NUMBERS = {
  cpu: wire.Device.DEVICE_CPU,
  webgpu: wire.Device.DEVICE_WEBGPU,
  cuda: wire.Device.DEVICE_CUDA,
  tensorrt: wire.Device.DEVICE_TENSORRT,
  dml: wire.Device.DEVICE_DML,
  coreml: wire.Device.DEVICE_COREML,
} as const satisfies Record<Device, number>;

export const LAYOUT_NUMBERS = {
  nchw: wire.Layout.LAYOUT_NCHW,
  nhwc: wire.Layout.LAYOUT_NHWC,
  flat: wire.Layout.LAYOUT_FLAT,
} as const satisfies Record<Layout, number>;

export const BOUND_NUMBERS = {
  spending: wire.Bound.BOUND_SPENDING,
  anytime: wire.Bound.BOUND_ANYTIME,
  'clopper-pearson': wire.Bound.BOUND_CLOPPER_PEARSON,
  clt: wire.Bound.BOUND_CLT,
} as const satisfies Record<BoundName, number>;

export const STATE_NUMBERS = {
  pending: wire.JobState.JOB_STATE_PENDING,
  running: wire.JobState.JOB_STATE_RUNNING,
  succeeded: wire.JobState.JOB_STATE_SUCCEEDED,
  'partially-succeeded': wire.JobState.JOB_STATE_PARTIALLY_SUCCEEDED,
  failed: wire.JobState.JOB_STATE_FAILED,
  cancelling: wire.JobState.JOB_STATE_CANCELLING,
  cancelled: wire.JobState.JOB_STATE_CANCELLED,
} as const satisfies Record<JobState, number>;

export const OUTCOME_NUMBERS = {
  certified: wire.Outcome.OUTCOME_CERTIFIED,
  abstained: wire.Outcome.OUTCOME_ABSTAINED,
  failed: wire.Outcome.OUTCOME_FAILED,
  approximate: wire.Outcome.OUTCOME_APPROXIMATE,
} as const satisfies Record<Outcome, number>;

export const ARTIFACT_KIND_NUMBERS = {
  file: wire.ArtifactKind.ARTIFACT_KIND_FILE,
  'data-set': wire.ArtifactKind.ARTIFACT_KIND_DATA_SET,
} as const satisfies Record<ArtifactKind, number>;
