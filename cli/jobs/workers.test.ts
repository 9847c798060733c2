import { describe, expect, it } from 'vitest';
import type { WorkerView } from '../../api/worker-view.js';
import { workersTable } from './workers.js';

const worker = (more: Partial<WorkerView> = {}): WorkerView => ({
  worker: 'a-1',
  version: '1.0.0',
  device: 'cpu',
  numericClass: 'cpu/avx512/ort-1.30.0',
  processes: 4,
  tasks: 9,
  samplesPerSecond: 12_345.6,
  jobs: ['j-1', 'j-2'],
  draining: false,
  lastSeenMs: 1_000_000,
  refusals: [],
  ...more,
});

describe('the table of workers', () => {
  it('has a line a worker: device, processes, tasks, rate, last seen, state, jobs', () => {
    const lines = workersTable(
      [worker(), worker({ worker: 'b', jobs: [], draining: true, lastSeenMs: 1_009_000 })],
      1_004_000,
      Infinity,
    ).split('\n');
    expect(lines[0]).toMatch(/^WORKER +DEVICE +PROCESSES +TASKS +SAMPLES\/S +SEEN +STATE +DRAWS$/);
    expect(lines[1]).toMatch(/^a-1 +cpu +4 +9 +12,346 +4 s ago +ready +j-1 j-2$/);
    expect(lines[2]).toMatch(/^b +cpu +4 +9 +12,346 +0 s ago +ending +nothing$/);
  });

  it('says which jobs a worker refuses, and lets no name control a terminal', () => {
    const refusal = {
      worker: 'x',
      code: 'DEVICE_UNAVAILABLE',
      message: 'No \u001b[31mdevice.',
      remedy: 'Add one.',
    } as const;
    const text = workersTable([worker({ worker: 'a\nb', refusals: [{ job: 'j-3', refusal }] })], 0, Infinity);
    expect(text).toContain(
      'a\\nb cannot draw for j-3: No \\u{1b}[31mdevice. (DEVICE_UNAVAILABLE) Add one.\n',
    );
    expect(text).not.toContain('\u001b');
    expect(text.split('\n')).toHaveLength(4);
  });

  it.each([60, 80])('fits %d columns: the worker, its rate, its state and what it draws', (columns) => {
    const busy = worker({ worker: 'host-12.example.org-4711-0', jobs: [`j-${'1'.repeat(20)}`] });
    const lines = workersTable([busy], 1_004_000, columns).trimEnd().split('\n');
    expect(lines[0]).toMatch(/^WORKER .*SAMPLES\/S .*STATE +DRAWS$/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
  });
});
