import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importDataSet } from '../../input/convert.js';
import { GrpcServer } from '../../coordinator/grpc/server.js';
import { serveArtifact } from '../../coordinator/http/artifact-downloads.js';
import { JobManager } from '../../coordinator/jobs/job-manager.js';
import { DEFAULT_LIMITS } from '../../coordinator/jobs/limits.js';
import { ArtifactFolder } from '../../adapters/local/artifact-folder.js';
import { JobFolder } from '../../adapters/local/job-folder.js';
import { LocalExchange } from '../../adapters/local/local-exchange.js';
import { systemClock } from '../../adapters/local/system-clock.js';
import { HttpServer } from '../../adapters/http/http-server.js';
import { NO_METRICS } from '../../shared/telemetry/metrics.js';
import { artifactToWire, type MethodName } from '../../api/wire/service.js';
import { ArtifactCache } from '../../worker/cluster/artifacts/cache.js';
import { folderSource } from '../../worker/cluster/artifacts/source.js';
import { readModel } from '../../worker/model/onnx/model-file.js';
import { ENTRY, GRAPH, MODEL, TENSOR } from '../../worker/model/onnx/onnx-fields.js';
import { withField } from '../../worker/model/onnx/wire-edit.js';
import { fixture } from '../data/support.js';
import { zipOf } from '../fuzz/zip-writer.js';
import { encoded, RawClient } from '../service/grpc-client.js';
import { Canaries, NAMES, put, SECRET, SECRET_DIGEST, whole } from './canary.js';

/**
 * Whoever names a file from outside (a digest, a job, a weight file, an entry of an archive, a row of labels) reads and writes nothing but
 * what is meant.
 */

let canaries: Canaries;
let store: ArtifactFolder;
let digest: string;
const inside = (...parts: string[]) => canaries.inside(...parts);
const absolute = () => canaries.outside('canary');

beforeEach(async () => {
  canaries = new Canaries();
  store = await ArtifactFolder.open(inside('store'));
  digest = await put(store, randomBytes(100));
});
afterEach(() => canaries.close());

