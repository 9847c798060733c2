import { RequestError, SmoothcertError, type FieldFault } from '../../shared/errors.js';
import type { JobSpec, ModelReference } from '../../shared/job-spec.js';
import { MAX_IMAGES } from '../../shared/dataset/canonical.js';
import type { Normalisation, StoppingRule } from '../../shared/job.js';
import { checkAlpha, checkPair, checkRadii, MOST_SAMPLES } from '../../statistics/claim.js';
import { refuseImpossibleClaim } from '../core/job-of.js';

const DIGEST = /^[0-9a-f]{64}$/;
const SEED = /^(0|[1-9]\d{0,19})$/;
const SEED_LIMIT = 2n ** 64n;
const LARGEST_SIGMA = 1e6;
const LARGEST_SCALE = 1e9;
const LARGEST_BATCH = 4_096;
const MOST_CHANNELS = 1_024;
const MOST_WEIGHT_FILES = 4_096;
const MOST_RADII = 1_000;
const LONGEST_TEXT = 4_096;

type Faults = Generator<FieldFault>;

/**
 * Checks everything of a spec that can be known without its artifacts; the ranges are those of the command line.
 * @throws RequestError naming every field that is wrong
 */
export function checkSpec(spec: JobSpec): void {
  refuse([...fieldFaults(spec)]);
  // A claim whose every part is right may be one that no number of votes fulfils.
  refuse([...mathematics('spec.max_samples', () => refuseImpossibleClaim(spec), 'does not fit: ')]);
}

function refuse([first, ...others]: FieldFault[]): void {
  if (first) throw new RequestError([first, ...others]);
}

function* fieldFaults(spec: JobSpec): Faults {
  yield* modelFaults(spec.model);
  if (!DIGEST.test(spec.data.digest)) yield { field: 'spec.data.digest', description: NO_DIGEST };
  yield* textFaults('spec.data.uri', spec.data.uri);
  if (spec.images) yield* imagesFaults(spec.images);
  if (!(spec.sigma > 0 && spec.sigma <= LARGEST_SIGMA)) {
    yield wrong('spec.sigma', spec.sigma, `a number above 0 and of at most ${LARGEST_SIGMA}`);
  }
  if (spec.seed !== null && !(SEED.test(spec.seed) && BigInt(spec.seed) < SEED_LIMIT)) {
    yield { field: 'spec.seed', description: 'is not a whole number from 0 to 2^64 − 1' };
  }
  yield* normalisationFaults(spec.normalisation);
  yield* textFaults('spec.output', spec.output);
  if (spec.batch !== null && !isWhole(spec.batch, 1, LARGEST_BATCH)) {
    yield wrong('spec.batch', spec.batch, `a whole number from 1 to ${LARGEST_BATCH}`);
  }
  yield* mathematics('spec.alpha', () => checkAlpha(spec.alpha));
  yield* mathematics('spec.bound', () => checkPair(spec.stop.kind, spec.bound));
  yield* ruleFaults(spec.stop);
  if (!isWhole(spec.maxSamples, 1, MOST_SAMPLES)) {
    yield wrong('spec.max_samples', spec.maxSamples, `a whole number from 1 to ${MOST_SAMPLES}`);
  }
}

const NO_DIGEST = 'is not the 64 hexadecimal digits of a sha256';

function* modelFaults({ digest, fileDigest, weights, uri }: ModelReference): Faults {
  if (!DIGEST.test(digest)) yield { field: 'spec.model.digest', description: NO_DIGEST };
  if (!DIGEST.test(fileDigest)) yield { field: 'spec.model.file_digest', description: NO_DIGEST };
  else if (weights.length === 0 && fileDigest !== digest) {
    const description = 'is not the digest of the model, which has no weight files';
    yield { field: 'spec.model.file_digest', description };
  }
  yield* textFaults('spec.model.uri', uri);
  if (weights.length > MOST_WEIGHT_FILES) {
    yield { field: 'spec.model.weights', description: `has more than ${MOST_WEIGHT_FILES} files` };
  }
  for (const [at, weight] of weights.entries()) {
    if (!DIGEST.test(weight.digest)) {
      yield { field: `spec.model.weights[${at}].digest`, description: NO_DIGEST };
    }
    if (isInside(weight.path) && weights.findIndex(({ path }) => path === weight.path) === at) continue;
    const description = 'is not a path below the folder of the model, or stands twice';
    yield { field: `spec.model.weights[${at}].path`, description };
  }
}

