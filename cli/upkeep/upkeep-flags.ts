import type { FlagGroup, ValuesOf } from '../command/flag.js';
import type { NATS_IF_ANY, NATS_LOGIN } from '../nats/nats-flags.js';

export const STORAGE = {
  heading: 'Storage:',
  flags: {
    store: {
      argument: '<folder>',
      help: 'the --store of serve; with --nats, that of the coordinators',
      decides: 'run',
      needed: 'Name the store of serve, or --nats and that of the coordinators.',
      env: true,
    },
  },
} as const satisfies FlagGroup;

export const OUTPUT = {
  heading: 'Output:',
  flags: {
    json: { help: 'one JSON object on standard output', decides: 'run' },
    verbose: { help: 'stack traces', decides: 'run' },
  },
} as const satisfies FlagGroup;

export const BACKUP_FILE = {
  heading: 'Backup:',
  flags: {
    out: {
      argument: '<file>',
      help: 'the file, which must not be there yet',
      decides: 'run',
      needed: 'Name a file for the backup.',
    },
    inputs: {
      help: 'without model and data set: they must be in the store that it is restored to',
      decides: 'run',
      negated: true,
    },
  },
} as const satisfies FlagGroup;

export const PRUNING = {
  heading: 'Pruning:',
  flags: {
    unusedDays: {
      argument: '<n>',
      help: 'what was used within so many days stays',
      decides: 'run',
      preset: '30',
      // What is uploaded for a job that is about to be created must last until then.
      number: { least: 1, most: 36_500 },
    },
    delete: { help: 'delete it; without this it is only shown', decides: 'run' },
  },
} as const satisfies FlagGroup;

/** Flags that name what is looked after. */
export type StoreFlags = ValuesOf<readonly [typeof NATS_IF_ANY, typeof NATS_LOGIN, typeof STORAGE]>;
/** Flags of every verb of this family. */
export type UpkeepFlags = StoreFlags & ValuesOf<readonly [typeof OUTPUT]>;
export type BackupFlags = UpkeepFlags & ValuesOf<readonly [typeof BACKUP_FILE]>;
export type PruneFlags = UpkeepFlags & ValuesOf<readonly [typeof PRUNING]>;
