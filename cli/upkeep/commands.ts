import { Command, Option } from 'commander';
import { addNatsLogin } from '../service/flags.js';

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

/** Adds the flags that name the stores: the store of `serve`, or NATS and the store of coordinators. */
function withStores(command: Command): Command {
  return addNatsLogin(command, null)
    .optionsGroup('Storage:')
    .addOption(
      new Option('--store <folder>', 'the --store of serve; with --nats, that of the coordinators').env(
        'SMOOTHCERT_STORE',
      ),
    );
}

/** Adds the flags that every command has, and its help. */
function withCommonFlags(command: Command, help: string): Command {
  return command
    .optionsGroup('Output:')
    .option('--json', 'one JSON object on standard output')
    .option('--verbose', 'stack traces')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', help);
}

const named = (name: string, description: string): Command =>
  new Command(name).description(description).argument('<id>', "the job's id, j-…");

export function backupCommand(): Command {
  const command = withStores(named('backup', 'Write one job of a store into a file: all that it rests on.'))
    .optionsGroup('Backup:')
    .option('--out <file>', 'the file, which must not be there yet')
    .option('--no-inputs', 'without model and data set: they must be in the store that it is restored to');
  return withCommonFlags(command, BACKUP_HELP);
}

export function restoreCommand(): Command {
  const command = new Command('restore')
    .description('Put a job back from a file that backup has written.')
    .argument('<file>', 'the backup');
  return withCommonFlags(withStores(command), RESTORE_HELP);
}

export function pruneCommand(): Command {
  const command = withStores(
    new Command('prune').description('Show, or delete, what no job of a store needs any more.'),
  )
    .optionsGroup('Pruning:')
    .option('--unused-days <n>', 'what was used since stays', '30')
    .option('--delete', 'delete it; without this it is only shown');
  return withCommonFlags(command, PRUNE_HELP);
}

export function forgetCommand(): Command {
  return withCommonFlags(
    withStores(named('forget', 'Remove one job that has ended from a store, now.')),
    FORGET_HELP,
  );
}
