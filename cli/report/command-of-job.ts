import { DEVICES, type Claim, type Job, type Normalisation } from '../../shared/job.js';
import { DEFAULT_BOUNDS, SPEC_DEFAULTS } from '../../shared/job-spec.js';
import { sigmaOf } from '../../statistics/noises/scale.js';
import type { AboutJob } from '../certify/job-notes.js';

/** Words that stand for a file whose name is not known. */
const UNKNOWN = { model: 'MODEL.onnx', data: 'DATA.npz' };

/** Returns the name of a file; null of what a job of a server has in its place: a digest, or an address. */
const fileOf = (name: string | null): string | null =>
  name !== null && /^(sha256:|digest:|[a-z][a-z0-9+.-]*:\/\/)/i.test(name) ? null : name;

/**
 * Returns the words of the command that makes the same job again, from its job.json: everything that decides it and is not the default, the seed
 * among it. Where the job was made from a total of all images, they are part of it.
 */
export function commandOfJob(job: Job, about: Pick<AboutJob, 'model' | 'data' | 'input'>): string[] {
  const { claim, draw } = job;
  const { input } = about;
  const { start, stop, step } = claim.images;
  const flags: [string, string | true | null][] = [
    ['model', fileOf(about.model) ?? UNKNOWN.model],
    ['data', input?.data ?? fileOf(about.data) ?? UNKNOWN.data],
    ['labels', input?.labels ?? null],
    ['images', `${start}:${stop}:${step}`],
    ['features', input?.features ? true : null],
    ['clip', input?.clip ? true : null],
    ['bgr', input?.bgr ? true : null],
    ['sigma', `${sigmaOf(draw.noise)}`],
    ['noise', draw.noise.kind === SPEC_DEFAULTS.noise ? null : draw.noise.kind],
    ['alpha', `${claim.alpha}`],
    ...claimFlags(claim),
    ['seed', draw.seed],
    ...normalisationFlags(draw.normalisation),
    ['layout', draw.layout],
    ['output', draw.output],
    ['batch', `${draw.batch}`],
    ['device', deviceOf(draw.numericClass)],
    ['out', 'repeated'],
  ];
  const words = flags.flatMap(([name, value]) =>
    value === null ? [] : [`--${name}`, ...(value === true ? [] : [value])],
  );
  return ['smoothcert', claim.stop.kind === 'predict' ? 'predict' : 'certify', ...words];
}

function claimFlags(claim: Claim): [string, string | true | null][] {
  const { stop, bound, looks } = claim;
  const usualRule = stop.kind === 'gain' || stop.kind === 'predict';
  return [
    ['stop', usualRule ? null : stop.kind],
    ['bound', bound === DEFAULT_BOUNDS[stop.kind] ? null : bound],
    ['radii', stop.kind === 'target' ? stop.radii.join(',') : null],
    ['min-gain', stop.kind === 'gain' || stop.kind === 'two-stage' ? `${stop.minGain}` : null],
    ['n0', stop.kind === 'fixed' ? `${stop.selection}` : null],
    ['keep-counts', stop.kind === 'fixed' && stop.keepCounts === true ? true : null],
    ['total-samples', stop.kind === 'budget' ? `${stop.totalSamples}` : null],
    ['max-samples', `${looks.at(-1)! - (stop.kind === 'fixed' ? stop.selection : 0)}`],
    ['runner-up', claim.runnerUp ?? null],
    ['simultaneous', claim.simultaneous ?? null],
  ];
}

function normalisationFlags({ inputScale, mean, std }: Normalisation): [string, string | null][] {
  const list = (values: readonly number[], usual: number) =>
    values.length === 1 && values[0] === usual ? null : values.join(',');
  return [
    ['input-scale', inputScale === 1 ? null : `${inputScale}`],
    ['mean', list(mean, 0)],
    ['std', list(std, 1)],
  ];
}

/** A numeric class begins with the name of its device. */
const deviceOf = (numericClass: string): string | null => {
  const [name] = numericClass.split('/');
  return DEVICES.find((device) => device === name && device !== 'cpu') ?? null;
};
