import type { JobImages } from '../../../shared/job-spec.js';
import type { Artifact, ArtifactStore } from '../../../shared/ports/artifact-store.js';
import type { DataSets } from '../../../coordinator/artifacts/stored-data-set.js';
import type { LabelOf } from '../../../coordinator/results/row-names.js';
import { InjectedFault } from '../faults.js';
import type { Network } from '../network.js';
import type { Life } from '../scheduler.js';

interface Held {
  readonly artifact: Artifact;
  readonly bytes: Buffer;
}

const full = () => new InjectedFault('DISK_FULL', 'There is no space left (simulated).', 'Make room.');
const unreadable = () => new InjectedFault('FOLDER_UNUSABLE', 'It cannot be read (simulated).', 'Wait.');
const changed = () => new InjectedFault('DATA_DIGEST_MISMATCH', 'It was changed (simulated).', 'Wait.');

/** Results and inputs of jobs; what outlives every process. */
export class ArtifactState {
  readonly held = new Map<string, Held>();

  add(artifact: Artifact, bytes: Buffer): void {
    this.held.set(artifact.digest, { artifact, bytes });
  }

  text(digest: string): string | null {
    return this.held.get(digest)?.bytes.toString() ?? null;
  }
}

/** The artifacts as one coordinator sees them: no uploads that are resumed, no files. */
export class SimulatedArtifacts implements ArtifactStore {
  constructor(
    private readonly state: ArtifactState,
    private readonly network: Network,
    private readonly life: Life,
  ) {}

  find(digest: string): Promise<Artifact | null> {
    return this.call(() => this.state.held.get(digest)?.artifact ?? null);
  }

  use(digest: string): Promise<boolean> {
    return this.call(() => this.state.held.has(digest));
  }

  async put(artifact: Artifact, _: number, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const received: Uint8Array[] = [];
    for await (const piece of pieces) received.push(piece);
    await this.call(() => this.state.add(artifact, Buffer.concat(received)));
  }

  async *read(digest: string, begin: number, end: number): AsyncIterable<Uint8Array> {
    yield await this.call(() => this.state.held.get(digest)!.bytes.subarray(begin, end));
  }

  remove(digest: string): Promise<void> {
    return this.call(() => void this.state.held.delete(digest));
  }

  requireRoom(): Promise<void> {
    return this.call(() => undefined);
  }

  receivedBytes(): Promise<number> {
    return Promise.resolve(0);
  }

  list(): Promise<Artifact[]> {
    return this.call(() => [...this.state.held.values()].map(({ artifact }) => artifact));
  }

  chunks(): Promise<never> {
    return Promise.reject(new Error('nobody reads data sets here'));
  }

  file(): Promise<never> {
    return this.chunks();
  }

  lastUse(): Promise<never> {
    return this.chunks();
  }

  removeUnused(): Promise<never> {
    return this.chunks();
  }

  private call<T>(effect: () => T): Promise<T> {
    const { network, life } = this;
    return network.call(life, 'store', () => {
      if (network.faults.happens('artifacts refused')) throw full();
      return effect();
    });
  }
}

/** The data sets as one coordinator sees them: labelled image mod 10, and now and then unreadable or changed. */
export class SimulatedDataSets implements DataSets {
  constructor(
    private readonly network: Network,
    private readonly life: Life,
  ) {}

  images(_: string, asked: JobImages | null): Promise<JobImages> {
    return this.read(() => asked!);
  }

  labels(): Promise<LabelOf> {
    return this.read(() => (image: number) => image % 10);
  }

  private read<T>(result: () => T): Promise<T> {
    const { network, life } = this;
    return network.call(life, 'store', () => {
      if (network.faults.happens('labels unreadable')) throw unreadable();
      if (network.faults.happens('labels changed')) throw changed();
      return result();
    });
  }
}
