import { expect, test } from 'vitest';
import { localJob, project } from '../harness/local-job.js';

const data = project('test/fixtures/models/images.npz');

test('a model whose rows influence each other at its only batch is refused: its votes would not be independent', async () => {
  const model = project('test/fixtures/models/cross-talk-of-four.onnx');
  await expect(localJob({ model, data })).rejects.toMatchObject({
    code: 'MODEL_OUTPUT_UNSUPPORTED',
    message:
      "The model's scores for an image change with the other images of its batch of 4, or from run to run.",
  });
});

test('the same model with a batch of 1 runs one row at a time', async () => {
  using local = await localJob({ model: project('test/fixtures/models/cross-talk.onnx'), data });
  expect(local.job.draw.batch).toBe(1);
});
