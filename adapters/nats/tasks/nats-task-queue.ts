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
import { steadily } from '../link/steady.js';
import { removeTasks, tasksOf } from './tasks-of.js';
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
/** Milliseconds for which `close` waits for messages in flight. */
const FLUSH_MS = 1000;

/**
 * The tasks of one numeric class in JetStream. A task belongs to the process that took it for as long as its queue is open and it can reach
 * the server; after `ackWaitMs` of silence the task is delivered to another process. A queue requests no more tasks than there are callers
 * of `next`, and continues by itself after the server or the link was down.
 */
export class NatsTaskQueue implements TaskQueue {
  private readonly pulls = new Set<Pull>();
  /** Messages of tasks that were taken and not acknowledged. */
  private readonly unacknowledged = new Set<Msg>();
  /** Messages that came for a caller of `next` who had just given up; the next caller gets them, unless they are delivered again by then. */
  private late: { message: Msg; at: number }[] = [];
  private hasPulled = false;
  private readonly malformed: MalformedMessages;
  private readonly foreign: RecurringTrouble;
  private readonly end = new AbortController();
  private readonly heartbeat: NodeJS.Timeout;
  private readonly unlisten: () => void;
  /** Resolves once a coordinator has made stream and consumer; null while they are not known to be missing. */
  private missing: Promise<void> | null = null;

  private constructor(
    private readonly link: NatsLink,
    private readonly token: string,
    private readonly limits: WorkLimits,
    /** True if this process makes stream and consumer where they are missing. */
    private readonly isMaker: boolean,
  ) {
    this.malformed = new MalformedMessages(link.tellMalformed);
    this.foreign = new RecurringTrouble(link);
    this.heartbeat = setInterval(() => this.sayWorking(), link.times.workingEveryMs).unref();
    this.unlisten = link.onConnected((connected) => connected && this.resume());
    link.end.addEventListener('abort', this.endPulls);
  }

  /**
   * Opens the queue of a numeric class, making stream and consumer if they are not there.
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
   * Opens the queue of a numeric class for a worker. It makes nothing: `next` waits until a coordinator has made stream and consumer.
   * @throws SmoothcertError NATS_UNSUITABLE, NATS_UNREACHABLE, NATS_FORBIDDEN
   */
  static async bind(
    link: NatsLink,
    numericClass: string,
    limits: WorkLimits = WORK_LIMITS,
  ): Promise<NatsTaskQueue> {
    const token = classToken(numericClass);
    const queue = new NatsTaskQueue(link, token, limits, false);
    try {
      if ((await queue.unlessTransient(findWork(link, token, limits))) !== true) queue.awaitConsumer();
    } catch (error) {
      await queue.close();
      throw error;
    }
    return queue;
  }

  /** Messages that could not be read as tasks. They were removed, except those of another version. */
  get malformedCount(): number {
    return this.malformed.count;
  }

  async publish(task: Task): Promise<'queued' | 'full'> {
    const bytes = encodeTask(task);
    // The library would buffer the task and send it later, when the caller has already treated it as refused.
    if (!this.link.connected) throw unreachable('NATS cannot be reached.', 'It is tried again for ever.');
    try {
      await steadily(this.link, () => this.send(task, bytes));
      return 'queued';
    } catch (error) {
      if (isFull(error)) return 'full';
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
      return await steadily(this.link, () => this.countTasks(job));
    } catch (error) {
      throw unanswered('say how many tasks are queued', error);
    }
  }

  async tasks(job: string): Promise<Task[]> {
    try {
      return await steadily(this.link, () =>
        tasksOf(this.link, workSubject(this.token, job), this.malformed),
      );
    } catch (error) {
      throw unanswered(`say which tasks of ${job} are queued`, error);
    }
  }

  async purge(job: string): Promise<void> {
    try {
      await steadily(this.link, () => removeTasks(this.link, workSubject(this.token, job)));
    } catch (error) {
      throw unanswered(`remove the tasks of ${job}`, error);
    }
  }

  /** Calls `listener` once with each task that is not delivered any more, until the returned function is called. Such tasks are removed. */
  onExhausted(listener: (task: Task) => void): () => void {
    return watchExhausted(this.link, this.token, this.malformed, listener);
  }

  /**
   * Takes no more tasks. A task that no caller of `next` has got is returned to the server at once; tasks that were taken and not
   * acknowledged are delivered again after `ackWaitMs`.
   */
  async close(): Promise<void> {
    this.end.abort();
    this.unlisten();
    clearInterval(this.heartbeat);
    this.unacknowledged.clear();
    this.link.end.removeEventListener('abort', this.endPulls);
    this.endPulls();
    if (this.hasPulled && this.link.connected) await this.flush();
    for (const { message } of this.late.splice(0)) this.tell(message, NAK);
  }

  /** Resolves when everything that the server has sent until now has arrived, or after a second. */
  private async flush(): Promise<void> {
    const come = new AbortController();
    const flushed = this.link.connection.flush().catch(() => undefined);
    await Promise.race([flushed, pause(FLUSH_MS, come.signal)]);
    come.abort();
  }