/** Returns a server's answer to bytes that no client would send. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(text, 'latin1');
  let answer = '';
  socket.on('data', (bytes: Buffer) => (answer += bytes.toString('latin1')));
  socket.on('error', () => undefined);
  await once(socket, 'close');
  return answer;
}

describe('a digest', () => {
  it('in a path of HTTP leads to an artifact or nowhere', async () => {
    const reported: unknown[] = [];
    const server = await HttpServer.start({
      address: { host: '127.0.0.1', port: 0 },
      tls: null,
      tokens: null,
      unready: () => null,
      others: (request, response) => serveArtifact(store, request, response),
      report: (error) => void reported.push(error),
    });
    const { port } = server.address;
    try {
      const answers: Promise<string>[] = [];
      for (const name of [...NAMES, absolute(), absolute().slice(1)]) {
        const forms = [
          `/artifacts/${name}`,
          `/artifacts/${digest}/${name}`,
          `/artifacts/${digest}${name}`,
          `/${name}`,
          name,
        ];
        const targets = [
          ...forms,
          `http://h/artifacts/${name}`,
          `file://${absolute()}`,
          `/artifacts//${name}`,
        ];
        for (const target of targets)
          answers.push(raw(port, `GET ${target} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n`));
      }
      for (const answer of await Promise.all(answers)) {
        expect(answer).not.toContain(SECRET);
        // `..` within a path is taken away before it is looked at: what remains may be the artifact itself, or its chunk.
        expect(answer.slice(9, 12)).toMatch(/^(400|404|200|)$/);
      }
      expect(reported).toEqual([]);
    } finally {
      await server.close(0);
    }
  });

  it('in a call of gRPC, and an id of a job, are one or are refused', async () => {
    const exchange = await LocalExchange.open(inside('ledgers'), systemClock);
    const jobs = await JobFolder.open(inside('jobs'), () => undefined);
    const ports = {
      jobs,
      exchange,
      artifacts: store,
      clock: systemClock,
      now: () => Date.now(),
      randomBytes,
      metrics: NO_METRICS,
    };
    const service = new JobManager({
      ...ports,
      limits: DEFAULT_LIMITS,
      lease: null,
      fetcher: null,
      log: () => undefined,
    });
    const end = new AbortController();
    const running = service.run(end.signal);
    const reported: unknown[] = [];
    const options = { address: { host: '127.0.0.1', port: 0 }, tls: null, tokens: null };
    const server = await GrpcServer.start({
      ...options,
      service,
      report: (error) => void reported.push(error),
    });
    const client = new RawClient(server.address);
    while (!service.serving) await new Promise((resolve) => service.onServing(resolve));
    const refused = [status.INVALID_ARGUMENT, status.NOT_FOUND];
    const ofText: MethodName[] = [
      'getJob',
      'cancelJob',
      'watchJob',
      'streamCertificates',
      'getArtifact',
      'listArtifacts',
    ];
    try {
      for (const name of [...NAMES, absolute(), 'canary', `../canary`.padEnd(64, 'x')].filter(
        (one) => one !== '',
      )) {
        for (const method of ofText) {
          const text =
            method === 'getArtifact'
              ? { digest: name }
              : method === 'listArtifacts'
                ? { pageToken: name }
                : { id: name };
          const { code } = await client.send(method, encoded(method, text as never));
          expect([method, name, refused.includes(code)]).toEqual([method, name, true]);
        }
        const artifact = artifactToWire({ digest: name, kind: 'file', bytes: 1 });
        const { code } = await client.send('putArtifact', encoded('putArtifact', { upload: { artifact } }));
        expect(code).toBe(status.INVALID_ARGUMENT);
      }
      expect(reported).toEqual([]);
    } finally {
      client.close();
      await server.close(0);
      end.abort();
      await running;
      await exchange.close();
    }
  });

  it('that reaches the store or the folder of jobs is one, or nothing is done', async () => {
    const jobs = await JobFolder.open(inside('jobs'), () => undefined);
    for (const name of [...NAMES, absolute(), '../../canary.json', '../canary']) {
      expect(await store.find(name)).toBeNull();
      expect(await store.receivedBytes(name)).toBe(0);
      await store.remove(name);
      await expect(store.file(name)).rejects.toMatchObject({ code: 'ARTIFACT_MISSING' });
      await expect(
        store.put({ digest: name, kind: 'file', bytes: 1 }, 0, whole(Buffer.from('x'))),
      ).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' });
      expect(await jobs.get(name)).toBeNull();
      await jobs.remove(name);
    }
  });
});

/** A model with one tensor whose values lie somewhere else. */
function modelPointingTo(location: string): Uint8Array {
  const empty = new Uint8Array(0);
  const entry = withField(
    withField(empty, ENTRY.key, Buffer.from('location')),
    ENTRY.value,
    Buffer.from(location),
  );
  const tensor = Buffer.concat([
    withField(empty, TENSOR.externalData, entry),
    Buffer.from([TENSOR.dataLocation << 3, 1]),
  ]);
  return withField(empty, MODEL.graph, withField(empty, GRAPH.initializer, tensor));
}

