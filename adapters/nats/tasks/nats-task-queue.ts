import type { Msg } from '@nats-io/transport-node';

import { SmoothcertError } from '../../../shared/errors.js';
import { classToken } from './class-token.js';
import type { Delivery, Task, TaskQueue } from '../../../shared/ports/task-queue.js';
import { decodeTask, encodeTask } from '../../../shared/wire/cluster.js';
import { isFull, isUnanswered, unanswered, unreachable } from '../link/nats-errors.js';
import { watchExhausted } from './exhausted.js';
import type { NatsLink } from '../link/nats-link.js';
import { MalformedMessages } from '../link/core-messages.js';
import { Pull } from './pull.js';
import { RecurringTrouble } from '../link/recurring.js';
import { pause, pauses, settledOrAborted } from '../link/retry.js';
import { removeTasks } from './remove-tasks.js';
import { traceHeaders, traceIn } from '../link/trace-headers.js';
import {
  WORK_LIMITS,
  WORK_STREAM,
  consumerOf,
  ensureWork,
  findWork,
  workSubject,
  type WorkLimits,
} from './work-stream.js';

const ACK = '+ACK';
const WORKING = '+WPI';
const TERM = '+TERM';
const NAK = '-NAK';
/** How long a close waits for the server's word that nothing more is on its way. */
const LAST_WORD_MS = 1000;

/**
 * The tasks of one numeric class in JetStream. A task is in the hands of whoever took it for as long as this queue is open there and
 * its process can reach the server; after `ackWaitMs` of silence it is handed to somebody else. Never asks for more tasks than there
 * are callers of `next`; goes on by itself whenever the server or the link has been away.
 */
export class NatsTaskQueue implements TaskQueue {
  private readonly pulls = new Set<Pull>();
  /** Tasks taken and not acknowledged: where the server wants to hear of them. */
  private readonly held = new Set<Msg>();
  /** Came for somebody who had just given up; for the next one who asks, unless it is handed out again by then. */
  private late: { message: Msg; at: number }[] = [];
  private hasPulled = false;
  private readonly malformed: MalformedMessages;
  private readonly foreign: RecurringTrouble;
  private readonly end = new AbortController();
  private readonly heartbeat: NodeJS.Timeout;
  private readonly unlisten: () => void;
  /** Resolves once what a coordinator makes is there; null: it is, as far as is known. */
  private missing: Promise<void> | null = null;

  private constructor(
    private readonly link: NatsLink,
    private readonly token: string,
    private readonly limits: WorkLimits,
    /** Whether stream and consumer are made here where they are not there. */
    private readonly makes: boolean,
  ) {
    this.malformed = new MalformedMessages(link.tellMalformed);
    this.foreign = new RecurringTrouble(link);
    this.heartbeat = setInterval(() => this.sayWorking(), link.times.workingEveryMs).unref();
    this.unlisten = link.onConnected((connected) => connected && this.resume());
    link.end.addEventListener('abort', this.endPulls);
  }

  /**
   * Opens the queue of a numeric class, making what it needs if it is not there.
   * @throws SmoothcertError NATS_UNSUITABLE, NATS_UNREACHABLE, NATS_FORBIDDEN, DISK_FULL
   */
  static async open(
    link: NatsLink,
    numericClass: string,
    limits: WorkLimits = WORK_LIMITS,
  ): Promise<NatsTaskQueue> {
    const token = classToken(numericClass);
    await ensureWork(link, token, limits);
    return new NatsTaskQueue(link, token, limits, true);
  }

  /**
   * Opens the queue of a numeric class for those who take tasks: makes nothing, and waits in `next` for what a coordinator makes.
   * @throws SmoothcertError NATS_UNSUITABLE, NATS_UNREACHABLE, NATS_FORBIDDEN
   */
  static async bind(
    link: NatsLink,
    numericClass: string,
    limits: WorkLimits = WORK_LIMITS,
  ): Promise<NatsTaskQueue> {
    const token = classToken(numericClass);
    const isThere = await findWork(link, token, limits);
    const queue = new NatsTaskQueue(link, token, limits, false);
    if (!isThere) queue.lookForIt();
    return queue;
  }

