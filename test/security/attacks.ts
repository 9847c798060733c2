import { headers, type Msg, type NatsConnection } from '@nats-io/transport-node';

import type { Role } from '../harness/deployed-nats.js';

/** The names of what lies in NATS when an attack begins. */
export interface Target {
  /** Id of the job that is under way, of another one that has no ledger, and the token of its numeric class. */
  readonly job: string;
  readonly token: string;
  /** A task that has a record. */
  readonly recorded: string;
  /** Where the task that another worker has in hand is acknowledged. */
  readonly ack: string;
  /** Sequence of a task that waits. */
  readonly waiting: number;
}

/** Something that nobody but a coordinator may do. */
export interface Attack {
  readonly name: string;
  /** Publishes or asks; what comes of it is seen in the streams. */
  readonly act: (nc: NatsConnection, target: Target) => Promise<unknown>;
  /** The stream refuses it to everybody, by what it is: without accounts, too, nothing comes of it. */
  readonly refusedByStream?: boolean;
  /** Who may ask or record this: with accounts, too, it is no violation, and nothing comes of it. */
  readonly allowed?: readonly Role[];
}

const ASK = { timeout: 500 };
/** A question to JetStream; what it answers, or that it does not. */
const ask = (nc: NatsConnection, subject: string, body: unknown = ''): Promise<unknown> =>
  nc.request(subject, typeof body === 'string' ? body : JSON.stringify(body), ASK).then(
    (answer) => answer.json(),
    (error: unknown) => error,
  );
const say = async (nc: NatsConnection, subject: string, body: string, reply?: string) => {
  nc.publish(subject, body, reply === undefined ? {} : { reply });
  await nc.flush();
};

const ledger = ({ job }: Target) => `SC1_LEDGER_${job}`;
const consumer = ({ token }: Target) => `SC1_CLASS_${token}`;
const subjectOf = ({ job, recorded }: Target) => `sc1.ledger.${job}.${recorded}`;

const endingOf = ({ job }: Target) => `sc1.ledger.${job}.by.coordinator.cancel`;

/** Attacks on what is stored. */
export const ATTACKS: readonly Attack[] = [
  { name: 'publish a task', act: (nc, { token, job }) => say(nc, `sc1.work.${token}.${job}`, 'mine') },
  { name: 'write a job', act: (nc, { job }) => say(nc, `$KV.SC1_JOBS.job.${job}`, 'mine') },
  { name: 'write a work order', act: (nc, { job }) => say(nc, `$KV.SC1_JOBS.order.${job}`, 'mine') },
  { name: 'take the lease', act: (nc) => say(nc, '$KV.SC1_LEASE.coordinator', 'mine') },
  { name: 'purge the jobs', act: (nc) => ask(nc, '$JS.API.STREAM.PURGE.KV_SC1_JOBS') },
  { name: 'purge the lease', act: (nc) => ask(nc, '$JS.API.STREAM.PURGE.KV_SC1_LEASE') },
  { name: 'delete the jobs', act: (nc) => ask(nc, '$JS.API.STREAM.DELETE.KV_SC1_JOBS') },
  {
    name: 'delete a job',
    act: (nc) => ask(nc, '$JS.API.STREAM.MSG.DELETE.KV_SC1_JOBS', { seq: 1 }),
    refusedByStream: true,
  },
  { name: 'delete a ledger', act: (nc, target) => ask(nc, `$JS.API.STREAM.DELETE.${ledger(target)}`) },
  {
    name: 'let a ledger take second records',
    act: (nc, target) =>
      ask(nc, `$JS.API.STREAM.UPDATE.${ledger(target)}`, {
        name: ledger(target),
        subjects: [`sc1.ledger.${target.job}.>`],
        storage: 'file',
        num_replicas: 1,
        retention: 'limits',
        discard: 'old',
        deny_delete: true,
        deny_purge: true,
        allow_direct: true,
      }),
  },
  {
    name: 'purge a ledger',
    act: (nc, target) => ask(nc, `$JS.API.STREAM.PURGE.${ledger(target)}`),
    refusedByStream: true,
  },
  {
    name: 'delete a record',
    act: (nc, target) => ask(nc, `$JS.API.STREAM.MSG.DELETE.${ledger(target)}`, { seq: 1 }),
    refusedByStream: true,
  },
  {
    name: 'make a stream',
    act: (nc) => ask(nc, '$JS.API.STREAM.CREATE.EVIL', { name: 'EVIL', subjects: ['sc1.presence.*'] }),
  },
  {
    name: 'make a reader of a ledger',
    act: (nc, target) =>
      ask(nc, `$JS.API.CONSUMER.DURABLE.CREATE.${ledger(target)}.evil`, {
        stream_name: ledger(target),
        config: { durable_name: 'evil', ack_policy: 'explicit' },
      }),
  },
  {
    name: 'make a consumer of tasks',
    act: (nc) =>
      ask(nc, '$JS.API.CONSUMER.CREATE.SC1_WORK.evil.sc1.work.evil.*', {
        stream_name: 'SC1_WORK',
        config: {
          name: 'evil',
          durable_name: 'evil',
          ack_policy: 'explicit',
          filter_subject: 'sc1.work.evil.*',
        },
      }),
  },
  {
    name: 'delete a consumer',
    act: (nc, target) => ask(nc, `$JS.API.CONSUMER.DELETE.SC1_WORK.${consumer(target)}`),
  },
  {
    name: 'delete a task',
    act: (nc, { waiting }) => ask(nc, '$JS.API.STREAM.MSG.DELETE.SC1_WORK', { seq: waiting }),
  },
  { name: 'purge the tasks', act: (nc) => ask(nc, '$JS.API.STREAM.PURGE.SC1_WORK') },
  { name: 'acknowledge a task that another one has', act: (nc, { ack }) => say(nc, ack, '+ACK') },
  // Nobody asks for a permission to publish to the reply subject of a request: JetStream answers there with the server's rights.
  {
    name: 'have an answer stored as a job',
    allowed: ['worker', 'monitor'],
    act: (nc, { job }) => say(nc, '$JS.API.INFO', '', `$KV.SC1_JOBS.job.${job}`),
  },
  {
    name: 'have a record stored as a task',
    allowed: ['worker'],
    act: (nc, target) =>
      say(
        nc,
        `$JS.API.DIRECT.GET.${ledger(target)}.${subjectOf(target)}`,
        '',
        `sc1.work.${target.token}.${target.job}`,
      ),
  },
  { name: 'end a job in its ledger', act: (nc, target) => say(nc, endingOf(target), 'mine') },
  {
    name: 'have an answer stored as the end of a job',
    allowed: ['worker', 'monitor'],
    act: (nc, target) => say(nc, '$JS.API.INFO', '', endingOf(target)),
  },
  {
    name: 'have a record of its own stored as the end of a job',
    allowed: ['worker'],
    act: (nc, target) =>
      say(nc, `$JS.API.DIRECT.GET.${ledger(target)}.${subjectOf(target)}`, '', endingOf(target)),
  },
  {
    name: 'have a record stored as the lease',
    allowed: ['worker'],
    act: (nc, target) =>
      say(nc, `$JS.API.DIRECT.GET.${ledger(target)}.${subjectOf(target)}`, '', '$KV.SC1_LEASE.coordinator'),
  },
];

