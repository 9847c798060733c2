import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SmoothcertError } from '../../../shared/errors.js';
import { EVENTS, type EventName } from '../../../shared/telemetry/events.js';
import { FIELDS } from './lines.js';
import { openLog, type LogOptions } from './open-log.js';

const TIME = '2026-01-02T03:04:05.678Z';
const JOB = 'j-00000000000000000000';
const CAUSE = new SmoothcertError('NATS_UNREACHABLE', 'NATS is away.', 'Look after NATS.');

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(TIME) });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A log and the lines that it has written. */
function opened(format: LogOptions['format'], verbose = false) {
  const stream = new PassThrough();
  const lines = () => (
    (text += ((stream.read() as Buffer | null) ?? '').toString()),
    text.split('\n').slice(0, -1)
  );
  let text = '';
  return { ...openLog(stream, { format, verbose }), lines };
}
const parsed = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

describe('json', () => {
  it('is an object a line: level, time, event, fields, message', () => {
    const { log, lines } = opened('json');
    log('image-failed', 'Image 3 has failed.', { job: JOB, image: 3, code: 'CHILD_DIED' });
    log('job-restarted', 'It is begun again.', { job: JOB, cause: CAUSE });
    expect(lines()[0]).toBe(
      `{"level":"warn","time":"${TIME}","event":"image-failed","job":"${JOB}","image":3,"code":"CHILD_DIED","message":"Image 3 has failed."}`,
    );
    expect(parsed(lines())[1]).toEqual({
      level: 'warn',
      time: TIME,
      event: 'job-restarted',
      job: JOB,
      message: 'It is begun again.',
      code: 'NATS_UNREACHABLE',
      remedy: 'Look after NATS.',
      error: 'NATS is away.',
    });
  });

  it('has stack traces and the last output of a process only where they are asked for', () => {
    const error = new Error('outer', { cause: new Error('inner') });
    const write = (verbose: boolean) => {
      const { log, lines } = opened('json', verbose);
      log('inference-died', 'It ended.', { cause: error, words: 'out of memory' });
      return parsed(lines())[0]!;
    };
    expect(write(false)).not.toHaveProperty('stack');
    expect(write(false)).not.toHaveProperty('words');
    expect(write(true)).toMatchObject({ words: 'out of memory', error: 'outer' });
    expect(write(true)['stack']).toMatch(/^Error: outer\n {4}at [^]*\nError: inner\n {4}at /);
  });
});

describe('pretty', () => {
  it('is time, level, job, sentence, what lies below, and what to do', () => {
    const { log, lines } = opened('pretty');
    log('worker-ready', 'Ready: 2 processes.', { worker: 'w' });
    log('job-restarted', 'It is begun again.', { job: JOB, cause: CAUSE });
    log('jobs-unlisted', 'Not looked through.', { cause: new Error('EIO') });
    expect(lines()).toEqual([
      `${TIME} info Ready: 2 processes.`,
      `${TIME} warn ${JOB} It is begun again. (NATS_UNREACHABLE: NATS is away.) Look after NATS.`,
      `${TIME} warn Not looked through. (EIO)`,
    ]);
  });
});

describe.each(['pretty', 'json'] as const)('%s', (format) => {
  it('lets nobody forge a line, move a cursor or fill a disk', () => {
    const forged = `x\n${TIME} error forged\u001b[2K\r{"event":"forged"}\u009b1A\u2028`;
    const { log, lines } = opened(format, true);
    const error = new SmoothcertError('DATA_FORMAT', forged, forged, { cause: new Error(forged) });
    log('job-created', forged, { job: forged, task: forged, worker: forged, words: forged, cause: error });
    log('image-failed', 'y'.repeat(1_000_000), { cause: forged });
    const [first, ...others] = lines();
    const starts = others.filter((line) => !line.startsWith('    '));
    expect(first?.slice(0, 24)).toBe(format === 'json' ? '{"level":"info","time":"' : TIME);
    expect(starts).toHaveLength(1);
    // eslint-disable-next-line no-control-regex
    expect(lines().join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028]/);
    expect(Math.max(...lines().map(({ length }) => length))).toBeLessThan(20_000);
    if (format === 'json') parsed(lines());
  });

  it('has no secret that has a form of its own, in whatever field', () => {
    const secret = 'nats://me:hunter2@host https://host/x?sig=hunter3 Bearer hunter4567';
    const { log, lines } = opened(format, true);
    const cause = new Error(secret, { cause: new Error(secret) });
    log('fatal', secret, { job: secret, worker: secret, remedy: secret, words: secret, cause });
    expect(lines().join('\n')).not.toMatch(/hunter/);
    expect(lines().join('\n')).toContain('[redacted]');
  });

  it('writes the first lines of a minute of a job, and how many it left out', () => {
    const { log, lines } = opened(format);
    for (let k = 0; k < 1_000_000; k++) log('job-restarted', `Again ${k}.`, { job: JOB });
    log('job-restarted', 'Another job.', { job: 'j-1' });
    expect(lines()).toHaveLength(11);
    vi.advanceTimersByTime(60_000);
    expect(lines()).toHaveLength(12);
    expect(lines()[11]).toContain('Again 999999.');
    expect(lines()[11]).toMatch(
      format === 'json' ? /"more":999989/ : /\(and 999989 more like it within a minute\)$/,
    );
    vi.advanceTimersByTime(600_000);
    expect(lines()).toHaveLength(12);
    log('job-restarted', 'Later.', { job: JOB });
    expect(lines()).toHaveLength(13);
  });

  it('writes of malformed messages one line a minute, whoever sends them', () => {
    const { log, lines } = opened(format);
    for (let minute = 0; minute < 10; minute++) {
      for (let k = 0; k < 1_000; k++) log('messages-malformed', 'One.');
      vi.advanceTimersByTime(60_000);
    }
    expect(lines().length).toBeGreaterThanOrEqual(10);
    expect(lines().length).toBeLessThanOrEqual(11);
  });

  it('is bounded over all jobs, too, and says at its end what it left out', () => {
    const { log, lines, close } = opened(format);
    for (let k = 0; k < 100_000; k++) log('job-created', 'Created.', { job: `j-${k}` });
    expect(lines()).toHaveLength(120);
    close();
    const stands = lines().slice(120);
    expect(stands).toHaveLength(1);
    expect(stands[0]).toContain('99879');
  });
});

it('every event is written at its level, every field under its name', () => {
  const { log, lines } = opened('json', true);
  for (const event of Object.keys(EVENTS) as EventName[]) log(event, 'It is.');
  expect(parsed(lines()).map(({ event, level }) => [event, level])).toEqual(
    Object.entries(EVENTS).map(([event, { level }]) => [event, level]),
  );
  const all = {
    job: 'j',
    image: 0,
    shard: '0-64',
    task: 't',
    worker: 'w',
    code: 'C',
    remedy: 'R',
    state: 's',
  };
  const numbers = { images: 1, samples: 2, seconds: 3, count: 4, words: 'w', cause: new Error('e') };
  log('fatal', 'All.', { ...all, ...numbers });
  const { level, time, event, message, stack, ...fields } = parsed(lines()).at(-1)!;
  expect([level, time, event, message, typeof stack]).toEqual(['error', TIME, 'fatal', 'All.', 'string']);
  expect(Object.keys(fields)).toEqual(FIELDS.filter((name) => name !== 'more'));
});
