import type { Job } from '../../../shared/job.js';
import { list, number, object, oneOf, tagged, text, whole, type Shape } from './shape.js';

const UINT32 = 0xffff_ffff;
const LARGE = 1e9;
/** No data set has more. */
const MOST_IMAGES = 2 ** 24;
const ANY = number(-Number.MAX_VALUE, Number.MAX_VALUE);
const POSITIVE = number(Number.MIN_VALUE, Number.MAX_VALUE);
const PRICE = number(0, Number.MAX_VALUE);
const DIGEST = text(/^[0-9a-f]{64}$/);
const LOOKS = list(whole(1, 2 * LARGE), 4096);

const NOISE = object(
  {
    kind: oneOf('gaussian', 'laplace', 'uniform'),
    scale: POSITIVE,
    generator: text(/./),
    version: whole(0, UINT32),
  },
  {
    lattice: object({
      step: text(/^[1-9]\d{0,20}(\/[1-9]\d{0,20})?$/),
      ratio: text(/^[1-9]\d{0,5}(\.\d{1,1200})?$/),
      largest: whole(1, 2 ** 31 - 1),
      dimension: whole(1, UINT32),
    }),
  },
);

const DRAW = object({
  modelDigest: DIGEST,
  dataDigest: DIGEST,
  noise: NOISE,
  seed: text(/^(0|[1-9]\d{0,19})$/),
  normalisation: object({ inputScale: POSITIVE, mean: list(ANY, 4096), std: list(POSITIVE, 4096) }),
  layout: oneOf('nchw', 'nhwc', 'flat'),
  output: text(/^[^]{1,4096}$/),
  classes: whole(1, UINT32),
  batch: whole(1, UINT32),
  numericClass: text(/^[^]{1,4096}$/),
  numeric: oneOf('same', 'any'),
  segments: LOOKS,
});

const KIND = text(/./);
const STOP = tagged({
  gain: object({ kind: KIND, minGain: PRICE }),
  'two-stage': object({ kind: KIND, minGain: PRICE }),
  target: object({ kind: KIND, radii: list(text(/^\d{1,40}(\.\d{1,40})?$/), 1024) }),
  fixed: object({ kind: KIND, selection: whole(1, LARGE) }, { keepCounts: oneOf(true) }),
  budget: object({ kind: KIND, totalSamples: whole(1, 1e15) }),
  predict: object({ kind: KIND }),
});

const CLAIM = object(
  {
    alpha: number(1e-12, 0.25),
    bound: oneOf('spending', 'anytime', 'clopper-pearson', 'clt', 'two-sided'),
    stop: STOP,
    looks: LOOKS,
    images: object({ start: whole(0, MOST_IMAGES), stop: whole(1, MOST_IMAGES), step: whole(1, UINT32) }),
  },
  { matchedGain: PRICE, runnerUp: oneOf(true), simultaneous: oneOf(true) },
);

const JOB: Shape = object({ protocol: oneOf(1), draw: DRAW, claim: CLAIM });

/** Returns the job that a value of JSON is; a text that says which of its fields keeps it from being one. */
export function readJob(value: unknown): Job | string {
  return JOB(value, 'job') ?? (value as Job);
}
