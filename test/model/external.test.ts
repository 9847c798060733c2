import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../worker/model/onnx/model-file.js';
import { ENTRY, TENSOR } from '../../worker/model/onnx/onnx-fields.js';
import { editTensors } from '../../worker/model/tensors.js';
import { fieldsOf, withField, withoutFields } from '../../worker/model/onnx/wire-edit.js';
import { INPUTS, prepareShape, refusal } from './support.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

const folder = folderOfAllTests();

/** The same function, with its weights inside. */
const whole = readFileSync(path.join(INPUTS, 'batch-4.onnx'));
/** A model that onnx.save wrote with save_as_external_data; its weights were in weights.bin. */
const exported = readFileSync(path.join(INPUTS, 'external.onnx'));
const weights = ((): Uint8Array => {
  let raw: Uint8Array = new Uint8Array(0);
  editTensors(whole, (tensor) => {
    raw = fieldsOf(tensor, TENSOR.rawData).bytes[0]!;
    return tensor;
  });
  return raw;
})();

const sha256 = (content: Uint8Array | string) => createHash('sha256').update(content).digest('hex');
const scoresOf = async (file: string) => {
  const prepared = await prepareShape(file, [12], { batch: 8 });
  const scores = await prepared.run(Float32Array.from({ length: 96 }, (_, at) => Math.sin(at)));
  await prepared.release();
  return { scores: [...scores], description: prepared.description };
};

