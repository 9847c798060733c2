import type { Msg } from '@nats-io/transport-node';

import { SmoothcertError } from '../../../shared/errors.js';
import type { Device } from '../../../shared/job.js';
import type { PrepareRequest } from '../../../shared/ports/exchange.js';
import type { Refusal } from '../../../shared/ports/job-store.js';
import type { Prepared } from '../../../shared/preparation.js';
import { decodePrepare, encodePrepared, type PrepareAnswer } from '../../../shared/wire/cluster.js';
import { sentenceOf, unanswered } from '../link/nats-errors.js';
import type { NatsLink } from '../link/nats-link.js';
import { isNobodyThere, tell, type MalformedMessages } from '../link/core-messages.js';
import { busyEveryMs, prepareSubject } from './preparations.js';
import { traceIn } from '../link/trace-headers.js';

const QUEUE_GROUP = 'workers';
/** Messages in a row without a listener before a worker gives up; one may be lost while the coordinator reconnects. */
const MOST_UNHEARD = 2;

export type Prepare = (request: PrepareRequest, signal: AbortSignal) => Promise<Prepared>;

export interface AnswerOptions {
  /** Name of this worker, for refusals. */
  readonly worker: string;
  readonly device: Device;
  readonly malformed: MalformedMessages;
}

/**
 * Answers requests one at a time until `signal` aborts or the connection is closed. It is not subscribed while it answers, so that the
 * server gives further requests to workers that are free; where none is, the coordinator is told so at once and asks again. A queue here
 * would delay a job that another worker could prepare.
 * @throws SmoothcertError NATS_FORBIDDEN if this connection may not subscribe
 */
export async function answerPreparations(
  link: NatsLink,
  options: AnswerOptions,
  prepare: Prepare,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const msg = await nextRequest(link, prepareSubject(options.device), signal);
    if (msg === null) return;
    if (msg.reply) await answer(link, options, msg, msg.reply, prepare, signal);
  }
}

/** Returns the next request, with which the server ends the subscription; null once `signal` aborts or the connection is closed. */
function nextRequest(link: NatsLink, subject: string, signal: AbortSignal): Promise<Msg | null> {
  const { connection } = link;
  if (signal.aborted || connection.isClosed()) return Promise.resolve(null);
  return new Promise((resolve, reject) => {
    const leave = () => subscription.unsubscribe();
    const subscription = connection.subscribe(subject, {
      queue: QUEUE_GROUP,
      max: 1,
      callback: (error, msg) => {
        if (!error) resolve(msg);
        else reject(unanswered(`listen on ${subject}`, error));
      },
    });
    signal.addEventListener('abort', leave);
    void subscription.closed.then(() => {
      signal.removeEventListener('abort', leave);
      resolve(null);
    });
  });
}

async function answer(
  link: NatsLink,
  { worker, malformed }: AnswerOptions,
  msg: Msg,
  reply: string,
  prepare: Prepare,
  signal: AbortSignal,
): Promise<void> {
  const requester = new Requester(link, reply);
  try {
    const request = { ...malformed.readOrThrow(decodePrepare, msg.data), ...traceIn(msg) };
    const until = AbortSignal.any([signal, requester.gone]);
    requester.tell({ kind: 'prepared', prepared: await prepare(request, until) });
  } catch (error) {
    const refusal = signal.aborted ? leaving(worker) : refusalOf(worker, error);
    requester.tell({ kind: 'refused', refusal });
  } finally {
    requester.close();
  }
}

/** The coordinator that sent a request. It is told at once, and then repeatedly, that this worker is answering. */
class Requester {
  private readonly left = new AbortController();
  private readonly inbox: string;
  private readonly subscription;
  private readonly beat: NodeJS.Timeout;
  private heard = true;
  private unheard = 0;

  constructor(
    private readonly link: NatsLink,
    private readonly reply: string,
  ) {
    this.inbox = link.inbox();
    this.subscription = link.connection.subscribe(this.inbox, {
      callback: (error, msg) => {
        if (!error && isNobodyThere(msg)) this.heard = false;
      },
    });
    this.beat = setInterval(() => this.sayBusy(), busyEveryMs(link.times)).unref();
    this.sayBusy();
  }

  /** Aborts once nobody listens for the answer any more. */
  get gone(): AbortSignal {
    return this.left.signal;
  }

  tell(answer: PrepareAnswer): void {
    tell(this.link.connection, this.reply, encodePrepared(answer), { reply: this.inbox });
  }

  close(): void {
    clearInterval(this.beat);
    this.subscription.unsubscribe();
  }

  private sayBusy(): void {
    this.unheard = this.heard ? 0 : this.unheard + 1;
    this.heard = true;
    if (this.unheard < MOST_UNHEARD) this.tell({ kind: 'busy' });
    else
      this.left.abort(
        new SmoothcertError('CANCELLED', 'Nobody waits for this answer any more.', 'Nothing is to be done.'),
      );
  }
}

function refusalOf(worker: string, error: unknown): Refusal {
  if (error instanceof SmoothcertError) {
    const { code, message, remedy } = error;
    return { worker, code, message, remedy };
  }
  const message = `Looking at the model failed: ${sentenceOf(error)}.`;
  return { worker, code: 'INTERNAL', message, remedy: 'Look at the log of that worker.' };
}

function leaving(worker: string): Refusal {
  const message = 'The worker is about to end.';
  return { worker, code: 'CANCELLED', message, remedy: 'Another worker is asked.' };
}
