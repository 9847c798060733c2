import { SmoothcertError } from './errors.js';
import type { NoiseSpec } from './job.js';

/** Returns the refusal to draw for a job whose noise this version does not draw. What it has counted stays valid. */
export function otherNoise({
  generator,
  version,
  lattice,
}: Pick<NoiseSpec, 'generator' | 'version' | 'lattice'>) {
  const why =
    lattice === undefined
      ? 'its noise was drawn in floating point, and this version draws on a lattice, where nothing is rounded'
      : `its noise is that of ${generator}, version ${version}, which this version does not draw on these data`;
  return new SmoothcertError(
    'PROTOCOL_MISMATCH',
    `No more samples can be drawn for this job: ${why}.`,
    'What it has counted can be shown and verified. For more, begin the job anew in another folder, or use the version that began it.',
  );
}
