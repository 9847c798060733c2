import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { csvOf } from '../../report/figures/figure-csv.js';
import type { ResultSet } from '../../analysis/results/result-set.js';
import { renderSvg } from '../../report/figures/render-svg.js';
import { resultFigures } from '../../report/results/result-figures.js';
import { storageError, writeAtomically } from '../../shared/files.js';

/** Pixels of a PNG for each of the figure's own: enough for print. */
const PIXEL_RATIO = 2;
/** Dots an inch at which one pixel of an SVG is one of the PNG. */
const SVG_DENSITY = 72;

/**
 * Writes every figure as SVG, PNG and CSV into a folder, which is made if it is not there. CSV has all points of every curve. Returns the files' names.
 *
 * @throws DISK_FULL, FOLDER_UNUSABLE
 */
export async function writeFigures(folder: string, sets: readonly ResultSet[]): Promise<string[]> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw storageError(error, folder);
  });
  const files: [name: string, content: string | Uint8Array][] = [];
  const exact = resultFigures(sets, 'exact');
  for (const [at, figure] of resultFigures(sets).entries()) {
    const svg = renderSvg(figure);
    const png = await sharp(Buffer.from(svg), { density: PIXEL_RATIO * SVG_DENSITY })
      .png()
      .toBuffer();
    files.push(
      [`${figure.name}.svg`, svg],
      [`${figure.name}.png`, png],
      [`${figure.name}.csv`, csvOf(exact[at]!)],
    );
  }
  for (const [name, content] of files) await writeAtomically(path.join(folder, name), content);
  return files.map(([name]) => name);
}
