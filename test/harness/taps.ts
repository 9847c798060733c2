import type { NatsLink } from '../../adapters/nats/link/nats-link.js';
import { WORK_STREAM } from '../../adapters/nats/tasks/work-stream.js';
import { decodeTask } from '../../shared/wire/cluster.js';
import type { NatsCluster } from './nats-cluster.js';
import type { NatsServer } from './nats-server.js';

/** The messages of one job that passed, by task name. */
export class JobTap {
  /** Tasks that were sent to the queue. */
  readonly issued = new Set<string>();
  /** Records that were sent to the ledger. */
  readonly attempted = new Set<string>();
  /** Tasks of which a worker said that they are done. */
  readonly acknowledged = new Set<string>();
  /** Those among them that had been handed out more than once. */
  readonly redelivered = new Set<string>();
  /** Tasks sent and not answered, at the most. */
  mostUnanswered = 0;
  private answered = 0;

  sent(task: string): void {
    this.issued.add(task);
    this.mostUnanswered = Math.max(this.mostUnanswered, this.issued.size - this.answered);
  }

  recorded(task: string): void {
    if (!this.attempted.has(task) && this.issued.has(task)) this.answered += 1;
    this.attempted.add(task);
  }
}

const ACK = `$JS.ACK.${WORK_STREAM}.`;
/** $JS.ACK.<stream>.<consumer>.<deliveries>.<sequence in the stream>… */
const [DELIVERIES, SEQUENCE] = [4, 5];

/**
 * Listens in on what passes between coordinators, queue, workers and ledger, from outside. It listens on no inbox: whom a word is for
 * must be the only one who can hear it, because the server tells from that who is gone. While the server is away it is deaf.
 */
export class Taps {
  /** True if the connection never broke, so that no message was missed. */
  complete = true;
  /** Tokens of the numeric classes that tasks were sent for. */
  readonly classes = new Set<string>();
  private readonly jobs = new Map<string, JobTap>();
  /** The tasks sent to the queue, in the order of the stream's numbers. */
  private readonly queued: ({ readonly job: string; readonly task: string } | null)[] = [];
  private readonly waiting = new Set<() => void>();

  private constructor(
    link: NatsLink,
    /** Of what was queued before. */
    private readonly sequence: number,
  ) {
    link.onConnected(() => (this.complete = false));
    const listen = (subject: string, take: (tokens: string[], data: Uint8Array) => void) =>
      link.connection.subscribe(subject, {
        callback: (error, msg) => {
          if (error) return;
          take(msg.subject.split('.'), msg.data);
          for (const look of [...this.waiting]) look();
        },
      });
    listen('sc1.work.>', ([, , token, job], data) => {
      this.classes.add(token!);
      this.sent(job!, data);
    });
    listen('sc1.ledger.>', ([, , job, ...name]) => {
      const isOwn = name[0] === 'by';
      this.job(job!).recorded(name.slice(isOwn ? 2 : 0).join('.'));
    });
    listen(`${ACK}>`, (tokens, data) => {
      if (Buffer.from(data).toString() === '+ACK') this.acknowledged(tokens);
    });
  }

  /** To be called while nothing is being queued there. */
  static async on(nats: Pick<NatsServer | NatsCluster, 'connect'>): Promise<Taps> {
    const link = await nats.connect();
    const known = await link.manager.streams.info(WORK_STREAM).catch(() => null);
    const taps = new Taps(link, known?.state.last_seq ?? 0);
    await link.connection.flush();
    return taps;
  }

  job(id: string): JobTap {
    const known = this.jobs.get(id) ?? new JobTap();
    this.jobs.set(id, known);
    return known;
  }

  /** Records of all jobs that were sent to ledgers. */
  get records(): number {
    return [...this.jobs.values()].reduce((sum, { attempted }) => sum + attempted.size, 0);
  }

  /** Resolves once the condition holds; it is asked whenever something passes. Resolves too when `signal` aborts. */
  until(condition: () => boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!condition() && signal?.aborted !== true) return;
        this.waiting.delete(look);
        signal?.removeEventListener('abort', look);
        resolve();
      };
      this.waiting.add(look);
      signal?.addEventListener('abort', look);
      look();
    });
  }

  /** Resolves once so many further records have been sent to ledgers. */
  further(records: number, signal?: AbortSignal): Promise<void> {
    const goal = this.records + records;
    return this.until(() => this.records >= goal, signal);
  }

  private sent(job: string, data: Uint8Array): void {
    const task = nameIn(data);
    this.queued.push(task === null ? null : { job, task });
    if (task !== null) this.job(job).sent(task);
  }

  /** Sequence numbers tell which task it is only where none was missed. */
  private acknowledged(tokens: readonly string[]): void {
    const queued = this.queued[Number(tokens[SEQUENCE]) - this.sequence - 1];
    if (!this.complete || !queued) return;
    const tap = this.job(queued.job);
    tap.acknowledged.add(queued.task);
    if (Number(tokens[DELIVERIES]) > 1) tap.redelivered.add(queued.task);
  }
}

/** The name of a task; null for what is none. */
function nameIn(data: Uint8Array): string | null {
  try {
    return decodeTask(data).name;
  } catch {
    return null;
  }
}
