import { ERROR_CATALOGUE, SmoothcertError, type ErrorCode } from '../../../shared/errors.js';
import type { Device } from '../../../shared/job.js';
import type { Presence, PrepareRequest } from '../../../shared/ports/exchange.js';
import type { Refusal } from '../../../shared/ports/job-store.js';
import { NATS_AWAY, askingAnother, looksElsewhere, noWorker } from '../../../shared/waiting-reasons.js';
import type { Waiting } from '../../../shared/waiting.js';
import type { Prepared } from '../../../shared/preparation.js';
import { decodePrepared, encodePrepare, type PrepareAnswer } from '../../../shared/wire/cluster.js';
import { unreachable } from '../link/nats-errors.js';
import type { NatsLink } from '../link/nats-link.js';
import { isNobodyThere, tell, type MalformedMessages } from '../link/core-messages.js';
import { pause } from '../link/retry.js';
import type { NatsTimes } from '../link/times.js';
import { traceHeaders } from '../link/trace-headers.js';

export const prepareSubject = (device: Device): string => `sc1.prepare.${device}`;

/** How often a worker says that it is still preparing, in milliseconds. */
export const busyEveryMs = ({ presenceEveryMs }: NatsTimes): number => presenceEveryMs / 5;

/** Such messages that a worker may miss before it counts as gone. */
const MISSED = 4;
/** Workers that may fail for reasons of their own before the request fails. */
const MOST_TRIES = 5;

/** Outcome of one request. `nobody`: no worker is free. `silent`: a worker that took it (`taken`), or every worker, stopped answering. */
type Outcome =
  | Exclude<PrepareAnswer, { kind: 'busy' }>
  | { readonly kind: 'nobody' }
  | { readonly kind: 'silent'; readonly taken: boolean };

/**
 * Asks workers to prepare a model. A request goes to one worker that is free and is stored nowhere: that worker says at least every
 * second that it is still busy, or another one is asked.
 */
export class Preparations {
  constructor(
    private readonly link: NatsLink,
    private readonly presences: () => readonly Presence[],
    private readonly malformed: MalformedMessages,
  ) {}

  /**
   * Returns the answer of the first worker that can prepare the model. `onWaiting` is told why it takes time.
   * @throws SmoothcertError the refusal of a worker, if the job causes it or if it is the fifth; the reason of `signal`;
   *   NATS_UNREACHABLE once the connection was closed
   */
  async ask(
    request: PrepareRequest,
    onWaiting: (why: Waiting) => void,
    signal: AbortSignal,
  ): Promise<Prepared> {
    const { device } = request.spec;
    const bytes = encodePrepare(request);
    const carried = traceHeaders(request.trace);
    for (let failed = 0; ;) {
      signal.throwIfAborted();
      if (!this.link.connected) onWaiting(NATS_AWAY);
      await this.link.untilConnected(signal);
      if (this.link.closed)
        throw unreachable('The connection to NATS was closed.', 'Nothing is lost: ask again.');
      const outcome = await this.askOne(device, bytes, carried, signal);
      signal.throwIfAborted();
      if (outcome.kind === 'prepared') return outcome.prepared;
      if (isFailure(outcome)) failed++;
      if (outcome.kind === 'refused' && isOfTheJob(outcome.refusal.code)) throw errorOf(outcome.refusal);
      if (failed >= MOST_TRIES) throw outcome.kind === 'refused' ? errorOf(outcome.refusal) : fellSilent();
      onWaiting(this.why(outcome, device));
      await pause(this.link.times.standbyPollMs, signal);
    }
  }

  private askOne(
    device: Device,
    bytes: Uint8Array,
    carried: ReturnType<typeof traceHeaders>,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { connection, times } = this.link;
    if (signal.aborted) return Promise.resolve({ kind: 'nobody' });
    return new Promise((resolve) => {
      const inbox = this.link.inbox();
      let taken = false;
      const end = (outcome: Outcome) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', leave);
        subscription.unsubscribe();
        resolve(outcome);
      };
      // The server tells the worker that nobody listens for its answer any more.
      const leave = () => end({ kind: 'nobody' });
      const silent = () => end({ kind: 'silent', taken: taken && this.link.connected });
      const subscription = connection.subscribe(inbox, {
        callback: (error, msg) => {
          if (error) return;
          if (isNobodyThere(msg)) {
            end({ kind: 'nobody' });
            return;
          }
          const answer = this.malformed.read(decodePrepared, msg.data);
          taken ||= answer !== null;
          if (answer?.kind === 'busy') timer.refresh();
          else if (answer) end(answer);
        },
      });
      const timer = setTimeout(silent, MISSED * busyEveryMs(times)).unref();
      signal.addEventListener('abort', leave);
      tell(connection, prepareSubject(device), bytes, { ...carried, reply: inbox });
    });
  }

  private why(outcome: Exclude<Outcome, { kind: 'prepared' }>, device: Device): Waiting {
    if (outcome.kind === 'refused') {
      const { worker, code, message } = outcome.refusal;
      return askingAnother(
        `Worker ${worker} could not look at the model, and another one is asked (${code}): ${message}`,
      );
    }
    if (outcome.kind === 'silent') {
      if (!outcome.taken) return noWorker(device);
      return askingAnother('A worker fell silent while it looked at the model; another one is asked.');
    }
    const some = this.presences().some((worker) => worker.device === device && !worker.draining);
    return some ? looksElsewhere(device) : noWorker(device);
  }
}

/** Codes that look like the user's input and are about one machine: the files that it fetched, or has. */
const OF_A_MACHINE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'MODEL_DIGEST_MISMATCH',
  'DATA_DIGEST_MISMATCH',
]);
const OF_THE_JOB = /^(MODEL|DATA|LABELS|OPTION|PAIR|SCHEDULE|BUDGET|REQUEST)_/;

/** Returns true if the job causes the refusal, so that every worker would refuse it. */
export function isOfTheJob(code: ErrorCode): boolean {
  return OF_THE_JOB.test(code) && !ERROR_CATALOGUE[code].retryable && !OF_A_MACHINE.has(code);
}

/** Returns true if a worker failed; one that is about to end, or that was never reached, has not. */
function isFailure(outcome: Outcome): boolean {
  if (outcome.kind === 'refused') return outcome.refusal.code !== 'CANCELLED';
  return outcome.kind === 'silent' && outcome.taken;
}

function errorOf({ code, message, remedy }: Refusal): SmoothcertError {
  return new SmoothcertError(code, message, remedy);
}

function fellSilent(): SmoothcertError {
  return new SmoothcertError(
    'CHILD_DIED',
    `Workers fell silent again and again while they looked at the model, the last of ${MOST_TRIES} just now.`,
    'Look at the logs of the workers; a model may need more memory than they have.',
  );
}
