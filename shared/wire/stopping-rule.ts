import { JOB_RANGES, MAX_RADII, MAX_RADIUS_LENGTH, isPlainDecimal } from '../job-limits.js';
import type { RuleName, StoppingRule } from '../job.js';
import { RULE_NAMES, SPEC_DEFAULTS } from '../job-spec.js';
import type { Check } from './check.js';
import type { smoothcert } from './generated.js';

type WireSpec = smoothcert.v1.JobSpec.$Properties;

/** The field of the `stop` group that holds each rule. */
const FIELDS = {
  gain: 'gain',
  target: 'target',
  'two-stage': 'twoStage',
  fixed: 'fixed',
  budget: 'budget',
  predict: 'predict',
} as const satisfies Record<RuleName, keyof WireSpec>;

/** Returns the one field of the `stop` group that says this rule. */
export function stopToWire(stop: StoppingRule): Pick<WireSpec, (typeof FIELDS)[RuleName]> {
  switch (stop.kind) {
    case 'gain':
      return { gain: { minGain: stop.minGain } };
    case 'target':
      return { target: { radii: [...stop.radii] } };
    case 'two-stage':
      return { twoStage: { minGain: stop.minGain } };
    case 'fixed':
      return { fixed: { selection: stop.selection, ...(stop.keepCounts ? { keepCounts: true } : {}) } };
    case 'budget':
      return { budget: { totalSamples: stop.totalSamples } };
    case 'predict':
      return { predict: {} };
  }
}

/** Reads the rule, `gain` at its default if none is named. */
export function stopOfWire(check: Check, field: string, wire: WireSpec): StoppingRule {
  const kind = RULE_NAMES.find((rule) => wire[FIELDS[rule]]) ?? 'gain';
  switch (kind) {
    case 'gain':
      return { kind, minGain: minGainOf(check, `${field}.gain`, wire.gain?.minGain) };
    case 'target':
      return { kind, radii: radiiOf(check, `${field}.target.radii`, wire.target?.radii) };
    case 'two-stage':
      return { kind, minGain: minGainOf(check, `${field}.two_stage`, wire.twoStage?.minGain) };
    case 'fixed': {
      const selection = wire.fixed?.selection || SPEC_DEFAULTS.selection;
      return {
        kind,
        selection: check.whole(`${field}.fixed.selection`, selection, JOB_RANGES.selection),
        ...(wire.fixed?.keepCounts ? { keepCounts: true } : {}),
      };
    }
    case 'budget': {
      const total = wire.budget?.totalSamples ?? 0;
      return {
        kind,
        totalSamples: check.whole(`${field}.budget.total_samples`, total, JOB_RANGES.totalSamples),
      };
    }
    case 'predict':
      return { kind };
  }
}

/** Reads radii as plain decimals, kept as they are written; the claim's check says whether they ascend. */
export function radiiOf(check: Check, field: string, radii: readonly unknown[] | null | undefined): string[] {
  return check.list(field, radii, { least: 1, most: MAX_RADII }).map((radius, i) => {
    const text = check.text(`${field}[${i}]`, radius, { most: MAX_RADIUS_LENGTH });
    if (!isPlainDecimal(text)) check.note(`${field}[${i}]`, 'is not a plain decimal of at least 0');
    return text;
  });
}

function minGainOf(check: Check, field: string, minGain: number | null | undefined): number {
  return check.number(`${field}.min_gain`, minGain ?? SPEC_DEFAULTS.minGain, JOB_RANGES.minGain);
}
