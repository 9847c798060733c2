import {
  BOUND_NAMES,
  LAYOUTS,
  PROTOCOL,
  type Claim,
  type DrawSpec,
  type Job,
  type Normalisation,
  type StoppingRule,
} from '../job.js';
import { RULE_NAMES } from '../job-spec.js';
import { Check, UINT32_MAX } from './check.js';
import { exactly } from './exact-fields.js';
import { JOB_RANGES, MAX_CHANNELS, MAX_SAMPLES } from '../job-limits.js';
import { noiseOf } from './noise-json.js';
import { radiiOf } from './stopping-rule.js';

/** Far above any job: the longest schedules have some hundred looks. */
const LONGEST_JSON = 2 ** 18;
const MOST_LOOKS = 4096;
const WHAT = 'the JSON of a job';

/** Writes plain JSON, from which every number comes back exactly. Its keys are in no particular order, so no digest is made of it. */
export function jobToJson(job: Job): string {
  return JSON.stringify(job);
}

/** Reads a job. @throws SmoothcertError MESSAGE_MALFORMED unless it is the JSON of a well-formed job and of nothing else */
export function jobOfJson(json: string): Job {
  const check = new Check();
  const job = readJobJson(check, 'job', json);
  check.refuseMessage(WHAT);
  return job;
}

export function drawToJson(draw: DrawSpec): string {
  return JSON.stringify(draw);
}

/** Reads a draw spec. @throws SmoothcertError MESSAGE_MALFORMED unless it is the JSON of a well-formed one and of nothing else */
export function drawOfJson(json: string): DrawSpec {
  const check = new Check();
  const draw = readDrawJson(check, 'draw', json);
  check.refuseMessage(WHAT);
  return draw;
}

export function readJobJson(check: Check, field: string, json: string): Job {
  const { protocol, draw, claim } = exactly(check, field, parsed(check, field, json), [
    'protocol',
    'draw',
    'claim',
  ]);
  if (protocol !== PROTOCOL) check.note(`${field}.protocol`, `is not ${PROTOCOL}`);
  return {
    protocol: PROTOCOL,
    draw: drawOf(check, `${field}.draw`, draw),
    claim: claimOf(check, `${field}.claim`, claim),
  };
}

export function readDrawJson(check: Check, field: string, json: string): DrawSpec {
  return drawOf(check, field, parsed(check, field, json));
}

function parsed(check: Check, field: string, json: string): unknown {
  const text = check.text(field, json, { least: 1, most: LONGEST_JSON });
  try {
    return JSON.parse(text);
  } catch {
    check.note(field, 'is not JSON');
    return null;
  }
}

const DRAW_FIELDS = [
  ...(['modelDigest', 'dataDigest', 'noise', 'seed', 'normalisation', 'layout', 'output'] as const),
  ...(['classes', 'batch', 'numericClass', 'numeric', 'segments'] as const),
] as const satisfies readonly (keyof DrawSpec)[];

function drawOf(check: Check, field: string, value: unknown): DrawSpec {
  const draw = exactly(check, field, value, DRAW_FIELDS);
  const at = (name: string) => `${field}.${name}`;
  const positive = { least: 1, most: UINT32_MAX };
  return {
    modelDigest: check.digest(at('modelDigest'), draw.modelDigest),
    dataDigest: check.digest(at('dataDigest'), draw.dataDigest),
    noise: noiseOf(check, at('noise'), draw.noise),
    seed: check.seed(at('seed'), draw.seed),
    normalisation: normalisationOf(check, at('normalisation'), draw.normalisation),
    layout: check.choice(at('layout'), draw.layout, LAYOUTS),
    output: check.text(at('output'), draw.output, { least: 1 }),
    classes: check.whole(at('classes'), draw.classes, positive),
    batch: check.whole(at('batch'), draw.batch, positive),
    numericClass: check.text(at('numericClass'), draw.numericClass, { least: 1 }),
    numeric: check.choice(at('numeric'), draw.numeric, ['same', 'any']),
    segments: looksOf(check, at('segments'), draw.segments),
  };
}

function normalisationOf(check: Check, field: string, value: unknown): Normalisation {
  const { inputScale, mean, std } = exactly(check, field, value, ['inputScale', 'mean', 'std']);
  const channels = (name: string, values: unknown, range: { above?: number }) =>
    check
      .list(name, arrayOf(check, name, values), { least: 1, most: MAX_CHANNELS })
      .map((v, i) => check.number(`${name}[${i}]`, v, range));
  return {
    inputScale: check.number(`${field}.inputScale`, inputScale, { above: 0 }),
    mean: channels(`${field}.mean`, mean, {}),
    std: channels(`${field}.std`, std, { above: 0 }),
  };
}

