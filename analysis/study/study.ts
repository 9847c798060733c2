import { checksOf } from './checks.js';
import type { Check } from './check.js';
import { cltTable } from './clt-errors.js';
import type { Drawing } from './drawing.js';
import { drawingStudyOf, type DrawingStudy } from './drawing-study.js';

/** The findings of several drawings of one model, all at one α. */
export interface Study {
  /** Of one image. */
  readonly alpha: number;
  readonly drawings: readonly DrawingStudy[];
  readonly cltTable: ReturnType<typeof cltTable>;
  readonly checks: readonly Check[];
}

/**
 * Returns what drawings show.
 *
 * @param drawings at least one, all at the same α, each with an image at least
 * @param before is told the name of a drawing before it is studied, which may take some seconds
 */
export function studyOf(
  drawings: readonly Drawing[],
  before: (name: string) => void = () => undefined,
): Study {
  const { alpha } = drawings[0]!;
  const studies = drawings.map((drawing) => {
    before(drawing.name);
    return drawingStudyOf(drawing);
  });
  return { alpha, drawings: studies, cltTable: cltTable(alpha), checks: checksOf(alpha, studies) };
}
