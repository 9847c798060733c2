import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { contentOf, runCommand, startCommand } from '../harness/command.js';
import { digitsJob, ledgerGrows } from '../harness/digits-job.js';
import { childrenOf, signalTo } from '../harness/processes.js';
import { DIGITS, MODELS } from '../harness/results.js';
import { project } from '../harness/local-job.js';
import { framesOf } from '../harness/ledger-frames.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

/** Takes the digits too, and votes otherwise. */
const OTHER_MODEL = project(`${MODELS}/logits-4d.onnx`);
const LONGER = { images: '::20', 'no-report': true } as const;

test('another model put in the place of the first while it runs: refused, and nothing of it is counted', async () => {
  using folder = new TemporaryFolder();
  const model = folder.file('model.onnx');
  const out = folder.file('out');
  const job = digitsJob(out, { ...LONGER, model });
  await copyFile(project(DIGITS.model), model);
  const undisturbed = digitsJob(folder.file('undisturbed'), { ...LONGER, model });
  expect(await runCommand(undisturbed)).toMatchObject({ code: 0, stderr: '' });

  await using command = startCommand(job, { ownGroup: true });
  expect(await ledgerGrows(command, out, 1_000)).toBe(true);
  await copyFile(OTHER_MODEL, model);
  for (const pid of await childrenOf(command.pid)) signalTo(pid, 'SIGKILL');
  const { code, stdout, stderr } = await command.exited;
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(
    /^Error MODEL_DIGEST_MISMATCH: The model \S+ has digest [0-9a-f]{64}, and the job wants [0-9a-f]{64}\.\n[^\n]+\n$/,
  );
  const left = (await contentOf(out))!;
  expect(Object.keys(left)).toEqual(['images.jsonl', 'job.json', 'ledger']);
  expect(framesOf(Buffer.from(left['ledger']!, 'latin1')).torn).toBe(0);

  // As long as it is another model, it is another job.
  const other = await runCommand(job);
  expect(other.code).toBe(2);
  expect(other.stderr).toContain(`Error JOB_DIFFERS: ${out} holds another job; what differs: the model file`);
  expect(await contentOf(out)).toEqual(left);

  await writeFile(model, await readFile(project(DIGITS.model)));
  expect(await runCommand(job)).toMatchObject({ code: 0, stderr: '' });
  const after = (await contentOf(out))!;
  expect(after['results.jsonl']).toBe(await readFile(folder.file('undisturbed', 'results.jsonl'), 'utf8'));
  expect(after['ledger']!.startsWith(left['ledger']!)).toBe(true);
});
