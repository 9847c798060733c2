import { smoothcert } from '../../shared/wire/generated.js';
import type { ArtifactKind } from '../../shared/ports/artifact-store.js';
import type { JobState, Outcome } from '../job-view.js';

const wire = smoothcert.v1;

/** The numbers of enum values in messages. The values named unspecified are left out. */
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
  predicted: wire.Outcome.OUTCOME_PREDICTED,
} as const satisfies Record<Outcome, number>;

export const ARTIFACT_KIND_NUMBERS = {
  file: wire.ArtifactKind.ARTIFACT_KIND_FILE,
  'data-set': wire.ArtifactKind.ARTIFACT_KIND_DATA_SET,
} as const satisfies Record<ArtifactKind, number>;