/** A folder of its own for a case, with these files in it. */
function folderOf(name: string, files: Readonly<Record<string, Uint8Array>>): string {
  for (const [file, content] of Object.entries(files)) {
    const target = folder.file(name, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  return `${folder.file(name)}/`;
}

/** A tensor's entries about its file, and the number that says that it has one. */
function external(tensor: Uint8Array, entries: Readonly<Record<string, string>>): Uint8Array {
  const described = Object.entries(entries).reduce(
    (message, [key, value]) =>
      withField(
        message,
        TENSOR.externalData,
        withField(withField(new Uint8Array(0), ENTRY.key, Buffer.from(key)), ENTRY.value, Buffer.from(value)),
      ),
    withoutFields(tensor, [TENSOR.rawData]),
  );
  return Buffer.concat([described, Buffer.from([TENSOR.dataLocation << 3, 1])]);
}

/** The whole model with its weights said to be elsewhere. */
const pointingTo = (entries: Readonly<Record<string, string>>) =>
  editTensors(whole, (tensor) => external(tensor, entries));

describe('a model with weights in another file', () => {
  it('as onnx.save writes it, gives the scores of the same model in one file', async () => {
    const home = folderOf('exported', { 'external.onnx': exported, 'weights.bin': weights });
    const found = await scoresOf(`${home}external.onnx`);
    expect(found.scores).toEqual((await scoresOf(path.join(INPUTS, 'batch-4.onnx'))).scores);
    expect(found.description).toMatchObject({ batchFreed: true, classes: 3 });
    expect(found.description.modelDigest).toBe(sha256(`${sha256(exported)}\n${sha256(weights)}\n`));
  });

  it('below its folder, at an offset, or up to the end of the file', async () => {
    const padded = Buffer.concat([Buffer.alloc(7), weights]);
    const due = (await scoresOf(path.join(INPUTS, 'batch-4.onnx'))).scores;
    const all: Record<string, string>[] = [
      { location: 'w/a.bin', offset: '7' },
      { location: './w/a.bin', offset: '7', length: String(weights.length), checksum: 'ignored' },
    ];
    for (const [at, entries] of all.entries()) {
      const home = folderOf(`below-${at}`, { 'm.onnx': pointingTo(entries), 'w/a.bin': padded });
      expect((await scoresOf(`${home}m.onnx`)).scores).toEqual(due);
    }
  });

  it('through links, as download caches keep them', async () => {
    const home = folderOf('cache', { 'blobs/1': pointingTo({ location: 'a.bin' }), 'blobs/2': weights });
    mkdirSync(`${home}snapshot`);
    symlinkSync('../blobs/1', `${home}snapshot/m.onnx`);
    symlinkSync('../blobs/2', `${home}snapshot/a.bin`);
    const { scores } = await scoresOf(`${home}snapshot/m.onnx`);
    expect(scores).toEqual((await scoresOf(path.join(INPUTS, 'batch-4.onnx'))).scores);
  });

  it('has another digest with other weights, and is refused by a job that wants the first', async () => {
    const home = folderOf('changed', { 'external.onnx': exported, 'weights.bin': weights });
    const file = `${home}external.onnx`;
    const { modelDigest } = (await scoresOf(file)).description;
    const again = await prepareShape(file, [12], { expectedDigest: modelDigest });
    await again.release();
    const other = Uint8Array.from(weights);
    other[0]! ^= 1;
    writeFileSync(`${home}weights.bin`, other);
    const digest = sha256(`${sha256(exported)}\n${sha256(other)}\n`);
    expect(await refusal(prepareShape(file, [12], { expectedDigest: modelDigest }), home)).toEqual([
      'MODEL_DIGEST_MISMATCH',
      `The model external.onnx has digest ${digest}, and the job wants ${modelDigest}.`,
      'Give the model that the job was created with, or start a new job.',
    ]);
  });

  it('has a digest of its files in the order of their names, each once', async () => {
    // In the model, the files' order is not that of their names.
    const twice = editTensors(whole, (tensor) => external(tensor, { location: 'b.bin' }));
    const unused = external(Buffer.from([0x10, 1, 0x42, 1, 0x75]), { location: 'a.bin' });
    const model = withExtraTensor(withExtraTensor(twice, unused), unused);
    const home = folderOf('ordered', { 'm.onnx': model, 'a.bin': new Uint8Array(4), 'b.bin': weights });
    const { digest } = await readModel(`${home}m.onnx`);
    const digests = [model, new Uint8Array(4), weights].map((content) => `${sha256(content)}\n`);
    expect(digest).toBe(sha256(digests.join('')));
  });
});

/** A model with one more initializer; protobuf adds up the parts of a message that comes twice. */
function withExtraTensor(model: Uint8Array, tensor: Uint8Array): Uint8Array {
  return withField(model, 7, withField(new Uint8Array(0), 5, tensor));
}

const ONE_FILE =
  'Save it as one file with onnx.save(onnx.load(path), "one-file.onnx"), or put the weight files where the model says they are.';
const ONE_FILE_ONLY = 'Save it as one file: onnx.save(onnx.load(path), "one-file.onnx").';

describe('weights in another file are refused', () => {
  it.each(['../w.bin', 'a/../../w.bin', '/etc/passwd', '', 'a//w.bin', '..\\w.bin', 'C:w.bin', 'w\0.bin'])(
    'at %j',
    async (location) => {
      const home = folderOf('outside/in', { 'm.onnx': pointingTo({ location }), '../w.bin': weights });
      expect(await refusal(prepareShape(`${home}m.onnx`, [12]), home)).toEqual([
        'MODEL_UNREADABLE',
        `The model m.onnx keeps weights in ${JSON.stringify(location)}, which is outside the model's own folder.`,
        ONE_FILE_ONLY,
      ]);
    },
  );

  it('behind a link, or a folder that is a link, that leaves the folder', async () => {
    const home = folderOf('leaving/in', { '../w.bin': weights, 'm.onnx': pointingTo({ location: 'w.bin' }) });
    writeFileSync(`${home}n.onnx`, pointingTo({ location: 'up/w.bin' }));
    symlinkSync('../w.bin', `${home}w.bin`);
    symlinkSync('..', `${home}up`);
    for (const [model, location] of [
      ['m.onnx', 'w.bin'],
      ['n.onnx', 'up/w.bin'],
    ] as const) {
      const [, message] = await refusal(prepareShape(`${home}${model}`, [12]), home);
      expect(message).toBe(
        `The model ${model} keeps weights in "${location}", which is outside the model's own folder.`,
      );
    }
  });

  it.each([
    [
      { location: 'absent.bin' },
      'The model m.onnx keeps weights in absent.bin, which is not there.',
      ONE_FILE,
    ],
    [{ location: 'in' }, 'The model m.onnx keeps weights in in, which is not a regular file.', ONE_FILE],
    [
      { location: 'w.bin', offset: '1', length: '144' },
      'The model m.onnx keeps weights in bytes 1 to 145 of w.bin, which has 144.',
      'Copy both files again, from the same export.',
    ],
    [
      { location: '*/_ORT_MEM_ADDR_/*', offset: '140000000000000', length: '144' },
      'The model m.onnx keeps weights in */_ORT_MEM_ADDR_/*, which is not there.',
      ONE_FILE,
    ],
  ])('from %j', async (entries, message, remedy) => {
    const home = folderOf('wrong', { 'm.onnx': pointingTo(entries), 'w.bin': weights, 'in/x': weights });
    expect(await refusal(prepareShape(`${home}m.onnx`, [12]), home)).toEqual([
      'MODEL_UNREADABLE',
      message,
      remedy,
    ]);
  });

  it.each([{}, { location: 'w.bin', offset: '-4' }, { location: 'w.bin', length: 'all' }])(
    'with the entries %j',
    async (entries) => {
      const home = folderOf('entries', { 'm.onnx': pointingTo(entries), 'w.bin': weights });
      expect((await refusal(prepareShape(`${home}m.onnx`, [12]), home))[1]).toBe(
        'm.onnx is no ONNX model, or is damaged or cut short.',
      );
    },
  );

  it('in more files than any exporter writes', async () => {
    const tensors = Array.from({ length: 10_001 }, (_, at) => {
      const tensor = external(Buffer.from([0x10, 1]), { location: `${at}.bin` });
      return withField(new Uint8Array(0), 7, withField(new Uint8Array(0), 5, tensor));
    });
    const home = folderOf('many', { 'm.onnx': Buffer.concat([whole, ...tensors]) });
    expect((await refusal(readModel(`${home}m.onnx`), home))[1]).toBe(
      'The model m.onnx names 10001 files of weights.',
    );
  });

  it('of another size than the tensor', async () => {
    const home = folderOf('size', {
      'm.onnx': pointingTo({ location: 'w.bin', length: '140' }),
      'w.bin': weights,
    });
    const [code, message] = await refusal(prepareShape(`${home}m.onnx`, [12]), home);
    expect(code).toBe('MODEL_UNREADABLE');
    expect(message).toMatch(/^ONNX Runtime cannot load the model: .*\.$/);
  });

  it('above 2 GB, without reading them', async () => {
    const home = folderOf('large', { 'm.onnx': pointingTo({ location: 'w.bin' }), 'w.bin': weights });
    truncateSync(`${home}w.bin`, 3e9);
    expect(await refusal(prepareShape(`${home}m.onnx`, [12]), home)).toEqual([
      'MODEL_UNREADABLE',
      'The model m.onnx with its weight files has 3.00 GB, and at most 2.14 GB can be loaded.',
      'Use a smaller model, or one with weights of float16.',
    ]);
  });
});