describe('a weight file', () => {
  it('is one below the model, whatever the model says', async () => {
    mkdirSync(inside('models/deep'), { recursive: true });
    const file = inside('models/m.onnx');
    symlinkSync(canaries.outside('canary'), inside('models/link'));
    symlinkSync(canaries.outside('secret'), inside('models/folder'));
    const elsewhere = [
      ...NAMES,
      absolute(),
      'link',
      'folder/canary',
      'deep/../../../canary',
      './link',
      'deep',
      '/dev/zero',
      '/proc/self/environ',
    ];
    for (const location of elsewhere) {
      writeFileSync(file, modelPointingTo(location));
      const error = await readModel(file).then(
        () => null,
        (reason: unknown) => reason,
      );
      expect([location, (error as { code?: string } | null)?.code]).toEqual([location, 'MODEL_UNREADABLE']);
      expect((error as Error).message).not.toContain(SECRET);
    }
    copyFileSync(canaries.outside('canary'), inside('models/deep/w'));
    writeFileSync(file, modelPointingTo('deep/w'));
    expect((await readModel(file)).weights).toEqual([{ path: 'deep/w', digest: SECRET_DIGEST }]);
  });

  it('is written into the cache and nowhere else, also where links lie in the cache', async () => {
    const [model, weights] = [await put(store, randomBytes(50)), await put(store, randomBytes(60))];
    const name = 'ab'.repeat(32);
    const folder = inside('cache/models', name);
    mkdirSync(folder, { recursive: true });
    symlinkSync(canaries.outside('secret'), path.join(folder, 'sub'));
    symlinkSync(canaries.outside('canary'), path.join(folder, 'model.onnx.part'));
    symlinkSync(canaries.outside('canary'), path.join(folder, 'model.onnx'));
    const cache = await ArtifactCache.open(inside('cache'), 2 ** 40, folderSource(store));
    const reference = {
      digest: name,
      fileDigest: model,
      uri: null,
      weights: [{ path: 'sub/w.bin', digest: weights }],
    };
    const held = await cache.model(reference);
    expect(lstatSync(held.value).isFile()).toBe(true);
    expect(lstatSync(path.join(folder, 'sub')).isDirectory()).toBe(true);
    await held.release();

    const other = 'cd'.repeat(32);
    symlinkSync(canaries.outside('secret'), inside('cache/models', other));
    await (
      await cache.model({ ...reference, digest: other, weights: [{ path: 'w.bin', digest: weights }] })
    ).release();
    for (const weight of [...NAMES, absolute()]) {
      const attempt = cache.model({
        ...reference,
        digest: 'ef'.repeat(32),
        weights: [{ path: weight, digest: weights }],
      });
      // Where dots, colons or percent signs mean nothing they are a name like any other.
      const held = await attempt.catch((error: unknown) => error);
      if (!(held instanceof Error)) await (held as Awaited<typeof attempt>).release();
    }
  });

  it('and the data set of a job are no links in the cache', async () => {
    const data = inside('data');
    const { digest: name } = await importDataSet({ data: fixture('npz/uint8.npz'), into: data });
    const bytes = readFileSync(data);
    await store.put({ digest: name, kind: 'data-set', bytes: bytes.length }, 0, whole(bytes));
    mkdirSync(inside('cache/data', name), { recursive: true });
    symlinkSync(canaries.outside('canary'), inside('cache/data', name, 'data'));
    const cache = await ArtifactCache.open(inside('cache'), 2 ** 40, folderSource(store));
    await expect(cache.dataSet(name)).rejects.toMatchObject({ code: 'FOLDER_UNUSABLE' });
  });
});

describe('images', () => {
  it('in an archive have names, and those lead nowhere', async () => {
    const content = readFileSync(fixture('npz/uint8.npy'));
    for (const name of [...NAMES, absolute()]) {
      const data = inside('data.npz');
      writeFileSync(data, zipOf([{ name: `${name}.npy`, content }]));
      await importDataSet({ data, into: inside('canonical') }).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'DATA_FORMAT' });
      });
    }
  });

  it('are named by labels below their folder alone', async () => {
    mkdirSync(inside('pictures'));
    copyFileSync(fixture('images/grey8.png'), inside('pictures/a.png'));
    for (const name of [...NAMES.filter((one) => one !== ''), absolute(), '../pictures/a.png', './a.png']) {
      writeFileSync(inside('labels.csv'), `file,label\n"${name}",1\n`);
      const attempt = importDataSet({
        data: inside('pictures'),
        into: inside('canonical'),
        labels: inside('labels.csv'),
      });
      await expect(attempt).rejects.toMatchObject({ code: 'LABELS_MISMATCH' });
    }
  });
});
