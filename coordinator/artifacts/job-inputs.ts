import { SmoothcertError } from '../../shared/errors.js';
import type { JobSpec } from '../../shared/job-spec.js';
import type { Artifact, ArtifactStore } from '../../shared/ports/artifact-store.js';

/** An artifact that a job needs. */
export type Wanted = Pick<Artifact, 'digest' | 'kind'>;

/** Fetches artifacts from where requests say that they are. */
export interface Fetcher {
  /** Resolves once the store has the artifact complete. @throws SmoothcertError, ARTIFACT_FORBIDDEN for an address that the operator does not allow */
  fetch(artifact: Wanted, uri: string): Promise<void>;
}

export interface JobInput extends Wanted {
  /** Names it in messages, such as `the model`. */
  readonly name: string;
  readonly uri: string | null;
}

/**
 * Returns the artifacts that a job needs: model file, weight files, data set and, if there are some, the names of its images. Weight files
 * are fetched from beside the model file.
 */
export function inputsOf({ model, data, names }: JobSpec): JobInput[] {
  return [
    { name: 'the model', kind: 'file', digest: model.fileDigest, uri: model.uri },
    ...model.weights.map(({ path, digest }): JobInput => {
      const uri = model.uri === null ? null : besides(model.uri, path);
      return { name: `the weight file ${path}`, kind: 'file', digest, uri };
    }),
    ...namesInput(names?.images ?? null),
    { name: 'the data set', kind: 'data-set', digest: data.digest, uri: data.uri },
  ];
}

const namesInput = (digest: string | null): JobInput[] =>
  digest === null ? [] : [{ name: 'the names of its images', kind: 'file', digest, uri: null }];

/** Returns the URI of a file beside the model; null if the model's is malformed, which the fetcher says when it fetches the model. */
function besides(uri: string, path: string): string | null {
  const relative = path.split('/').map(encodeURIComponent).join('/');
  return URL.canParse(relative, uri) ? new URL(relative, uri).href : null;
}

/** Makes sure that the artifacts of a job are in the store. Each is fetched once, however many requests need it. */
export class InputArtifacts {
  private readonly fetching = new Map<string, Promise<void>>();

  constructor(
    private readonly artifacts: ArtifactStore,
    private readonly fetcher: Fetcher | null,
  ) {}

  /** Fetches what is missing, and marks all as used. @throws ARTIFACT_MISSING naming the digest, ARTIFACT_INVALID for one of another kind, what the fetcher throws */
  async require(spec: JobSpec): Promise<void> {
    const inputs = inputsOf(spec);
    for (const input of inputs) {
      const found = await this.artifacts.find(input.digest);
      if (found === null) await this.fetch(input);
      else if (found.kind !== input.kind) throw otherKind(input);
    }
    // Last, because fetching may take hours: `prune` must not take them for unused before the job is stored.
    for (const input of inputs) if (!(await this.artifacts.use(input.digest))) throw this.missing(input);
  }

  /** Checks the same without fetching. Resolves with true if the data set is here. @throws ARTIFACT_MISSING for what could not be fetched either */
  async check(spec: JobSpec): Promise<boolean> {
    let hasDataSet = true;
    for (const input of inputsOf(spec)) {
      const found = await this.artifacts.find(input.digest);
      if (found !== null && found.kind !== input.kind) throw otherKind(input);
      if (found === null && (input.uri === null || this.fetcher === null)) throw this.missing(input);
      hasDataSet = found !== null;
    }
    return hasDataSet;
  }

  private async fetch(input: JobInput): Promise<void> {
    const { digest, kind, uri } = input;
    if (uri === null || this.fetcher === null) throw this.missing(input);
    let fetched = this.fetching.get(digest);
    if (!fetched) {
      fetched = this.fetcher.fetch({ digest, kind }, uri).finally(() => this.fetching.delete(digest));
      this.fetching.set(digest, fetched);
    }
    await fetched;
  }

  private missing({ name, digest, uri }: JobInput): SmoothcertError {
    const alone = uri !== null && this.fetcher === null ? ' This server fetches nothing itself.' : '';
    return new SmoothcertError(
      'ARTIFACT_MISSING',
      `The server does not have ${name}, ${digest}, or not all of it.`,
      `Upload it with smoothcert artifacts put, or with PutArtifact.${alone}`,
    );
  }
}

function otherKind({ name, digest, kind }: JobInput): SmoothcertError {
  return new SmoothcertError(
    'ARTIFACT_INVALID',
    `The artifact ${digest}, which is to be ${name}, was uploaded as another kind than ${kind}.`,
    'Name the digest of an artifact of that kind.',
  );
}
