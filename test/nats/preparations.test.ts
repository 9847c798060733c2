import type { Waiting } from '../../shared/waiting.js';
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';

import { MalformedMessages } from '../../adapters/nats/link/core-messages.js';
import { answerPreparations, type Prepare } from '../../adapters/nats/exchange/preparation-answers.js';
import { isOfTheJob, Preparations } from '../../adapters/nats/exchange/preparations.js';
import { ERROR_CATALOGUE, SmoothcertError, type ErrorCode } from '../../shared/errors.js';
import type { PrepareRequest, Presence } from '../../shared/ports/exchange.js';
import { decodePrepared, encodePrepared } from '../../shared/wire/cluster.js';
import { describeNats, sendMalformed } from './support.js';
import { Heard, aborted } from '../support/events.js';
import { MALFORMED, PREPARED, presenceOf, requestOf } from '../support/stored-state.js';
import { never } from '../support/never.js';

/** Busy words every 100 ms, patience for 400. */
const TIMES = { presenceEveryMs: 500, standbyPollMs: 50 };

const refused = (code: ErrorCode) => new SmoothcertError(code, `${code} happened.`, 'Do something.');
const atOnce: Prepare = () => Promise.resolve(PREPARED);

describeNats('preparations in NATS', (server) => {
  /** Asks as a coordinator does; `why` hears why it takes time. */
  async function asker(presences: readonly Presence[] = []) {
    const link = await server().connect(TIMES);
    const malformed = new MalformedMessages();
    const preparations = new Preparations(link, () => presences, malformed);
    const why = new Heard<string>();
    const hear = ({ message }: Waiting) => why.hear(message);
    const ask = (signal: AbortSignal = never) => preparations.ask(requestOf('j-1'), hear, signal);
    return { link, malformed, why, ask };
  }

  /** A worker that answers with `prepare` until it is stopped; `begun` hears each request. */
  async function worker(prepare: Prepare) {
    const link = await server().connect(TIMES);
    const malformed = new MalformedMessages();
    const begun = new Heard<PrepareRequest>();
    const end = new AbortController();
    const name = `w-${randomUUID()}`;
    const run = answerPreparations(
      link,
      { worker: name, device: 'cpu', malformed },
      (request, signal) => {
        const answer = prepare(request, signal);
        begun.hear(request);
        return answer;
      },
      end.signal,
    );
    await link.connection.flush();
    const stop = async () => {
      end.abort();
      await run;
    };
    return { link, malformed, begun, name, end, stop };
  }

  it('waits for a worker to come, and says so', async () => {
    const { ask, why } = await asker();
    const said = why.next();
    const asked = ask();
    expect(await said).toBe('No worker with the device cpu is there.');
    const { stop, begun } = await worker(atOnce);
    expect(await asked).toEqual(PREPARED);
    expect(begun.all).toEqual([requestOf('j-1')]);
    await stop();
  });

  it('does not lose patience with a worker that takes its time and says so', async () => {
    const { ask, why } = await asker();
    const ear = await server().connect();
    let busy = 0;
    const manyWords = new Promise<void>((resolve) => {
      const count = (_: Error | null, { data }: { data: Uint8Array }) => {
        if (decodePrepared(data).kind === 'busy' && ++busy === 12) resolve();
      };
      // Only answers have a subject of one token behind the prefix.
      ear.connection.subscribe('_INBOX.*', { callback: count });
    });
    await ear.connection.flush();
    const { stop, begun } = await worker(() => manyWords.then(() => PREPARED));
    expect(await ask()).toEqual(PREPARED);
    expect([begun.all.length, why.all]).toEqual([1, []]);
    await stop();
    // Who listens there is somebody who waits.
    await ear.close();
  });

  it('asks another worker if one dies in the midst of it', async () => {
    const { ask, why } = await asker();
    const dying = await worker(() => new Promise(() => undefined));
    const begun = dying.begun.next();
    const asked = ask();
    await begun;
    const { stop } = await worker(atOnce);
    await dying.link.connection.close();
    expect(await asked).toEqual(PREPARED);
    expect(why.all).toEqual(['A worker fell silent while it looked at the model; another one is asked.']);
    await stop();
  });

  it('asks another worker at once if one is about to end', async () => {
    const { ask, why } = await asker();
    const ending = await worker((_, signal) => aborted(signal).then(() => Promise.reject(new Error('ends'))));
    const begun = ending.begun.next();
    const asked = ask();
    await begun;
    const { stop } = await worker(atOnce);
    await ending.stop();
    expect(await asked).toEqual(PREPARED);
    expect(why.all).toHaveLength(1);
    expect(why.all[0]).toContain(`Worker ${ending.name} could not look at the model`);
    expect(why.all[0]).toContain('(CANCELLED)');
    await stop();
  });

  it.each(['MODEL_INPUT_UNSUPPORTED', 'DATA_SHAPE', 'OPTION_INVALID'] as const)(
    'ends with what is the job’s own fault: %s',
    async (code) => {
      const { ask, why } = await asker();
      const { stop, begun } = await worker(() => Promise.reject(refused(code)));
      await expect(ask()).rejects.toMatchObject({
        code,
        message: `${code} happened.`,
        remedy: 'Do something.',
      });
      expect([begun.all.length, why.all]).toEqual([1, []]);
      await stop();
    },
  );

  it('tries again where it was a fault of that worker, and gives up after the fifth', async () => {
    const { ask, why } = await asker();
    const faults: Error[] = [refused('DEVICE_UNAVAILABLE'), refused('CHILD_DIED'), new TypeError('a bug')];
    const mending = await worker(() => {
      const fault = faults.shift();
      return fault === undefined ? Promise.resolve(PREPARED) : Promise.reject(fault);
    });
    expect(await ask()).toEqual(PREPARED);
    const codes = why.all.map((said) => {
      expect(said).toContain(`Worker ${mending.name} could not look at the model, and another one is asked`);
      return /\((\w+)\): /.exec(said)?.[1];
    });
    expect(codes).toEqual(['DEVICE_UNAVAILABLE', 'CHILD_DIED', 'INTERNAL']);
    await mending.stop();
    const broken = await worker(() => Promise.reject(refused('DISK_FULL')));
    await expect(ask()).rejects.toMatchObject({ code: 'DISK_FULL', remedy: 'Do something.' });
    expect(broken.begun.all).toHaveLength(5);
    await broken.stop();
  });

  it('does not count workers that are about to end among those that failed', async () => {
    const { ask, why } = await asker();
    const { stop } = await worker(() =>
      why.all.length < 6 ? Promise.reject(refused('CANCELLED')) : Promise.resolve(PREPARED),
    );
    expect(await ask()).toEqual(PREPARED);
    await stop();
  });

  it('tells faults of the job from faults of a machine', () => {
    const ofTheJob = (Object.keys(ERROR_CATALOGUE) as ErrorCode[]).filter(isOfTheJob);
    for (const code of ['MODEL_UNREADABLE', 'LABELS_MISMATCH', 'BUDGET_TOO_SMALL'] as const)
      expect(ofTheJob).toContain(code);
    for (const code of [
      'INTERNAL',
      'FINGERPRINT_MISMATCH',
      'SERVER_UNREACHABLE',
      'DATA_DIGEST_MISMATCH',
    ] as const) {
      expect(ofTheJob).not.toContain(code);
    }
  });

  it('lets a worker look at one model at a time, and others wait for it', async () => {
    const here = [presenceOf('w')];
    const [one, other] = [await asker(here), await asker(here)];
    const finish: (() => void)[] = [];
    let inUse = 0;
    let most = 0;
    const { stop, begun } = await worker(async () => {
      most = Math.max(most, ++inUse);
      if (finish.length === 0) await new Promise<void>((resolve) => finish.push(resolve));
      inUse--;
      return PREPARED;
    });
    const started = begun.next();
    const first = one.ask();
    await started;
    const said = other.why.next();
    const second = other.ask();
    expect(await said).toBe('All workers with the device cpu are looking at models of other jobs.');
    finish[0]!();
    expect(await Promise.all([first, second])).toEqual([PREPARED, PREPARED]);
    expect([most, begun.all.length]).toEqual([1, 2]);
    await stop();
  });

  it('ends what nobody waits for any more', async () => {
    const { ask } = await asker();
    const { link, ask: askToo } = await asker();
    const endings = new Heard<unknown>();
    const { stop, begun } = await worker((_, signal) => {
      if (begun.all.length === 2) return Promise.resolve(PREPARED);
      return aborted(signal).then(() => {
        endings.hear(signal.reason);
        throw new Error('aborted');
      });
    });
    const patience = new AbortController();
    const reason = new Error('cancelled');
    let started = begun.next();
    const asked = ask(patience.signal);
    await started;
    const ended = endings.next();
    patience.abort(reason);
    await expect(asked).rejects.toBe(reason);
    expect(await ended).toMatchObject({ code: 'CANCELLED' });
    // A coordinator that was killed is missed like one that was aborted, and the worker is free again.
    started = begun.next();
    const askedToo = askToo();
    await started;
    const endedToo = endings.next();
    const failed = expect(askedToo).rejects.toMatchObject({ code: 'NATS_UNREACHABLE' });
    await link.connection.close();
    await endedToo;
    await failed;
    expect(await ask()).toEqual(PREPARED);
    await stop();
  });

  it('ends with the reason of a signal that had aborted before', async () => {
    const { ask } = await asker();
    const reason = new Error('no');
    await expect(ask(AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('counts requests that it cannot read, and refuses them to whoever waits for an answer', async () => {
    const stranger = await server().connect();
    const { link, malformed, stop, begun } = await worker(atOnce);
    for (const bytes of MALFORMED) {
      const refusal = new Promise<unknown>((resolve) => {
        stranger.connection.subscribe('_INBOX.stranger', {
          callback: (_, { data }) => {
            const answer = decodePrepared(data);
            if (answer.kind === 'refused') resolve(answer.refusal.code);
          },
        });
      });
      stranger.connection.publish('sc1.prepare.cpu', bytes, { reply: '_INBOX.stranger' });
      expect(await refusal).toMatch(/^(PROTOCOL_MISMATCH|MESSAGE_MALFORMED)$/);
      await link.connection.flush();
    }
    await sendMalformed(stranger, ['sc1.prepare.cpu'], link);
    expect(malformed.count).toBeGreaterThanOrEqual(MALFORMED.length);
    const { ask } = await asker();
    expect(await ask()).toEqual(PREPARED);
    expect(begun.all).toHaveLength(1);
    await stop();
  });

  it('ignores answers that it cannot read', async () => {
    const { ask, malformed, why } = await asker();
    const odd = await server().connect();
    odd.connection.subscribe('sc1.prepare.cpu', {
      callback: (_, { reply }) => {
        for (const bytes of MALFORMED) odd.connection.publish(reply!, bytes);
        odd.connection.publish(reply!, encodePrepared({ kind: 'prepared', prepared: PREPARED }));
      },
    });
    await odd.connection.flush();
    expect(await ask()).toEqual(PREPARED);
    expect([malformed.count, why.all]).toEqual([MALFORMED.length, []]);
    await odd.close();
  });

  it('go on after the server was away', async () => {
    const { ask, why } = await asker();
    const { stop, link } = await worker(atOnce);
    const back = new Promise<void>((resolve) => link.onConnected((connected) => connected && resolve()));
    await server().kill();
    const said = why.next();
    const asked = ask();
    await said;
    await server().restart();
    await back;
    expect(await asked).toEqual(PREPARED);
    await stop();
  });
});
