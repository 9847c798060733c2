import { verb } from '../command/verb.js';
import { NATS_IF_ANY, NATS_LOGIN } from '../nats/nats-flags.js';
import { BACKUP_FILE, OUTPUT, PRUNING, STORAGE } from './upkeep-flags.js';

/** The verbs that look after what an installation keeps: the store of `serve`, or NATS and the store of coordinators. */

const BACKUP_HELP = `
The job may run meanwhile: the backup has what was recorded until then, and a restored job goes on from there to the same certificates.

  # From the store of serve, running or not
  smoothcert backup j-0123456789abcdef0123 --store /var/lib/smoothcert --out job.backup

  # From a cluster
  smoothcert backup j-0123456789abcdef0123 --nats nats://127.0.0.1:4222 --store /shared/store --out job.backup`;

const RESTORE_HELP = `
The job keeps its id, its seed and what was drawn. What is there already stays as it is: a job that differs is refused, and the same
backup may be restored again. Into the store of serve while serve does not run; into a cluster at any time.

  smoothcert restore job.backup --nats nats://127.0.0.1:4222 --store /shared/store`;

const PRUNE_HELP = `
Shows models, data sets and results that no job names, and ledgers without a job; with --delete removes them. The processes that use the
store may run meanwhile. What was uploaded, asked for or named by a job within --unused-days stays.

  smoothcert prune --store /var/lib/smoothcert --unused-days 30`;

const FORGET_HELP = `
Its results and its ledger are removed with it. A job that has not ended is refused: cancel it first.

  smoothcert forget j-0123456789abcdef0123 --store /var/lib/smoothcert`;

const JOB_ID = { id: { help: "the job's id, j-…" } } as const;

export const BACKUP = verb({
  name: 'backup',
  description: 'Write one job of a store into a file: all that it rests on.',
  operands: JOB_ID,
  groups: [NATS_IF_ANY, NATS_LOGIN, STORAGE, BACKUP_FILE, OUTPUT],
  help: BACKUP_HELP,
  async run({ operands: { id }, values }) {
    const flags = values();
    const { backup } = await import('./backup.js');
    return backup(id, flags);
  },
});

export const RESTORE = verb({
  name: 'restore',
  description: 'Put a job back from a file that backup has written.',
  operands: { file: { help: 'the backup' } },
  groups: [NATS_IF_ANY, NATS_LOGIN, STORAGE, OUTPUT],
  help: RESTORE_HELP,
  async run({ operands: { file }, values }) {
    const flags = values();
    const { restore } = await import('./restore.js');
    return restore(file, flags);
  },
});

export const PRUNE = verb({
  name: 'prune',
  description: 'Show, or delete, what no job of a store needs any more.',
  operands: {},
  groups: [NATS_IF_ANY, NATS_LOGIN, STORAGE, PRUNING, OUTPUT],
  help: PRUNE_HELP,
  async run({ values }) {
    const flags = values();
    const { prune } = await import('./prune.js');
    return prune(flags);
  },
});

export const FORGET = verb({
  name: 'forget',
  description: 'Remove one job that has ended from a store, now.',
  operands: JOB_ID,
  groups: [NATS_IF_ANY, NATS_LOGIN, STORAGE, OUTPUT],
  help: FORGET_HELP,
  async run({ operands: { id }, values }) {
    const flags = values();
    const { forget } = await import('./forget.js');
    return forget(id, flags);
  },
});
