import { Command } from 'commander';
import type { Log } from '../../shared/telemetry/log.js';
import { VERSION } from '../../shared/version.js';
import {
  artifactsCommand,
  compileArtifactsConfig,
  type RawArtifactsOptions,
} from '../jobs/artifacts-command.js';
import { certifyCommand } from '../certify/certify-command.js';
import { applyConfigFile, printConfig } from './config-file.js';
import { compileConfig, type RawOptions } from '../certify/config.js';
import { EXIT } from './exit.js';
import {
  cancelCommand,
  compileJobsConfig,
  compileOneJob,
  jobCommand,
  jobsCommand,
  watchCommand,
  type RawJobsOptions,
} from '../jobs/jobs-command.js';
import {
  compileDownloadConfig,
  compileResultsConfig,
  isJobId,
  resultsCommand,
  type RawResultsOptions,
} from '../results/results-command.js';
import type { Raw } from '../service/config.js';
import { coordinatorCommand } from '../service/coordinator-command.js';
import { serveCommand } from '../service/serve-command.js';
import { workerCommand } from '../service/worker-command.js';
import { compileSubmitConfig, submitCommand, type RawSubmitOptions } from '../jobs/submit-command.js';
import { backupCommand, forgetCommand, pruneCommand, restoreCommand } from '../upkeep/commands.js';

const FIRST_STEPS = `
Certify the images of D.npz for the classifier M.onnx:
  smoothcert certify --model M.onnx --data D.npz --sigma 0.25 --out certificates

smoothcert certify --help lists every flag.`;

/** Aborts on the first Ctrl-C or SIGTERM; the second ends the process at once (its children end with it). */
function interruption(): AbortSignal {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return controller.signal;
}

type Finish = (code: number) => void;

/**
 * Fills in the flags of a file (`--config`), and prints them if they are all that is asked for (`--print-config`). Whether the
 * command is to go on.
 */
async function configured(command: Command): Promise<boolean> {
  const { config, printConfig: print } = command.opts<{ config?: string; printConfig?: boolean }>();
  if (config !== undefined) await applyConfigFile(command, config);
  if (print) process.stdout.write(printConfig(command));
  return !print;
}

function certifying(finish: Finish): Command {
  return certifyCommand().action(async (_given: RawOptions, command: Command) => {
    if (!(await configured(command))) return;
    const config = compileConfig(command.opts<RawOptions>());
    const { certify } = await import('../certify/certify.js');
    finish(await certify(config, interruption()));
  });
}

function showing(finish: Finish): Command {
  return resultsCommand().action(async (named: string, raw: RawResultsOptions) => {
    if (isJobId(named)) {
      const config = compileDownloadConfig(named, raw);
      const { downloadResults } = await import('../results/download-results.js');
      finish(await downloadResults(config, interruption()));
      return;
    }
    const config = compileResultsConfig(named, raw);
    const { showResults } = await import('../results/show-results.js');
    finish(await showResults(config));
  });
}

function submitting(finish: Finish): Command {
  return submitCommand().action(async (_given: RawSubmitOptions, command: Command) => {
    if (!(await configured(command))) return;
    const config = compileSubmitConfig(command.opts<RawSubmitOptions>());
    const { submit } = await import('../jobs/submit.js');
    finish(await submit(config, interruption()));
  });
}

/** The commands that show the jobs of a server, or end one. */
function jobsOf(finish: Finish): Command[] {
  const actions = () => import('../jobs/jobs.js');
  return [
    watchCommand().action(async (id: string, raw: RawJobsOptions) => {
      const config = compileOneJob('watch', id, raw);
      finish(await (await actions()).watchJob(config, interruption()));
    }),
    jobsCommand().action(async (raw: RawJobsOptions) => {
      const config = compileJobsConfig(raw);
      finish(await (await actions()).listJobs(config, interruption()));
    }),
    jobCommand().action(async (id: string, raw: RawJobsOptions) => {
      const config = compileOneJob('job', id, raw);
      finish(await (await actions()).showJob(config, interruption()));
    }),
    cancelCommand().action(async (id: string, raw: RawJobsOptions) => {
      const config = compileOneJob('cancel', id, raw);
      finish(await (await actions()).cancelJob(config, interruption()));
    }),
  ];
}

function keeping(finish: Finish): Command {
  return artifactsCommand().action(
    async (action: string, file: string | undefined, raw: RawArtifactsOptions) => {
      const config = compileArtifactsConfig(action, file, raw);
      const { artifacts } = await import('../jobs/artifacts.js');
      finish(await artifacts(config, interruption()));
    },
  );
}

/** The commands that look after what an installation keeps. */
function upkeep(finish: Finish): Command[] {
  return [
    backupCommand().action(async (id: string, raw: Raw) => {
      const { backup } = await import('../upkeep/backup.js');
      finish(await backup(id, raw));
    }),
    restoreCommand().action(async (file: string, raw: Raw) => {
      const { restore } = await import('../upkeep/restore.js');
      finish(await restore(file, raw));
    }),
    pruneCommand().action(async (raw: Raw) => {
      const { prune } = await import('../upkeep/prune.js');
      finish(await prune(raw));
    }),
    forgetCommand().action(async (id: string, raw: Raw) => {
      const { forget } = await import('../upkeep/forget.js');
      finish(await forget(id, raw));
    }),
  ];
}

/** The commands that stay until they are told to end. */
function staying(finish: Finish): Command[] {
  const stay = async (raw: Raw, run: (raw: Raw, log: Log, interrupt: AbortSignal) => Promise<number>) => {
    const { withLog } = await import('../service/with-log.js');
    finish(await withLog(raw, (log) => run(raw, log, interruption())));
  };
  return [
    serveCommand().action(async (raw: Raw) => {
      const { serve } = await import('../service/serve.js');
      await stay(raw, serve);
    }),
    coordinatorCommand().action(async (raw: Raw) => {
      const { coordinate } = await import('../service/coordinator.js');
      await stay(raw, coordinate);
    }),
    workerCommand().action(async (raw: Raw) => {
      const { work } = await import('../service/worker.js');
      await stay(raw, work);
    }),
  ];
}

/**
 * Every command with its action, which hands its exit code to `finish`. What a command needs beyond its flags is loaded
 * by its action, so that help and wrong flags cost nothing. docs/configuration.md is generated from this.
 */
export function program(finish: Finish): Command {
  const root = new Command('smoothcert')
    .description('Certified robustness by randomized smoothing, for any ONNX classifier.')
    .version(VERSION, '--version')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', FIRST_STEPS)
    .showSuggestionAfterError()
    .exitOverride();
  const commands = [
    certifying(finish),
    showing(finish),
    submitting(finish),
    ...jobsOf(finish),
    keeping(finish),
    ...staying(finish),
    ...upkeep(finish),
  ];
  for (const command of commands) {
    root.addCommand(command);
    command.copyInheritedSettings(root).exitOverride();
  }
  return root;
}
