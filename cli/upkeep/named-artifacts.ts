import { inputsOf } from '../../coordinator/artifacts/job-inputs.js';
import type { Artifact } from '../../shared/ports/artifact-store.js';
import type { JobEntry } from '../../shared/ports/job-store.js';

/** An artifact that the entry of a job names. `name` says in messages what it is to the job. */
export interface NamedArtifact extends Pick<Artifact, 'digest' | 'kind'> {
  readonly name: string;
}

/** Returns the model, its weight files and the data set of a job. */
export const inputsNamedBy = ({ spec }: JobEntry): NamedArtifact[] => unique(inputsOf(spec));

/** Returns the results of a job; none if it has not ended, or ended without results. */
export function resultsNamedBy({ ending }: JobEntry): NamedArtifact[] {
  if (!ending?.results) return [];
  const { jsonl, tsv } = ending.results;
  return unique([
    { name: 'results.jsonl', kind: 'file', digest: jsonl },
    { name: 'results.tsv', kind: 'file', digest: tsv },
  ]);
}

/** Leaves out artifacts with the digest of another one: two weight files may have the same bytes. */
const unique = (named: readonly NamedArtifact[]): NamedArtifact[] => [
  ...new Map(named.map((one) => [one.digest, one])).values(),
];
