import { isPlainDecimal, MAX_RATIO, MIN_RATIO } from '../job-limits.js';
import { LATTICE_GENERATOR, NOISE_KINDS, type Lattice, type NoiseSpec } from '../job.js';
import { UINT32_MAX, type Check } from './check.js';
import { exactly } from './exact-fields.js';

const INT32_MAX = 0x7fff_ffff;
const LONGEST_STEP = 40;
const NOISE_FIELDS = ['kind', 'scale', 'generator', 'version'] as const;
const WHOLE_OR_FRACTION = /^([1-9]\d*)(?:\/([1-9]\d*))?$/;

/** Reads the noise of a draw spec, with its lattice where it has one; notes what is wrong with it. */
export function noiseOf(check: Check, field: string, value: unknown): NoiseSpec {
  const onLattice = typeof value === 'object' && value !== null && 'lattice' in value;
  const noise = exactly<keyof NoiseSpec>(check, field, value, NOISE_FIELDS, ['lattice']);
  const law = {
    kind: check.choice(`${field}.kind`, noise.kind, NOISE_KINDS),
    scale: check.number(`${field}.scale`, noise.scale, { above: 0 }),
    generator: check.text(`${field}.generator`, noise.generator, { least: 1 }),
    version: check.whole(`${field}.version`, noise.version, { least: 0, most: UINT32_MAX }),
  };
  if (!onLattice && law.generator === LATTICE_GENERATOR) check.note(`${field}.lattice`, 'is missing');
  return onLattice ? { ...law, lattice: checkLattice(check, `${field}.lattice`, noise.lattice) } : law;
}

/** Reads a lattice; notes what is wrong with it. */
export function checkLattice(check: Check, field: string, value: unknown): Lattice {
  const lattice = exactly(check, field, value, ['step', 'ratio', 'largest', 'dimension']);
  const step = check.text(`${field}.step`, lattice.step, { most: LONGEST_STEP });
  if (!isLowestFraction(step)) check.note(`${field}.step`, 'is no fraction above 0 in lowest terms');
  const ratio = check.text(`${field}.ratio`, lattice.ratio);
  if (!isPlainDecimal(ratio) || !(Number(ratio) >= MIN_RATIO && Number(ratio) <= MAX_RATIO))
    check.note(`${field}.ratio`, `is no plain decimal from ${MIN_RATIO} to ${MAX_RATIO}`);
  return {
    step,
    ratio,
    largest: check.whole(`${field}.largest`, lattice.largest, { least: 1, most: INT32_MAX }),
    dimension: check.whole(`${field}.dimension`, lattice.dimension, { least: 1, most: UINT32_MAX }),
  };
}

/** Returns true for "a", and for "a/b" with b above 1 and nothing that divides both: equal steps are equal texts. */
function isLowestFraction(step: string): boolean {
  const [, above, below] = WHOLE_OR_FRACTION.exec(step) ?? [];
  if (above === undefined) return false;
  return below === undefined || (below !== '1' && commonDivisor(BigInt(above), BigInt(below)) === 1n);
}

function commonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : commonDivisor(b, a % b);
}
