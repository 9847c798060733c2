import type { StoppingRule } from '../job.js';
import { JOB_RANGES, MAX_RADII, MAX_RADIUS_LENGTH, isPlainDecimal } from '../job-limits.js';
import { SPEC_DEFAULTS } from '../job-spec.js';
import type { Check } from './check.js';
import type { smoothcert } from './generated.js';

type WireSpec = smoothcert.v1.JobSpec.$Properties;

/** The one field of the `stop` group that says this rule. */
export function stopToWire(stop: StoppingRule): Pick<WireSpec, 'gain' | 'target' | 'twoStage' | 'fixed'> {
  switch (stop.kind) {
    case 'gain':
      return { gain: { minGain: stop.minGain } };
    case 'target':
      return { target: { radii: [...stop.radii] } };
    case 'two-stage':
      return { twoStage: { minGain: stop.minGain } };
    case 'fixed':
      return { fixed: { selection: stop.selection } };
  }
}

/** The rule, `gain` at its default if none is named. */
export function stopOfWire(check: Check, field: string, wire: WireSpec): StoppingRule {
  if (wire.target) return targetOf(check, `${field}.target`, wire.target.radii);
  if (wire.twoStage)
    return { kind: 'two-stage', minGain: minGainOf(check, `${field}.two_stage`, wire.twoStage.minGain) };
  if (wire.fixed) {
    const selection = wire.fixed.selection || SPEC_DEFAULTS.selection;
    return {
      kind: 'fixed',
      selection: check.whole(`${field}.fixed.selection`, selection, JOB_RANGES.selection),
    };
  }
  return { kind: 'gain', minGain: minGainOf(check, `${field}.gain`, wire.gain?.minGain) };
}

/** Plain decimals, kept as they are written; whether they ascend is for the claim's check to say. */
export function radiiOf(check: Check, field: string, radii: readonly unknown[] | null | undefined): string[] {
  return check.list(field, radii, { least: 1, most: MAX_RADII }).map((radius, i) => {
    const text = check.text(`${field}[${i}]`, radius, { most: MAX_RADIUS_LENGTH });
    if (!isPlainDecimal(text)) check.note(`${field}[${i}]`, 'is not a plain decimal of at least 0');
    return text;
  });
}

function targetOf(check: Check, field: string, radii: readonly string[] | null | undefined): StoppingRule {
  return { kind: 'target', radii: radiiOf(check, `${field}.radii`, radii) };
}

function minGainOf(check: Check, field: string, minGain: number | null | undefined): number {
  return check.number(`${field}.min_gain`, minGain ?? SPEC_DEFAULTS.minGain, JOB_RANGES.minGain);
}