  /** Messages that are no tasks of ours; they were removed, but for those of another version. */
  get malformedCount(): number {
    return this.malformed.count;
  }

  async publish(task: Task): Promise<'queued' | 'full'> {
    const bytes = encodeTask(task);
    // The library would keep it and send it later, whatever its caller has made of the refusal by then.
    if (!this.link.connected) throw unreachable('NATS cannot be reached.', 'It is tried again for ever.');
    try {
      await this.link.streams.publish(workSubject(this.token, task.job), bytes, traceHeaders(task.trace));
      return 'queued';
    } catch (error) {
      if (isFull(error)) return 'full';
      // Nobody listens there: the stream may have been removed.
      if (isUnanswered(error) && this.makes) await ensureWork(this.link, this.token, this.limits);
      throw unanswered(`say that it has queued the task ${task.name}`, error);
    }
  }

  async next(signal: AbortSignal): Promise<Delivery | null> {
    let pausing = pauses(this.link.times);
    while (!signal.aborted && !this.end.signal.aborted) {
      if (this.missing !== null) {
        await settledOrAborted(this.missing, signal);
        continue;
      }
      const outcome = this.takeLate() ?? (await this.pull(signal));
      if (outcome === 'again') continue;
      if (outcome === 'unanswered') {
        await pause(pausing.next().value, signal, this.end.signal);
        await this.recover(signal);
        continue;
      }
      pausing = pauses(this.link.times);
      const task = this.read(outcome);
      if (task !== null) return this.deliver(outcome, task);
    }
    return null;
  }

  async depth(job?: string): Promise<{ waiting: number; taken: number }> {
    try {
      const { consumers, streams } = this.link.manager;
      const { num_pending, num_ack_pending } = await consumers.info(WORK_STREAM, consumerOf(this.token));
      if (job === undefined || num_pending + num_ack_pending === 0) {
        return { waiting: num_pending, taken: num_ack_pending };
      }
      const subject = workSubject(this.token, job);
      const { state } = await streams.info(WORK_STREAM, { subjects_filter: subject });
      const count = state.subjects?.[subject] ?? 0;
      const taken = Math.min(count, num_ack_pending);
      return { waiting: count - taken, taken };
    } catch (error) {
      throw unanswered('say how many tasks are queued', error);
    }
  }

  async purge(job: string): Promise<void> {
    try {
      await removeTasks(this.link, workSubject(this.token, job));
    } catch (error) {
      throw unanswered(`remove the tasks of ${job}`, error);
    }
  }

  /** Calls `listener` with tasks that are handed out no more, each once, until the returned function is called. They are removed. */
  onExhausted(listener: (task: Task) => void): () => void {
    return watchExhausted(this.link, this.token, this.malformed, listener);
  }

  /**
   * Takes nothing more. A task that came for somebody who had given up is handed to others at once; those that were taken and not
   * acknowledged are handed out again after `ackWaitMs`.
   */
  async close(): Promise<void> {
    this.end.abort();
    this.unlisten();
    clearInterval(this.heartbeat);
    this.held.clear();
    this.link.end.removeEventListener('abort', this.endPulls);
    this.endPulls();
    if (this.hasPulled && this.link.connected) await this.lastWord();
    for (const { message } of this.late.splice(0)) this.tell(message, NAK);
  }

  /** Resolves when all that the server has sent until now is here. */
  private async lastWord(): Promise<void> {
    const come = new AbortController();
    const flushed = this.link.connection.flush().catch(() => undefined);
    await Promise.race([flushed, pause(LAST_WORD_MS, come.signal)]);
    come.abort();
  }

