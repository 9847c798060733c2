import { createHash, randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';

import { UPLOAD_LIMITS } from '../../coordinator/grpc/upload-call.js';
import type { Artifact, ArtifactStore } from '../../shared/ports/artifact-store.js';
import { artifactToWire, type RequestOf } from '../../api/wire/service.js';
import type { Upload } from './grpc-client.js';
import { JOB, openFixture, type Fixture } from './grpc-fixture.js';

const MIB = 2 ** 20;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A store that tells what it gets, and whose disk stands still while `gate` is closed. */
class WatchedStore extends EventEmitter {
  received = 0;
  gate: Promise<void> = Promise.resolve();

  over(store: ArtifactStore): ArtifactStore {
    const put = async (artifact: Artifact, offset: number, pieces: AsyncIterable<Uint8Array>) => {
      try {
        await store.put(artifact, offset, this.counted(pieces));
      } finally {
        this.emit('settled');
      }
    };
    return new Proxy(store, {
      get: (target, name) => {
        if (name === 'put') return put;
        const value = Reflect.get(target, name) as unknown;
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }

  /** Resolves once so many bytes have reached the disk. */
  async reached(bytes: number): Promise<void> {
    while (this.received < bytes) await once(this, 'piece');
  }

  private async *counted(pieces: AsyncIterable<Uint8Array>) {
    for await (const piece of pieces) {
      await this.gate;
      yield piece;
      this.received += piece.length;
      this.emit('piece');
    }
  }
}

function artifactOf(bytes: Buffer): Artifact {
  return { digest: createHash('sha256').update(bytes).digest('hex'), kind: 'file', bytes: bytes.length };
}
const begin = (artifact: Artifact, offset = 0) => ({
  upload: { artifact: artifactToWire(artifact), offset },
});

let fixture: Fixture;
let store: WatchedStore;
async function open(uploads = UPLOAD_LIMITS): Promise<void> {
  store = new WatchedStore();
  fixture = await openFixture({ uploads }, (folder) => store.over(folder));
}
afterEach(() => fixture.close());

const content = randomBytes(10 * MIB);
const artifact = artifactOf(content);

describe('an upload', () => {
  it('of 64 MiB arrives whole, and leaves memory as it was', async () => {
    await open();
    const part = randomBytes(MIB);
    const large = artifactOf(Buffer.concat(Array.from({ length: 64 }, () => part)));
    const upload = fixture.client.put();
    await upload.write(begin(large));
    const live = () => {
      collectGarbage();
      return process.memoryUsage().arrayBuffers;
    };
    const before = live();
    let most = 0;
    for (let i = 0; i < 64; i++) {
      expect(await upload.write({ piece: part })).toBe(true);
      if (i % 8 === 7) most = Math.max(most, live() - before);
    }
    expect(await upload.end()).toMatchObject({ code: status.OK });
    // Both sides live in this process: 16 messages read ahead of the disk, and what is on its way. All of it would be 64.
    expect(most).toBeLessThan(45 * MIB);
    const stored = await readFile(path.join(fixture.folder, large.digest));
    expect(artifactOf(stored)).toEqual(large);
  });

  it('waits for the disk', async () => {
    await open();
    let release!: () => void;
    store.gate = new Promise((resolve) => (release = resolve));
    const part = randomBytes(MIB);
    const large = artifactOf(Buffer.concat(Array.from({ length: 64 }, () => part)));
    const upload = fixture.client.put();
    await upload.write(begin(large));
    let sent = 0;
    for (let i = 0; i < 64; i++) void upload.write({ piece: part }).then(() => (sent += 1));
    const outcome = upload.end();
    for (let still = 0; still < 50;) {
      const before = sent;
      await fixture.client.ask('getJob', { id: JOB });
      still = sent === before ? still + 1 : 0;
    }
    expect(sent).toBeLessThan(24);
    release();
    expect(await outcome).toMatchObject({ code: status.OK });
    expect(await fixture.service.artifacts.find(large.digest)).toEqual(large);
  });

  it('that is cut off goes on where it was', async () => {
    await open();
    const upload = fixture.client.put();
    await upload.write(begin(artifact));
    await writeAll(upload, content.subarray(0, 4 * MIB));
    await store.reached(4 * MIB);
    const settled = once(store, 'settled');
    upload.call.cancel();
    await settled;
    const [state] = await fixture.client.ask('getArtifact', { digest: artifact.digest });
    expect(state).toMatchObject({ complete: false, receivedBytes: 4 * MIB });
    const again = fixture.client.put();
    await again.write(begin(artifact, 4 * MIB));
    await writeAll(again, content.subarray(4 * MIB));
    expect(await again.end()).toMatchObject({ code: status.OK });
    expect(await fixture.service.artifacts.find(artifact.digest)).toEqual(artifact);
    expect(fixture.reported).toEqual([]);
  });

  it('of what is there is answered at once', async () => {
    await open();
    await fixture.service.artifacts.put(artifact, 0, whole(content));
    const upload = fixture.client.put();
    await upload.write(begin(artifact));
    expect(await upload.outcome).toMatchObject({ code: status.OK });
  });

  const upload = { artifact: artifactToWire(artifact), offset: 0 };
  const wrong: [string, RequestOf<'putArtifact'>[], string][] = [
    ['without any message', [], 'upload'],
    ['that begins with a piece', [{ piece: content.subarray(0, 9) }], 'upload'],
    ['that begins with nothing', [{}], 'upload'],
    ['with two descriptions', [{ upload }, { upload }], 'upload'],
    ['with an empty piece', [{ upload }, { piece: Buffer.alloc(0) }], 'piece'],
    ['with an empty message', [{ upload }, {}], 'piece'],
    ['with a piece of more than 1 MiB', [{ upload }, { piece: content.subarray(0, MIB + 1) }], 'piece'],
    ['without an artifact', [{ upload: {} }], 'upload.artifact.digest'],
    [
      'of a name',
      [{ upload: { artifact: { ...upload.artifact, digest: '../x' } } }],
      'upload.artifact.digest',
    ],
    ['of no kind', [{ upload: { artifact: { digest: artifact.digest, bytes: 9 } } }], 'upload.artifact.kind'],
  ];
  it.each(wrong)('a message %s is refused', async (_, messages, field) => {
    await open();
    const sending = fixture.client.put();
    for (const message of messages) await sending.write(message);
    const { code, rich } = await sending.end();
    expect({ code, reason: rich?.reason }).toEqual({
      code: status.INVALID_ARGUMENT,
      reason: 'REQUEST_INVALID',
    });
    expect(rich!.violations.map((violation) => violation.field)).toContain(field);
  });

  it.each([
    ['at a place where it was not', 5, content],
    ['of fewer bytes', 0, content.subarray(0, MIB)],
    ['of more bytes', 0, Buffer.concat([content, content.subarray(0, MIB)])],
    ['of other bytes', 0, Buffer.concat([content.subarray(MIB), content.subarray(0, MIB)])],
  ])('%s is refused', async (_, offset, bytes) => {
    await open();
    const sending = fixture.client.put();
    await sending.write(begin(artifact, offset));
    await writeAll(sending, bytes);
    const { code, rich } = await sending.end();
    expect({ code, reason: rich?.reason }).toEqual({
      code: status.INVALID_ARGUMENT,
      reason: 'ARTIFACT_INVALID',
    });
    expect(await fixture.service.artifacts.find(artifact.digest)).toBeNull();
  });

  it('of the same artifact at the same time waits its turn, as does one too many', async () => {
    await open({ ...UPLOAD_LIMITS, uploads: 2 });
    const busy = { code: status.ABORTED, rich: { reason: 'ARTIFACT_BUSY' } };
    const first = fixture.client.put();
    await first.write(begin(artifact));
    await writeAll(first, content.subarray(0, MIB));
    await store.reached(MIB);
    const second = fixture.client.put();
    await second.write(begin(artifact));
    expect(await second.outcome).toMatchObject(busy);
    const other = artifactOf(content.subarray(0, 2 * MIB));
    const third = fixture.client.put();
    await third.write(begin(other));
    await writeAll(third, content.subarray(0, MIB));
    await store.reached(2 * MIB);
    const fourth = fixture.client.put();
    await fourth.write(begin(artifactOf(content.subarray(0, 9))));
    expect(await fourth.outcome).toMatchObject(busy);
    await writeAll(third, content.subarray(MIB, 2 * MIB));
    expect(await third.end()).toMatchObject({ code: status.OK });
    await writeAll(first, content.subarray(MIB));
    expect(await first.end()).toMatchObject({ code: status.OK });
  });

  it('that falls silent gives its place to another', async () => {
    await open({ ...UPLOAD_LIMITS, uploads: 1, silenceMs: 250 });
    const silent = fixture.client.put();
    await silent.write(begin(artifact));
    expect(await silent.outcome).toMatchObject({ code: status.CANCELLED, rich: { reason: 'CANCELLED' } });
    const next = fixture.client.put();
    const small = content.subarray(0, 9);
    await next.write(begin(artifactOf(small)));
    await writeAll(next, small);
    expect(await next.end()).toMatchObject({ code: status.OK });
  });

  it.each([
    ['all uploads must be', { leastBytesPerSecond: 1_000_000 }, (): number => 1_000_000],
    ['one of its size must be', { leastBytesPerSecond: 1, maxUploadMs: 1_000 }, (): number => artifact.bytes],
  ])('that is never silent, and slower than %s, gives its place to another', async (_, limits, rate) => {
    await open({ ...UPLOAD_LIMITS, uploads: 1, silenceMs: 400, ...limits });
    const slow = fixture.client.put();
    await slow.write(begin(artifact));
    let sent = 0;
    // A byte in good time, again and again: nobody could call that silence.
    const drip = setInterval(() => void slow.write({ piece: content.subarray(sent, ++sent) }), 20);
    const ended = await slow.outcome.finally(() => clearInterval(drip));
    expect(ended).toMatchObject({ code: status.CANCELLED, rich: { reason: 'CANCELLED' } });
    expect(ended.rich!.message).toBe(`The upload was slower than ${rate()} bytes a second.`);
    expect(sent).toBeGreaterThan(3);
    const next = fixture.client.put();
    await next.write(begin(artifact));
    await writeAll(next, content);
    expect(await next.end()).toMatchObject({ code: status.OK });
  });

  it('is not taken by a coordinator that does not serve', async () => {
    await open();
    fixture.service.serving = false;
    const upload = fixture.client.put();
    await upload.write(begin(artifact));
    expect(await upload.outcome).toMatchObject({ code: status.UNAVAILABLE, rich: { reason: 'NOT_SERVING' } });
  });
});

/** Writes until everything has left, or the call has ended. */
async function writeAll(upload: Upload, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; at += MIB) {
    if (!(await upload.write({ piece: bytes.subarray(at, at + MIB) }))) return;
  }
}

async function* whole(bytes: Uint8Array) {
  yield await Promise.resolve(bytes);
}
