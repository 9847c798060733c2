import { MAX_SIGMA } from '../../shared/job-limits.js';
import type { ImageRange } from '../../shared/dataset/selection.js';
import type { ArtifactKind } from '../../shared/ports/artifact-store.js';
import type { FlagGroup, ValuesOf } from '../command/flag.js';
import type { LatticeOptions } from '../../input/lattice/choose-lattice.js';
import type { PixelReading } from '../../input/convert.js';
import { refusePixelFlags } from '../certify/job-config.js';
import { numberOf, optionError, parseImages } from '../command/parse.js';
import { SERVER, serverConfig, type ServerConfig } from './server-flags.js';

const KINDS: readonly ArtifactKind[] = ['file', 'data-set'];

/** An artifact is sent by its digest: it is of no job yet. */
const PUT = {
  heading: null,
  flags: {
    kind: {
      argument: '<kind>',
      help: 'put: file or data-set (default: a model by its name, .onnx, else images)',
      decides: 'run',
      choices: KINDS,
    },
    labels: { argument: '<file>', help: 'put, images: their labels, as for certify', decides: 'run' },
    images: {
      argument: '<range>',
      help: 'put, images: start:stop:step, as for certify (default: all)',
      decides: 'run',
    },
    features: { help: 'put, images: their values are no pixels, as for certify', decides: 'run' },
    clip: { help: 'put, images: clip pixels slightly beyond [0, 1], as for certify', decides: 'run' },
    bgr: { help: 'put, images: reverse the three channels, as for certify', decides: 'run' },
    sigma: {
      argument: '<σ>',
      help: 'put, with --features: the noise that jobs will have, if how fine a lattice must be depends on it',
      decides: 'run',
    },
  },
} as const satisfies FlagGroup;

const OUTPUT = {
  heading: 'Output:',
  flags: {
    json: { help: 'one JSON object on standard output', decides: 'run' },
    quiet: { help: 'no progress', decides: 'run' },
    verbose: { help: 'stack traces, and what is sent', decides: 'run' },
  },
} as const satisfies FlagGroup;

export const ARTIFACTS_GROUPS = [PUT, SERVER, OUTPUT] as const;
export const ACTIONS = ['list', 'put'] as const;

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
  readonly lattice: LatticeOptions;
  readonly reading: PixelReading;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** @throws OPTION_INVALID */
export function artifactsConfig(
  action: (typeof ACTIONS)[number],
  file: string | undefined,
  flags: ValuesOf<typeof ARTIFACTS_GROUPS>,
): ListConfig | PutConfig {
  const common = { server: serverConfig(flags), json: flags.json };
  if (action === 'list') {
    if (file === undefined) return { action, ...common };
    throw optionError(`artifacts list takes no file, and ${file} is one.`, 'Leave it out, or write put.');
  }
  if (file === undefined) throw optionError('artifacts put needs a file.', 'Name a model, or images.');
  const {
    kind = file.toLowerCase().endsWith('.onnx') ? 'file' : 'data-set',
    labels,
    images,
    features,
    clip,
    bgr,
    sigma,
  } = flags;
  const given = {
    '--labels': labels,
    '--images': images,
    '--features': features || undefined,
    '--clip': clip || undefined,
    '--bgr': bgr || undefined,
    '--sigma': sigma,
  };
  const flag = Object.entries(given).find(([, value]) => value !== undefined)?.[0] ?? null;
  if (kind === 'file' && flag !== null) {
    throw optionError(`${flag} has no meaning for a model.`, `Leave ${flag} out, or add --kind data-set.`);
  }
  refusePixelFlags(flags);
  return {
    action,
    ...common,
    file,
    kind,
    labels: labels ?? null,
    images: images === undefined ? { start: 0, stop: null, step: 1 } : parseImages(images),
    reading: { clip, bgr },
    lattice: { features, noiseScale: sigma === undefined ? null : sigmaOf(sigma) },
    quiet: flags.quiet,
    verbose: flags.verbose,
  };
}

function sigmaOf(text: string): number {
  const sigma = numberOf(text);
  if (sigma > 0 && sigma <= MAX_SIGMA) return sigma;
  throw optionError(
    `--sigma is ${text}, not a number above 0 and of at most ${MAX_SIGMA}.`,
    'Give the σ of the job.',
  );
}
