import { SmoothcertError } from '../../shared/errors.js';
import type { JobSpec } from '../../shared/job-spec.js';
import type { Artifact, ArtifactStore } from '../../shared/ports/artifact-store.js';

/** An artifact that a job rests on, by what it is to it. */
export type Wanted = Pick<Artifact, 'digest' | 'kind'>;

/** Fetches artifacts from where a request says they are. */
export interface Fetcher {
  /** Resolves once the store has it complete. @throws SmoothcertError, ARTIFACT_FORBIDDEN for a place that the operator does not allow */
  fetch(artifact: Wanted, uri: string): Promise<void>;
}

export interface Input extends Wanted {
  /** What it is, in words. */
  readonly name: string;
  readonly uri: string | null;
}

/** Model file, weight files and data set. Weight files are fetched from beside the model file. */
export function inputsOf({ model, data }: JobSpec): Input[] {
  return [
    { name: 'the model', kind: 'file', digest: model.fileDigest, uri: model.uri },
    ...model.weights.map(({ path, digest }): Input => {
      const uri = model.uri === null ? null : besides(model.uri, path);
      return { name: `the weight file ${path}`, kind: 'file', digest, uri };
    }),
    { name: 'the data set', kind: 'data-set', digest: data.digest, uri: data.uri },
  ];
}

/** Null where the URI is none: the fetcher says so of the model. */
function besides(uri: string, path: string): string | null {
  const relative = path.split('/').map(encodeURIComponent).join('/');
  return URL.canParse(relative, uri) ? new URL(relative, uri).href : null;
}

/** Sees to it that a job's artifacts are there, fetching each only once however many requests want it. */
export class Inputs {
  private readonly fetching = new Map<string, Promise<void>>();

  constructor(
    private readonly artifacts: ArtifactStore,
    private readonly fetcher: Fetcher | null,
  ) {}

  /** @throws ARTIFACT_MISSING naming the digest, ARTIFACT_INVALID for one of another kind, what the fetcher throws */
  async require(spec: JobSpec): Promise<void> {
    const inputs = inputsOf(spec);
    for (const input of inputs) {
      const found = await this.artifacts.find(input.digest);
      if (found === null) await this.fetch(input);
      else if (found.kind !== input.kind) throw otherKind(input);
    }
    // Last, as fetching may take hours: from here on until the job is stored nobody takes them for unused.
    for (const input of inputs) if (!(await this.artifacts.use(input.digest))) throw this.missing(input);
  }

  /** The same without fetching; whether the data set is here. @throws ARTIFACT_MISSING for what could not be fetched either */
  async check(spec: JobSpec): Promise<boolean> {
    let here = true;
    for (const input of inputsOf(spec)) {
      const found = await this.artifacts.find(input.digest);
      if (found !== null && found.kind !== input.kind) throw otherKind(input);
      if (found === null && (input.uri === null || this.fetcher === null)) throw this.missing(input);
      here = found !== null;
    }
    return here;
  }

  private async fetch(input: Input): Promise<void> {
    const { digest, kind, uri } = input;
    if (uri === null || this.fetcher === null) throw this.missing(input);
    let fetched = this.fetching.get(digest);
    if (!fetched) {
      fetched = this.fetcher.fetch({ digest, kind }, uri).finally(() => this.fetching.delete(digest));
      this.fetching.set(digest, fetched);
    }
    await fetched;
  }

  private missing({ name, digest, uri }: Input): SmoothcertError {
    const alone = uri !== null && this.fetcher === null ? ' This server fetches nothing itself.' : '';
    return new SmoothcertError(
      'ARTIFACT_MISSING',
      `The server does not have ${name}, ${digest}, or not all of it.`,
      `Upload it with smoothcert artifacts put, or with PutArtifact.${alone}`,
    );
  }
}

function otherKind({ name, digest, kind }: Input): SmoothcertError {
  return new SmoothcertError(
    'ARTIFACT_INVALID',
    `The artifact ${digest}, which is to be ${name}, was uploaded as another kind than ${kind}.`,
    'Name the digest of an artifact of that kind.',
  );
}