/** Whether a path names a file below the folder that it is relative to, on every system. */
function isInside(path: string): boolean {
  const parts = path.split('/');
  const plain = path.length <= LONGEST_TEXT && !/[\\:\0]/.test(path);
  return plain && parts.every((part) => part !== '' && part !== '..');
}

function* imagesFaults({ start, stop, step }: NonNullable<JobSpec['images']>): Faults {
  const whole = isWhole(start, 0, MAX_IMAGES) && isWhole(stop, 0, MAX_IMAGES) && isWhole(step, 1, MAX_IMAGES);
  if (whole && start < stop) return;
  const description = `is not a range of images: start below stop, step at least 1, none above ${MAX_IMAGES}`;
  yield { field: 'spec.images', description };
}

function* normalisationFaults({ inputScale, mean, std }: Normalisation): Faults {
  const inRange = (value: number) => Math.abs(value) <= LARGEST_SCALE;
  if (!(inputScale > 0 && inRange(inputScale))) {
    const wanted = `a number above 0 and of at most ${LARGEST_SCALE}`;
    yield wrong('spec.normalisation.input_scale', inputScale, wanted);
  }
  const lists = { mean: mean.every(inRange), std: std.every((value) => value > 0 && inRange(value)) };
  for (const [name, list] of Object.entries({ mean, std })) {
    if (lists[name as 'mean' | 'std'] && list.length >= 1 && list.length <= MOST_CHANNELS) continue;
    const wanted = name === 'mean' ? `numbers of at most ${LARGEST_SCALE} either way` : 'numbers above 0';
    const description = `is not one value, or one a channel: ${wanted}`;
    yield { field: `spec.normalisation.${name}`, description };
  }
}

function* ruleFaults(stop: StoppingRule): Faults {
  switch (stop.kind) {
    case 'gain':
    case 'two-stage':
      if (!(stop.minGain >= 0 && stop.minGain < Infinity)) {
        const field = `spec.${stop.kind === 'gain' ? 'gain' : 'two_stage'}.min_gain`;
        yield wrong(field, stop.minGain, 'a number of at least 0');
      }
      return;
    case 'target':
      if (stop.radii.length > MOST_RADII) {
        yield { field: 'spec.target.radii', description: `has more than ${MOST_RADII} radii` };
      } else yield* mathematics('spec.target.radii', () => checkRadii(stop.radii));
      return;
    case 'fixed':
      if (isWhole(stop.selection, 1, MOST_SAMPLES)) return;
      yield wrong('spec.fixed.selection', stop.selection, `a whole number from 1 to ${MOST_SAMPLES}`);
  }
}

/** Runs a check of the mathematics; its sentence, which names a flag first, becomes what is wrong with the field. */
function* mathematics(field: string, check: () => void, introduced = ''): Faults {
  try {
    check();
  } catch (error) {
    if (!(error instanceof SmoothcertError)) throw error;
    yield { field, description: introduced + sentence(error) };
  }
}

/** The sentence without its full stop, in the words of the message instead of those of the command line. */
function sentence({ message }: SmoothcertError): string {
  const pair = /^--stop (\S+) is not offered with --bound (\S+): (.*)\.$/.exec(message);
  if (pair) return `${pair[2]!} is not offered with the stopping rule ${pair[1]!}: ${pair[3]!}`;
  return message.replace(/\.$/, '').replaceAll(/--[a-z-]+ /g, '');
}

function* textFaults(field: string, text: string | null): Faults {
  if (text === null || (text !== '' && text.length <= LONGEST_TEXT)) return;
  yield { field, description: `is empty, or longer than ${LONGEST_TEXT} characters` };
}

const wrong = (field: string, value: number, wanted: string): FieldFault => ({
  field,
  description: `is ${value}, not ${wanted}`,
});

const isWhole = (value: number, least: number, most: number): boolean =>
  Number.isSafeInteger(value) && value >= least && value <= most;