/** Messages that a worker may publish and the stream refuses: nobody can have a record replaced. */
export const REWRITES: readonly Attack[] = [
  {
    name: 'record a task again',
    allowed: ['worker'],
    act: (nc, target) => say(nc, subjectOf(target), 'mine'),
    refusedByStream: true,
  },
  {
    name: 'roll a record up',
    allowed: ['worker'],
    act: async (nc, target) => {
      const rollup = headers();
      rollup.set('Nats-Rollup', 'sub');
      nc.publish(subjectOf(target), 'mine', { headers: rollup });
      await nc.flush();
    },
    refusedByStream: true,
  },
];

/** Subjects that nobody but those they are for may listen on. */
export const EARS: readonly { readonly subject: string; readonly of: string }[] = [
  { subject: '>', of: 'everything' },
  { subject: '_INBOX.>', of: 'answers' },
  { subject: '_INBOX_coordinator.>', of: "a coordinator's answers" },
  { subject: '_R_.>', of: 'answers between accounts' },
  { subject: '$JS.API.>', of: 'questions to JetStream' },
  { subject: '$JS.ACK.>', of: 'acknowledgements' },
  { subject: '$KV.>', of: 'jobs and the lease' },
  { subject: 'sc1.>', of: 'all that is ours' },
  { subject: 'sc1.work.>', of: 'tasks' },
  { subject: 'sc1.ledger.>', of: 'records' },
  { subject: 'sc1.stopped.*', of: 'questions about images' },
  { subject: 'sc1.prepare.*', of: 'requests, beside the group that shares them' },
];

/** Listens until `until`, which is given what is heard, resolves: what the server said of it, and what was heard. */
export async function listen(
  nc: NatsConnection,
  subject: string,
  until: (heard: readonly string[]) => Promise<unknown>,
): Promise<{ refused: string | null; heard: string[] }> {
  const outcome = { refused: null as string | null, heard: [] as string[] };
  const subscription = nc.subscribe(subject, {
    callback: (error: Error | null, msg: Msg) => {
      if (error) outcome.refused = error.message;
      else outcome.heard.push(msg.subject);
    },
  });
  await nc.flush();
  await until(outcome.heard);
  await nc.flush();
  subscription.unsubscribe();
  return outcome;
}