const CLAIM_FIELDS: readonly (keyof Claim)[] = ['alpha', 'bound', 'stop', 'looks', 'images'];
/** Fields that claims of version 0.1.0 have not got. */
const ADDED_FIELDS: readonly (keyof Claim)[] = ['matchedGain', 'runnerUp', 'simultaneous'];

function claimOf(check: Check, field: string, value: unknown): Claim {
  const claim = exactly(check, field, value, CLAIM_FIELDS, ADDED_FIELDS);
  const { matchedGain, runnerUp, simultaneous } = claim;
  return {
    alpha: check.number(`${field}.alpha`, claim.alpha, { above: 0, most: 1 }),
    bound: check.choice(`${field}.bound`, claim.bound, BOUND_NAMES),
    stop: stopOf(check, `${field}.stop`, claim.stop),
    looks: looksOf(check, `${field}.looks`, claim.looks),
    images: imagesOf(check, `${field}.images`, claim.images),
    ...(matchedGain === undefined
      ? {}
      : { matchedGain: check.number(`${field}.matchedGain`, matchedGain, JOB_RANGES.minGain) }),
    ...(onlyTrue(check, `${field}.runnerUp`, runnerUp) ? { runnerUp: true } : {}),
    ...(onlyTrue(check, `${field}.simultaneous`, simultaneous) ? { simultaneous: true } : {}),
  };
}

/** Returns true if a field that is true or absent is there; notes any other value, so that equal claims are equal texts. */
function onlyTrue(check: Check, field: string, value: unknown): boolean {
  if (value !== undefined && value !== true) check.note(field, 'is neither true nor absent');
  return value === true;
}

function stopOf(check: Check, field: string, value: unknown): StoppingRule {
  const named = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : null;
  const kind = check.choice(`${field}.kind`, named, RULE_NAMES);
  switch (kind) {
    case 'gain':
    case 'two-stage': {
      const { minGain } = exactly(check, field, value, ['kind', 'minGain']);
      return { kind, minGain: check.number(`${field}.minGain`, minGain, JOB_RANGES.minGain) };
    }
    case 'target': {
      const { radii } = exactly(check, field, value, ['kind', 'radii']);
      return { kind, radii: radiiOf(check, `${field}.radii`, arrayOf(check, `${field}.radii`, radii)) };
    }
    case 'fixed': {
      const { selection, keepCounts } = exactly(check, field, value, ['kind', 'selection'], ['keepCounts']);
      return {
        kind,
        selection: check.whole(`${field}.selection`, selection, JOB_RANGES.selection),
        ...(onlyTrue(check, `${field}.keepCounts`, keepCounts) ? { keepCounts: true } : {}),
      };
    }
    case 'budget': {
      const { totalSamples } = exactly(check, field, value, ['kind', 'totalSamples']);
      return {
        kind,
        totalSamples: check.whole(`${field}.totalSamples`, totalSamples, JOB_RANGES.totalSamples),
      };
    }
    case 'predict':
      exactly(check, field, value, ['kind']);
      return { kind };
  }
}

/** Reads numbers of samples, ascending: the ends of segments, or looks. */
function looksOf(check: Check, field: string, value: unknown): number[] {
  const looks = check.list(field, arrayOf(check, field, value), { least: 1, most: MOST_LOOKS });
  let before = 0;
  return looks.map((look, i) => {
    // A schedule of two parts of at most 1e9 each ends at twice that.
    before = check.whole(`${field}[${i}]`, look, { above: before, most: 2 * MAX_SAMPLES });
    return before;
  });
}

function imagesOf(check: Check, field: string, value: unknown): Claim['images'] {
  const given = exactly(check, field, value, ['start', 'stop', 'step']);
  const start = check.whole(`${field}.start`, given.start, { least: 0, most: UINT32_MAX });
  return {
    start,
    stop: check.whole(`${field}.stop`, given.stop, { above: start, most: UINT32_MAX }),
    step: check.whole(`${field}.step`, given.step, { least: 1, most: UINT32_MAX }),
  };
}

function arrayOf(check: Check, field: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  check.note(field, 'is not a list');
  return [];
}
