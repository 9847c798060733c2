import { RequestError, type FieldFault } from '../../shared/errors.js';
import { MAX_TEXT, MAX_WEIGHT_FILES, MAX_WEIGHT_PATH } from '../../shared/job-limits.js';
import type { JobSpec, ModelReference } from '../../shared/job-spec.js';
import type { StoppingRule } from '../../shared/job.js';
import { describeRange } from '../../shared/range.js';
import { describeImpossible } from '../../statistics/impossible-claim.js';
import { checkJob, type JobFault } from '../core/check-job.js';

/**
 * Checks everything of a spec that can be known without its artifacts. The job itself is checked as the command line
 * checks it. @throws RequestError naming every field that is wrong
 */
export function checkSpec(spec: JobSpec): void {
  const ofJob = checkJob(spec, spec.images ?? undefined).map((fault) => describeFault(fault, spec.stop.kind));
  const [first, ...others] = [...faultsOfReferences(spec), ...ofJob];
  if (first) throw new RequestError([first, ...others]);
}

/** The paths of fields in a message; those of a stopping rule stand below its name. */
const PATHS: Readonly<Record<JobFault['field'], string>> = {
  sigma: 'sigma',
  alpha: 'alpha',
  bound: 'bound',
  maxSamples: 'max_samples',
  images: 'images',
  seed: 'seed',
  output: 'output',
  batch: 'batch',
  inputScale: 'normalisation.input_scale',
  mean: 'normalisation.mean',
  std: 'normalisation.std',
  minGain: 'min_gain',
  radii: 'radii',
  selection: 'selection',
  totalSamples: 'total_samples',
  runnerUp: 'runner_up',
  simultaneous: 'simultaneous',
};
const OF_RULES: ReadonlySet<JobFault['field']> = new Set(['minGain', 'radii', 'selection', 'totalSamples']);

function pathOf(fault: JobFault, rule: StoppingRule['kind']): string {
  const field = OF_RULES.has(fault.field)
    ? `${rule.replace('-', '_')}.${PATHS[fault.field]}`
    : PATHS[fault.field];
  return `spec.${field}`;
}

function describeFault(fault: JobFault, rule: StoppingRule['kind']): FieldFault {
  return { field: pathOf(fault, rule), description: describeJobFault(fault) };
}

/** Returns what is wrong as the end of a sentence that begins with the field. */
export function describeJobFault(fault: JobFault): string {
  switch (fault.reason) {
    case 'out-of-range': {
      const { field, value, range, at } = fault;
      if (field === 'alpha' && range.least !== undefined && range.most !== undefined) {
        return `${value} is outside [${range.least}, ${range.most}], where the bounds are proved and checked`;
      }
      const which = at === undefined ? '' : ` at place ${at}`;
      return `is ${value}${which}, not ${describeRange(range)}`;
    }
    case 'count':
      return fault.count === 0 ? 'is empty' : `has ${fault.count} values, more than ${fault.most}`;
    case 'not-radii':
      return `${fault.radii.join(',')} is not an ascending list of radii of at least 0, written as plain decimals`;
    case 'not-a-seed':
      return 'is not a whole number from 0 to 2^64 − 1';
    case 'not-a-range-of-images':
      return `is not a range of images: start below stop, step at least 1, none above ${fault.most}`;
    case 'text-length':
      return textFault(fault.most);
    case 'pair-not-offered':
      return `${fault.bound} is not offered with the stopping rule ${fault.rule}: ${fault.why}`;
    case 'nothing-to-claim':
      return `is not offered with the bound ${fault.bound}, which proves nothing`;
    case 'runner-up-not-offered':
      return `is not offered with the stopping rule ${fault.rule}, the bound ${fault.bound} and ${fault.noise} noise: ${fault.why}`;
    case 'budget-too-small':
    case 'level-too-small':
    case 'out-of-reach':
    case 'total-too-small':
    case 'nothing-behind-pilot':
    case 'too-many-looks':
      return `does not fit: ${describeImpossible(fault)}`;
  }
}

const textFault = (most: number): string => `is empty, or longer than ${most} characters`;

const DIGEST = /^[0-9a-f]{64}$/;
const NO_DIGEST = 'is not the 64 hexadecimal digits of a sha256';

type Faults = Generator<FieldFault>;

/** Yields what is wrong with the names of the model and the data set. */
function* faultsOfReferences({ model, data }: JobSpec): Faults {
  yield* faultsOfModel(model);
  if (!DIGEST.test(data.digest)) yield { field: 'spec.data.digest', description: NO_DIGEST };
  yield* faultsOfUri('spec.data.uri', data.uri);
}

function* faultsOfModel({ digest, fileDigest, weights, uri }: ModelReference): Faults {
  if (!DIGEST.test(digest)) yield { field: 'spec.model.digest', description: NO_DIGEST };
  if (!DIGEST.test(fileDigest)) yield { field: 'spec.model.file_digest', description: NO_DIGEST };
  else if (weights.length === 0 && fileDigest !== digest) {
    const description = 'is not the digest of the model, which has no weight files';
    yield { field: 'spec.model.file_digest', description };
  }
  yield* faultsOfUri('spec.model.uri', uri);
  if (weights.length > MAX_WEIGHT_FILES) {
    yield { field: 'spec.model.weights', description: `has more than ${MAX_WEIGHT_FILES} files` };
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

/** Returns true if a path names a file below the folder that it is relative to, on every system. */
function isInside(path: string): boolean {
  const parts = path.split('/');
  const plain = path.length <= MAX_WEIGHT_PATH && !/[\\:\0]/.test(path);
  return plain && parts.every((part) => part !== '' && part !== '..');
}

function* faultsOfUri(field: string, uri: string | null): Faults {
  if (uri !== null && (uri === '' || uri.length > MAX_TEXT))
    yield { field, description: textFault(MAX_TEXT) };
}
