import { inputsOf } from '../../coordinator/artifacts/job-inputs.js';
import type { Artifact } from '../../shared/ports/artifact-store.js';
import type { JobEntry } from '../../shared/ports/job-store.js';

/** An artifact that a job names, by what it is to it. */
export interface Named extends Pick<Artifact, 'digest' | 'kind'> {
  readonly name: string;
}

/** Model, weight files and data set: what the job is drawn from. */
export const inputsNamedBy = ({ spec }: JobEntry): Named[] => unique(inputsOf(spec));

/** The results of a job that has ended with some. */
export function resultsNamedBy({ ending }: JobEntry): Named[] {
  if (!ending?.results) return [];
  const { jsonl, tsv } = ending.results;
  return unique([
    { name: 'results.jsonl', kind: 'file', digest: jsonl },
    { name: 'results.tsv', kind: 'file', digest: tsv },
  ]);
}

/** Two weight files may have the same bytes. */
const unique = (named: readonly Named[]): Named[] => [
  ...new Map(named.map((one) => [one.digest, one])).values(),
];
