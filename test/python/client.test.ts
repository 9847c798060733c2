import { randomBytes } from 'node:crypto';
import { copyFile, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Tls } from '../../adapters/http/tls.js';
import { Tokens } from '../../adapters/http/tokens.js';
import { readModel } from '../../worker/model/onnx/model-file.js';
import { PYTHON } from '../harness/python.js';
import { PICTURES } from '../harness/results.js';
import { INPUTS } from '../model/support.js';
import { HAS_OPENSSL, TestAuthority } from '../service/certificates.js';
import { prepared, sha256 } from '../support/service-bed.js';
import { pythonAndService } from './python-service.js';

/** Bytes of the largest piece that a server takes at once. */
const PIECE = 2 ** 20;

/** Python against the real service over TCP; votes are a voter's, where a model would be run. */

describe.skipIf(PYTHON === undefined)('a client in Python', () => {
  const of = pythonAndService();
  const { folder, again, address, start, ask, worker, jobs } = of;

  it('gives its token, as a text or from a file, and is refused with another one', async () => {
    const file = folder.file('token');
    await writeFile(file, 'secret-token\n');
    await again({ tokens: await Tokens.open(file) });
    await worker();
    for (const way of [{}, { token: 'another' }]) {
      const refused = await ask({ server: way });
      expect(refused).toMatchObject({ news: 'error', code: 'UNAUTHENTICATED' });
      expect(refused.remedy).toContain('token');
    }
    expect(await jobs()).toEqual([]);
    expect(await ask({ server: { token: file } })).toMatchObject({ news: 'ended', done: true });
    expect(await ask({ server: { token: 'secret-token' } })).toMatchObject({ news: 'ended', done: true });
    expect(await jobs()).toHaveLength(1);
  });

  it.skipIf(!HAS_OPENSSL)('speaks TLS with a certificate of its own', async () => {
    const authority = new TestAuthority(folder.path, 'ours');
    const [theirs, own] = [authority.issue('server'), authority.issue('client')];
    await again({ tls: Tls.open({ cert: theirs.cert, key: theirs.key, clientCa: theirs.ca }) });
    await worker();
    const { ca, cert: certificate, key } = own;
    const without = await ask({ server: { ca }, flags: { wait_seconds: 1 } });
    expect(without).toMatchObject({ news: 'error', code: 'SERVER_UNREACHABLE' });
    const half = await ask({ server: { ca, certificate } });
    expect(half).toMatchObject({ code: 'OPTION_INVALID', remedy: 'Give both or none.' });
    expect(await ask({ server: { ca, certificate, key } })).toMatchObject({ news: 'ended', done: true });
  });

  it('says after a few seconds that no server answers, and is refused an address that is none', async () => {
    await of.server.close(0);
    const none = await ask({ flags: { wait_seconds: 1 } });
    expect(none).toMatchObject({ news: 'error', code: 'SERVER_UNREACHABLE' });
    expect(none.message).toContain(`No server answers at ${address()}`);
    expect(await ask({ server: { address: 'http://here' } })).toMatchObject({ code: 'OPTION_INVALID' });
    expect(await readdir(folder.file('out'))).toEqual([]);
  });

  it('names the argument that the server refuses, and leaves no request behind', async () => {
    const refused = await ask({ flags: { alpha: 0.4 } });
    expect(refused).toMatchObject({ news: 'error', code: 'REQUEST_INVALID' });
    expect(refused.message).toContain('alpha= (spec.alpha) 0.4 is outside');
    expect(refused.remedy).not.toBe('');
    expect(await readdir(folder.file('out'))).toEqual([]);
  });

  const wrong: Readonly<Record<string, [Readonly<Record<string, unknown>>, string]>> = {
    'an unknown one': [{ max_sample: 5 }, 'Did you mean max_samples=?'],
    'one of this machine': [{ processes: 2 }, 'Leave processes= out.'],
    'one of another rule': [{ radii: [0.25] }, 'Leave radii= out, or add stop="target".'],
    'a word that is none': [{ noise: 'gausian' }, 'Did you mean gaussian?'],
    'no number': [{ max_samples: 'many' }, 'Write a number.'],
    nothing: [{ max_samples: 0 }, 'Leave max_samples= out, or write more.'],
    'no images': [{ images: '9000:' }, 'Choose indices from 0 to '],
  };
  it.each(Object.entries(wrong))('refuses %s before the server is asked', async (_, [flags, remedy]) => {
    const refused = await ask({ flags, server: { address: '127.0.0.1:1' } });
    expect(refused).toMatchObject({ news: 'error', code: 'OPTION_INVALID' });
    expect(refused.remedy).toContain(remedy);
  });

  it('asks for all that its flags say', async () => {
    await worker(PICTURES.model, { classes: 4 });
    const names = ['a', 'b "c"', 'd', 'ö'];
    const flags = {
      seed: '00042',
      alpha: 0.01,
      stop: 'fixed',
      bound: null,
      n0: 20,
      keep_counts: true,
      runner_up: true,
      simultaneous: true,
      input_scale: 255,
      mean: [1, 2, 3],
      std: 4,
      layout: 'nhwc',
      images: '1::2',
      batch: 32,
      name: 'mine',
      class_names: names,
      max_samples: 500,
      request_id: 'r-1',
    };
    await using program = start({ flags });
    await program.tells(({ news }) => news === 'begun' || news === 'error');
    const [{ spec, requestId }] = (await jobs()) as [Awaited<ReturnType<typeof jobs>>[0]];
    expect(requestId).toBe('r-1');
    expect(spec).toMatchObject({
      seed: '42',
      alpha: 0.01,
      bound: 'clopper-pearson',
      maxSamples: 500,
      runnerUp: true,
      batch: 32,
      stop: { kind: 'fixed', selection: 20, keepCounts: true },
      simultaneous: true,
      layout: 'nhwc',
      images: { start: 1, step: 2 },
      normalisation: { inputScale: 255, mean: [1, 2, 3], std: [4] },
      names: { job: 'mine', model: 'free.onnx', data: 'images.npz' },
    });
    const images = spec.names!.images!;
    expect(JSON.parse(await textOf(images))).toEqual({ files: null, classes: names });
  });

  const textOf = async (digest: string) => {
    const { bytes } = (await of.bed.artifacts.find(digest))!;
    const pieces: Uint8Array[] = [];
    for await (const piece of of.bed.artifacts.read(digest, 0, bytes)) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  };

  it('ends a job whose classes are not as many as were named', async () => {
    const { digest } = await readModel(PICTURES.model);
    // It draws nothing: the job has not ended by itself before.
    of.bed.worker({ prepare: () => prepared({ modelDigest: digest }), onTask: () => false });
    const refused = await ask({ flags: { class_names: ['a', 'b'] } });
    expect(refused).toMatchObject({ code: 'OPTION_INVALID' });
    expect(refused.message).toBe('class_names= has 2 names, and the model has 10 classes.');
    expect((await jobs())[0]!.state).toMatch(/^cancell/);
  });

  it('sends a model with its weight files, from where an upload broke off, and nothing that the server has', async () => {
    const model = folder.file('external.onnx');
    await copyFile(path.join(INPUTS, 'external.onnx'), model);
    // More than a server takes in one piece; what weights they are makes no difference to a voter.
    const content = randomBytes(2.5 * PIECE);
    await writeFile(folder.file('weights.bin'), content);
    await worker(model);
    const { digest, fileDigest, weights } = await readModel(model);
    const weightDigest = weights[0]!.digest;
    async function* brokenOff() {
      yield await Promise.resolve(content.subarray(0, PIECE));
      throw new Error('the connection is lost');
    }
    const broken = { digest: weightDigest, kind: 'file', bytes: content.length } as const;
    await expect(of.bed.artifacts.put(broken, 0, brokenOff())).rejects.toThrow('lost');

    const sent: [string, number][] = [];
    const put = of.bed.artifacts.put.bind(of.bed.artifacts);
    of.bed.artifacts.put = (artifact, from, pieces) => {
      sent.push([artifact.digest, from]);
      return put(artifact, from, pieces);
    };
    expect(await ask({ model })).toMatchObject({ news: 'ended' });
    const [{ spec }] = (await jobs()) as [Awaited<ReturnType<typeof jobs>>[0]];
    expect(spec.model).toMatchObject({ digest, fileDigest, weights });
    const files = [fileDigest, weightDigest, spec.data.digest];
    expect(sent.slice(0, 3)).toEqual([
      [files[0], 0],
      [files[1], PIECE],
      [files[2], 0],
    ]);
    sent.length = 0;
    expect(await ask({ model, flags: { seed: 8 }, out: folder.file('other') })).toMatchObject({
      news: 'ended',
    });
    expect(sent.filter(([sentDigest]) => files.includes(sentDigest))).toEqual([]);
  });

  it('leaves a job that goes on at Ctrl-C, and ends it when it is asked to', async () => {
    await using left = start();
    await left.tells(({ news, text }) => news === 'note' && /^Waiting: /.test(String(text)));
    left.signal('SIGINT');
    expect((await left.exited).code).toBe(130);
    const [job] = await jobs();
    expect(left.told.at(-1)!.text).toContain(`The job ${job!.id} goes on.`);
    expect(job!.state).toBe('pending');
    await using ending = start({ cancel: true });
    expect(await ending.exited).toEqual({ code: 0, stderr: '' });
    expect((await jobs())[0]!.state).toMatch(/^cancell/);
    const cancelled = await ask();
    expect(cancelled).toMatchObject({ news: 'error', code: 'CANCELLED' });
    expect(await jobs()).toHaveLength(1);
  });

  it('takes no other job into the folder of one, and none into the folder of a command', async () => {
    await worker();
    await ask();
    const other = await ask({ flags: { seed: 8 } });
    expect(other).toMatchObject({ code: 'JOB_DIFFERS' });
    expect(other.message).toContain('seed (7 there, 8 here)');
    await writeFile(folder.file('out', 'request.json'), '{');
    expect(await ask()).toMatchObject({ code: 'JOB_FILE_DAMAGED' });
  });

  it('raises the error of a job that failed, and asks anew the next time', async () => {
    of.bed.worker({ prepare: () => prepared({ modelDigest: sha256('another') }) });
    const failed = await ask();
    expect(failed).toMatchObject({ news: 'error' });
    expect(failed.code).toMatch(/^[A-Z_]+$/);
    expect(failed.remedy).not.toBe('');
    expect((await jobs())[0]!.error).toMatchObject({ code: failed.code, message: failed.message });
    await ask();
    expect(await jobs()).toHaveLength(2);
  });

  const kinds: Readonly<Record<string, [Readonly<Record<string, unknown>>, string]>> = {
    predictions: [{ stop: 'predict' }, '"outcome":"predicted"'],
    targets: [{ stop: 'target', radii: ['0.1', '0.50'] }, '"target":"0.50"'],
    approximations: [{ stop: 'fixed', n0: 20, bound: 'clt' }, '"outcome":"approximate"'],
    'a claim about all images': [
      {
        bound: null,
        runner_up: true,
        simultaneous: true,
        class_names: ['=', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'a "j"'],
      },
      '"label_name":"=","outcome":"certified"',
    ],
  };
  it.each(Object.entries(kinds))('has the rows of %s as the command has them', async (_, [flags, has]) => {
    await worker();
    expect(await ask({ flags })).toMatchObject({ news: 'ended', done: true });
    const [{ id }] = (await jobs()) as [Awaited<ReturnType<typeof jobs>>[0]];
    const [jsonl, tsv] = await Promise.all(
      ['results.jsonl', 'results.tsv'].map((name) => readFile(folder.file('out', name), 'utf8')),
    );
    expect({ jsonl, tsv }).toEqual(await of.bed.results(id));
    expect(jsonl).toContain(has);
  });
});
