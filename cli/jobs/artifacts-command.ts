import { Argument, Command } from 'commander';
import type { ImageRange } from '../../shared/dataset/selection.js';
import type { ArtifactKind } from '../../shared/ports/artifact-store.js';
import { optionError, parseChoice, parseImages } from '../command/parse.js';
import { addServer, compileServer, type RawServerOptions, type ServerConfig } from './server-flags.js';

/** The flags of `artifacts` as typed. */
export interface RawArtifactsOptions extends RawServerOptions {
  readonly kind?: string;
  readonly labels?: string;
  readonly images?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

interface Common {
  readonly server: ServerConfig;
  readonly json: boolean;
}

export interface ListConfig extends Common {
  readonly action: 'list';
}

export interface PutConfig extends Common {
  readonly action: 'put';
  readonly file: string;
  readonly kind: ArtifactKind;
  readonly labels: string | null;
  readonly images: ImageRange;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

export const KINDS = ['file', 'data-set'] as const;

const HELP = `
Examples:
  # A model, with its weight files if it has some
  smoothcert artifacts put M.onnx

  # Images; they are converted, and named by the digest of what they were converted to
  smoothcert artifacts put D.npz --images ::10

  smoothcert artifacts list`;

export function artifactsCommand(): Command {
  const command = new Command('artifacts')
    .description('List the models and images that a server has, or send it some; digests are printed.')
    .addArgument(new Argument('<action>', 'list or put').choices(['list', 'put']))
    .argument('[file]', 'put: a model, or images in any format that certify reads')
    .option('--kind <kind>', 'put: file or data-set (default: a model by its name, .onnx, else images)')
    .option('--labels <file>', 'put, images: their labels, as for certify')
    .option('--images <range>', 'put, images: start:stop:step, as for certify (default: all)');
  return addServer(command)
    .optionsGroup('Output:')
    .option('--json', 'one JSON object on standard output')
    .option('--quiet', 'no progress')
    .option('--verbose', 'stack traces, and what is sent')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', HELP);
}

/** @throws OPTION_INVALID */
export function compileArtifactsConfig(
  action: string,
  file: string | undefined,
  raw: RawArtifactsOptions,
): ListConfig | PutConfig {
  const common = { server: compileServer('artifacts', raw), json: raw.json ?? false };
  if (action === 'list') {
    if (file === undefined) return { action, ...common };
    throw optionError(`artifacts list takes no file, and ${file} is one.`, 'Leave it out, or write put.');
  }
  if (file === undefined) throw optionError('artifacts put needs a file.', 'Name a model, or images.');
  const guessed = file.toLowerCase().endsWith('.onnx') ? 'file' : 'data-set';
  const kind = raw.kind === undefined ? guessed : parseChoice('--kind', raw.kind, KINDS);
  const flag = raw.labels !== undefined ? '--labels' : raw.images !== undefined ? '--images' : null;
  if (kind === 'file' && flag !== null)
    throw optionError(`${flag} has no meaning for a model.`, `Leave ${flag} out, or add --kind data-set.`);
  return {
    action: 'put',
    ...common,
    file,
    kind,
    labels: raw.labels ?? null,
    images: raw.images === undefined ? { start: 0, stop: null, step: 1 } : parseImages(raw.images),
    quiet: raw.quiet ?? false,
    verbose: raw.verbose ?? false,
  };
}
