import type { CompiledBound, ProvenBound } from './bound.js';

const CLASS_ALONE = 'it decides a class and gives no radius';

const CERTIFIES_NOTHING: CompiledBound = { certify: () => null };

/** The bound `two-sided`: the test of `predict` for one look (statistics/predict.ts). It certifies no radius. */
export const twoSided = {
  name: 'two-sided',
  proves: true,
  rules: {
    gain: CLASS_ALONE,
    target: CLASS_ALONE,
    'two-stage': CLASS_ALONE,
    fixed: CLASS_ALONE,
    budget: CLASS_ALONE,
    predict: null,
  },
  looks: null,
  remark: null,
  compile: () => CERTIFIES_NOTHING,
} as const satisfies ProvenBound;
