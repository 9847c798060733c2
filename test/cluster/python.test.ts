import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { certifiedRows } from '../harness/army.js';
import { Cluster } from '../harness/cluster.js';
import { hasNatsServer } from '../harness/nats-server.js';
import { PYTHON, PythonProgram, installedPython, type Told } from '../harness/python.js';
import { DIGITS } from '../harness/results.js';

const FLAGS = { seed: 11, images: '::20', min_gain: 0.005, bound: 'anytime' };
const WORDS = Object.entries(FLAGS).flatMap(([name, value]) => [`--${name.replace('_', '-')}`, `${value}`]);
const JOB = ['--model', DIGITS.model, '--data', DIGITS.data, '--sigma', '0.25', ...WORDS];

test.skipIf(!hasNatsServer || PYTHON === undefined)(
  'Python asks a standby, which takes over, and is killed and started again: the same certificates',
  async () => {
    const expected = await certifiedRows(JOB);
    const python = await installedPython();
    await using cluster = await Cluster.start({}, { ackWait: 1, lease: 1 });
    const first = await cluster.coordinator();
    await first.says(/Serving/);
    const standby = await cluster.coordinator();
    const worker = cluster.worker('w');
    await worker.says(/Ready/);
    const asked = {
      ...DIGITS,
      sigma: 0.25,
      flags: FLAGS,
      out: cluster.folder.file('out'),
      server: { address: standby.grpc },
    };
    await using program = new PythonProgram(python, ['test/python/on_server.py', JSON.stringify(asked)]);
    const waits = ({ news, text }: Told) => news === 'note' && /Waiting up to 300 s/.test(String(text));
    await program.tells(waits);
    await first.end('SIGKILL');
    await standby.says(/Serving/);
    await program.tells(({ news, samples }) => news === 'progress' && (samples as number) > 0);
    await standby.end('SIGKILL');
    const again = cluster.again(standby);
    expect(await program.exited).toEqual({ code: 0, stderr: '' });
    expect(await readFile(cluster.folder.file('out', 'results.jsonl'), 'utf8')).toBe(expected);
    expect(again.running).toBe(true);
  },
);