  private async pull(signal: AbortSignal): Promise<Msg | 'again' | 'unanswered'> {
    await this.link.untilConnected(signal, this.end.signal);
    if (this.link.closed) throw unreachable('The connection to NATS was closed.', 'Connect again.');
    if (signal.aborted || this.end.signal.aborted) return 'again';
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${WORK_STREAM}.${consumerOf(this.token)}`;
    const pull = new Pull(this.link, subject, (message) => this.takeIn(message));
    this.pulls.add(pull);
    this.hasPulled = true;
    const giveUp = () => pull.end('again');
    signal.addEventListener('abort', giveUp);
    try {
      return await pull.outcome;
    } finally {
      signal.removeEventListener('abort', giveUp);
      this.pulls.delete(pull);
    }
  }

  /** Null if it is none that can be read: what nobody could read is removed, what is meant for another version is left to others. */
  private read(message: Msg): Task | null {
    try {
      return { ...this.malformed.readOrThrow(decodeTask, message.data), ...traceIn(message) };
    } catch (error) {
      const isForeign = error instanceof SmoothcertError && error.code === 'PROTOCOL_MISMATCH';
      // Nothing at all is of no version.
      if (isForeign && message.data.length > 0)
        this.foreign.met(`A task is left to other workers: ${error.message}`);
      else this.tell(message, TERM);
      return null;
    }
  }

  private takeIn(message: Msg): void {
    const [waiting] = this.pulls;
    if (waiting) waiting.end(message);
    else this.late.push({ message, at: performance.now() });
  }

  private takeLate(): Msg | null {
    const oldest = performance.now() - this.link.times.ackWaitMs / 2;
    this.late = this.late.filter(({ at }) => at > oldest);
    return this.late.shift()?.message ?? null;
  }

  private deliver(message: Msg, task: Task): Delivery {
    this.held.add(message);
    let acknowledged: Promise<void> | null = null;
    return {
      task,
      redelivered: deliveriesOf(message) > 1,
      acknowledge: () => (acknowledged ??= this.acknowledge(message)),
      // No word refuses it: refused at once again and again, it would soon count as one that nobody can answer.
      handBack: () => void this.held.delete(message),
    };
  }

  private async acknowledge(message: Msg): Promise<void> {
    this.held.delete(message);
    const { connection, times } = this.link;
    // A lost word leads to a further delivery, which finds the record.
    await connection.request(message.reply!, ACK, { timeout: times.requestMs }).catch(() => undefined);
  }

  /** Those who wait ask anew: what they had asked for is forgotten. */
  private resume(): void {
    this.sayWorking();
    this.endPulls();
  }

  private readonly endPulls = (): void => {
    for (const pull of [...this.pulls]) pull.end('again');
  };

  private sayWorking(): void {
    for (const message of this.held) this.tell(message, WORKING);
  }

  private tell(message: Msg, word: string): void {
    if (this.link.connected) this.link.connection.publish(message.reply!, word);
  }

  /** Nobody serves the consumer: it may have been removed, and the stream with it. */
  private async recover(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.end.signal.aborted || !this.link.connected) return;
    if (!this.makes) this.lookForIt();
    else await this.unlessTransient(ensureWork(this.link, this.token, this.limits));
  }

  /** What it meets is thrown to those who wait. */
  private lookForIt(): void {
    this.missing ??= this.untilThere();
    this.missing.catch(() => undefined);
  }

  /** Resolves once stream and consumer are there, or nobody waits for them any more. One loop, however many wait. */
  private async untilThere(): Promise<void> {
    const { link, token, limits, end } = this;
    let isTold = false;
    for (const wait of pauses(link.times)) {
      await link.untilConnected(end.signal);
      if (end.signal.aborted || link.closed) break;
      if (await this.unlessTransient(findWork(link, token, limits))) break;
      if (!isTold)
        link.tellTrouble(
          `There is no consumer ${consumerOf(token)} of ${WORK_STREAM} yet; waiting for a coordinator to make it.`,
        );
      isTold = true;
      await pause(wait, end.signal);
    }
    this.missing = null;
  }

  /** Undefined where it is of use to try again. */
  private async unlessTransient<T>(trying: Promise<T>): Promise<T | undefined> {
    return trying.catch((error: unknown) => {
      if (error instanceof SmoothcertError && error.retryable) return undefined;
      throw error;
    });
  }
}

/**
 * How often the server has handed the message out, this time included: so says the subject that an answer goes to,
 * $JS.ACK.<stream>.<consumer>.<deliveries>… or, of newer servers, $JS.ACK.<domain>.<account>.<stream>.<consumer>.<deliveries>…
 */
function deliveriesOf({ reply = '' }: Msg): number {
  const tokens = reply.split('.');
  return Number(tokens[tokens.length === 9 ? 4 : 6]);
}
