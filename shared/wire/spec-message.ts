import type { Normalisation, RuleName } from '../job.js';
import { JOB_RANGES, MAX_CHANNELS } from '../job-limits.js';
import { DEFAULT_BOUNDS, SPEC_DEFAULTS, laterFieldsOf, type JobImages, type JobSpec } from '../job-spec.js';
import { Check, UINT32_MAX } from './check.js';
import { BOUND_NUMBERS, DEVICE_NUMBERS, LAYOUT_NUMBERS, NOISE_NUMBERS } from './enums.js';
import { smoothcert } from './generated.js';
import { namesOfWire, namesToWire } from './names.js';
import { dataOfWire, dataToWire, modelOfWire, modelToWire } from './references.js';
import { stopOfWire, stopToWire } from './stopping-rule.js';

type WireSpec = smoothcert.v1.JobSpec.$Properties;

/** Writes a spec as it is sent; nothing is left to defaults but Gaussian noise and what version 0.1.0 did not know, so that it has the bytes that that version gave it. */
export function specToWire(spec: JobSpec): WireSpec {
  return {
    model: modelToWire(spec.model),
    data: dataToWire(spec.data),
    images: spec.images && { ...spec.images },
    sigma: spec.sigma,
    seed: spec.seed ?? '',
    normalisation: {
      inputScale: spec.normalisation.inputScale,
      mean: [...spec.normalisation.mean],
      std: [...spec.normalisation.std],
    },
    layout: spec.layout === 'auto' ? smoothcert.v1.Layout.LAYOUT_UNSPECIFIED : LAYOUT_NUMBERS[spec.layout],
    output: spec.output ?? '',
    batch: spec.batch ?? 0,
    device: DEVICE_NUMBERS[spec.device],
    alpha: spec.alpha,
    bound: BOUND_NUMBERS[spec.bound],
    ...stopToWire(spec.stop),
    maxSamples: spec.maxSamples,
    ...(spec.noise === SPEC_DEFAULTS.noise ? {} : { noise: NOISE_NUMBERS[spec.noise] }),
    ...(spec.runnerUp ? { runnerUp: true } : {}),
    ...(spec.simultaneous ? { simultaneous: true } : {}),
    ...(spec.names ? { names: namesToWire(spec.names) } : {}),
  };
}

/** Returns true if a reader of version 0.1.0 would skip a part of what a spec asks for, and make another job of it. */
export function isExtended(spec: JobSpec): boolean {
  const { stop } = spec;
  const later = ADDED_RULES.has(stop.kind) || (stop.kind === 'fixed' && stop.keepCounts === true);
  return later || Object.keys(laterFieldsOf(spec)).length > 0;
}

const ADDED_RULES: ReadonlySet<RuleName> = new Set(['budget', 'predict']);

/** Returns the length of a spec as it is sent, in bytes. */
export function specBytes(spec: JobSpec): number {
  return smoothcert.v1.JobSpec.encode(specToWire(spec)).finish().length;
}

/**
 * Reads the spec of a request, with what was left out at its defaults. It does not check that such a claim can be made (α, pair,
 * schedule).
 * @throws RequestError with all that cannot be: paths begin with `spec`
 */
export function specOfWire(wire: WireSpec | null | undefined): JobSpec {
  const check = new Check();
  const spec = readSpec(check, 'spec', wire);
  check.refuseRequest();
  return spec;
}

/** Reads a spec inside another message. */
export function readSpec(check: Check, field: string, wire: WireSpec | null | undefined): JobSpec {
  const given = wire ?? {};
  const at = (name: string) => `${field}.${name}`;
  const stop = stopOfWire(check, field, given);
  return {
    model: modelOfWire(check, at('model'), given.model),
    data: dataOfWire(check, at('data'), given.data),
    images: given.images ? imagesOfWire(check, at('images'), given.images) : null,
    noise: given.noise ? check.named(at('noise'), given.noise, NOISE_NUMBERS) : SPEC_DEFAULTS.noise,
    sigma: check.number(at('sigma'), given.sigma ?? 0, JOB_RANGES.sigma),
    seed: given.seed ? check.seed(at('seed'), given.seed) : null,
    normalisation: normalisationOfWire(check, at('normalisation'), given.normalisation),
    layout: given.layout ? check.named(at('layout'), given.layout, LAYOUT_NUMBERS) : 'auto',
    output: check.text(at('output'), given.output ?? '') || null,
    batch: given.batch ? check.whole(at('batch'), given.batch, JOB_RANGES.batch) : null,
    device: given.device ? check.named(at('device'), given.device, DEVICE_NUMBERS) : 'cpu',
    alpha: check.number(at('alpha'), unlessZero(given.alpha) ?? SPEC_DEFAULTS.alpha, { above: 0, most: 1 }),
    bound: given.bound ? check.named(at('bound'), given.bound, BOUND_NUMBERS) : DEFAULT_BOUNDS[stop.kind],
    stop,
    maxSamples: check.whole(
      at('max_samples'),
      unlessZero(given.maxSamples) ?? SPEC_DEFAULTS.maxSamples,
      JOB_RANGES.maxSamples,
    ),
    runnerUp: given.runnerUp ?? false,
    simultaneous: given.simultaneous ?? false,
    ...(given.names ? { names: namesOfWire(check, at('names'), given.names) } : {}),
  };
}

/** Reads a spec that must have its seed. */
export function readSeededSpec(
  check: Check,
  field: string,
  wire: WireSpec | null | undefined,
): JobSpec & { readonly seed: string } {
  const spec = readSpec(check, field, wire);
  if (spec.seed === null) check.note(`${field}.seed`, 'is missing');
  return { ...spec, seed: spec.seed ?? '0' };
}

/** Returns null for the 0 that stands for a field left out; NaN stays what it is, and is refused. */
function unlessZero(value: number | null | undefined): number | null | undefined {
  return value === 0 ? null : value;
}

function imagesOfWire(check: Check, field: string, wire: smoothcert.v1.ImageRange.$Properties): JobImages {
  const { start, stop, step } = {
    start: wire.start ?? 0,
    stop: wire.stop ?? 0,
    step: unlessZero(wire.step) ?? 1,
  };
  const index = { least: 0, most: UINT32_MAX };
  if (stop <= start) check.note(`${field}.stop`, 'is not above start');
  return {
    start: check.whole(`${field}.start`, start, index),
    stop: check.whole(`${field}.stop`, stop, index),
    step: check.whole(`${field}.step`, step, index),
  };
}

function normalisationOfWire(
  check: Check,
  field: string,
  wire: smoothcert.v1.Normalisation.$Properties | null | undefined,
): Normalisation {
  const channels = (name: 'mean' | 'std', values: readonly number[] | null | undefined, absent: number) => {
    const given = check.list(`${field}.${name}`, values, { most: MAX_CHANNELS });
    return given.length === 0
      ? [absent]
      : given.map((v, i) => check.number(`${field}.${name}[${i}]`, v, JOB_RANGES[name]));
  };
  return {
    inputScale: check.number(
      `${field}.input_scale`,
      unlessZero(wire?.inputScale) ?? 1,
      JOB_RANGES.inputScale,
    ),
    mean: channels('mean', wire?.mean, 0),
    std: channels('std', wire?.std, 1),
  };
}
