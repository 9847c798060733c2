import type { RuleName } from '../shared/job.js';

/** Facts of a stopping rule beside how it decides. */
export interface RuleFacts {
  /** When it stops, as a person who chooses reads it. */
  readonly help: string;
  /** The samples before its first look choose the class; a certificate is proved by those behind that look alone. */
  readonly firstLookChooses: boolean;
}

/** Every stopping rule. Its looks are in schedule.ts, its decisions in coordinator/core. */
export const RULES: Readonly<Record<RuleName, RuleFacts>> = {
  gain: { help: 'stop an image when more samples no longer pay', firstLookChooses: false },
  target: { help: 'stop it when the --radii are decided', firstLookChooses: false },
  'two-stage': { help: 'a first stage of 64 samples plans a second one', firstLookChooses: true },
  fixed: { help: "Cohen et al.'s CERTIFY, one number of samples for all", firstLookChooses: true },
  budget: {
    help: 'spend --total-samples on all images together, always where they gain most',
    firstLookChooses: false,
  },
  predict: {
    help: 'no radius, stop when the class is decided (on this machine: smoothcert predict)',
    firstLookChooses: false,
  },
};
