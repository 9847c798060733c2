import { SmoothcertError } from './errors.js';
import type { NoiseSpec } from './job.js';

type Generator = Pick<NoiseSpec, 'generator' | 'version'>;

/** The generator of version 0.1.0, which added noise in floating point. */
const FLOAT_GENERATOR = 'philox4x32-10/box-muller-f32';

/** Returns true if a job of an earlier version drew its noise in floating point: no samples may be added to it. */
export function wasDrawnInFloat({ generator }: Pick<NoiseSpec, 'generator'>): boolean {
  return generator === FLOAT_GENERATOR;
}

/** Returns the refusal to draw for a job whose noise this version does not draw. What it has counted stays valid. */
export function otherNoise({ generator, version }: Generator): SmoothcertError {
  const why = wasDrawnInFloat({ generator })
    ? 'its noise was drawn in floating point, and this version draws on a lattice, where nothing is rounded'
    : `its noise is that of ${generator}, version ${version}, which this version does not draw on these data`;
  return new SmoothcertError(
    'PROTOCOL_MISMATCH',
    `No more samples can be drawn for this job: ${why}.`,
    'What it has counted can be shown and verified. For more, begin the job anew in another folder, or use the version that began it.',
  );
}
