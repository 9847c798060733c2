import path from 'node:path';
import type { Study } from '../../analysis/study/study.js';
import { csvOf } from '../../report/figures/figure-csv.js';
import { renderSvg } from '../../report/figures/render-svg.js';
import { studyFigures } from '../../report/figures/study-figures.js';
import { studyTables } from '../../report/tables/study-tables.js';
import { tableCsv } from '../../report/tables/table.js';
import { writeAtomically } from '../../shared/files.js';

/**
 * Writes study.json, a CSV for every table and an SVG for every figure. Returns the names of the files.
 *
 * @throws DISK_FULL, FOLDER_UNUSABLE
 */
export async function writeStudy(folder: string, study: Study): Promise<string[]> {
  const figures = studyFigures(study);
  const files: [name: string, content: string][] = [
    ...studyTables(study).map((table): [string, string] => [`${table.name}.csv`, tableCsv(table)]),
    ...figures.map((figure): [string, string] => [`${figure.name}.svg`, renderSvg(figure)]),
    ...figures.map((figure): [string, string] => [`${figure.name}-figure.csv`, csvOf(figure)]),
    ['study.json', `${JSON.stringify(study, null, 1)}\n`],
  ];
  for (const [name, content] of files) await writeAtomically(path.join(folder, name), content);
  return files.map(([name]) => name);
}