  /** Sends a task once. One that is sent twice, because no answer came, is drawn twice and counted once. */
  private async send({ job, trace }: Task, bytes: Uint8Array): Promise<void> {
    try {
      await this.link.streams.publish(workSubject(this.token, job), bytes, traceHeaders(trace));
    } catch (error) {
      // Nobody listens there: the stream may have been removed.
      if (isUnanswered(error) && this.isMaker) await ensureWork(this.link, this.token, this.limits);
      throw error;
    }
  }

  private async countTasks(job: string | undefined): Promise<{ waiting: number; taken: number }> {
    const { consumers, streams } = this.link.manager;
    const { num_pending, num_ack_pending } = await consumers.info(WORK_STREAM, consumerOf(this.token));
    if (job === undefined) return { waiting: num_pending, taken: num_ack_pending };
    const subject = workSubject(this.token, job);
    const { state } = await streams.info(WORK_STREAM, { subjects_filter: subject });
    const count = state.subjects?.[subject] ?? 0;
    // What the stream holds is there. A consumer that has just got another leader may not know of it, nor of what it has handed out; and a
    // task that was delivered too often while nobody listened is neither.
    const waiting = Math.min(count - Math.min(count, num_ack_pending), num_pending);
    return { waiting, taken: count - waiting };
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

  /** Decodes a task; null if it cannot be read. One of another version is left to other workers, and anything else is removed. */
  private read(message: Msg): Task | null {
    try {
      return { ...this.malformed.readOrThrow(decodeTask, message.data), ...traceIn(message) };
    } catch (error) {
      const isForeign = error instanceof SmoothcertError && error.code === 'PROTOCOL_MISMATCH';
      // An empty message decodes as one without a version.
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
    this.unacknowledged.add(message);
    let acknowledged: Promise<void> | null = null;
    return {
      task,
      redelivered: deliveriesOf(message) > 1,
      acknowledge: () => (acknowledged ??= this.acknowledge(message)),
      // No refusal is sent: a task that is refused again and again would soon reach the limit of deliveries.
      handBack: () => void this.unacknowledged.delete(message),
    };
  }

  private async acknowledge(message: Msg): Promise<void> {
    this.unacknowledged.delete(message);
    const { connection, times } = this.link;
    // A lost acknowledgement leads to a further delivery, whose worker finds the record.
    await connection.request(message.reply!, ACK, { timeout: times.requestMs }).catch(() => undefined);
  }

  /** After a reconnection the server has forgotten pulls, so they end and `next` sends new ones. */
  private resume(): void {
    this.sayWorking();
    this.endPulls();
  }

  private readonly endPulls = (): void => {
    for (const pull of [...this.pulls]) pull.end('again');
  };

  private sayWorking(): void {
    for (const message of this.unacknowledged) this.tell(message, WORKING);
  }

  private tell(message: Msg, answer: string): void {
    if (this.link.connected) this.link.connection.publish(message.reply!, answer);
  }

  /** Called when nothing serves the consumer: it may have been removed, and the stream with it. */
  private async recover(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.end.signal.aborted || !this.link.connected) return;
    if (!this.isMaker) this.awaitConsumer();
    else await this.unlessTransient(ensureWork(this.link, this.token, this.limits));
  }

  /** Starts to wait for stream and consumer; callers of `next` get its errors. */
  private awaitConsumer(): void {
    this.missing ??= this.untilThere();
    this.missing.catch(() => undefined);
  }

  /** Resolves once stream and consumer are there, or the queue or the link is closed. All callers of `next` share one loop. */
  private async untilThere(): Promise<void> {
    const { link, token, limits, end } = this;
    let isTold = false;
    for (const wait of pauses(link.times)) {
      await link.untilConnected(end.signal);
      if (end.signal.aborted || link.closed) break;
      const found = await this.unlessTransient(findWork(link, token, limits));
      if (found === true) break;
      // Where nobody answers, it may well be there.
      if (!isTold && found === false) {
        link.tellTrouble(
          `There is no consumer ${consumerOf(token)} of ${WORK_STREAM} yet; waiting for a coordinator to make it.`,
        );
        isTold = true;
      }
      await pause(wait, end.signal);
    }
    this.missing = null;
  }

  /** Resolves as `trying` does; with undefined where its error is worth another try. */
  private async unlessTransient<T>(trying: Promise<T>): Promise<T | undefined> {
    return trying.catch((error: unknown) => {
      if (error instanceof SmoothcertError && error.retryable) return undefined;
      throw error;
    });
  }
}

/**
 * Returns how often the server has delivered the message, this time included. The subject for answers says so:
 * $JS.ACK.<stream>.<consumer>.<deliveries>… or, of newer servers, $JS.ACK.<domain>.<account>.<stream>.<consumer>.<deliveries>…
 */
function deliveriesOf({ reply = '' }: Msg): number {
  const tokens = reply.split('.');
  return Number(tokens[tokens.length === 9 ? 4 : 6]);
}
