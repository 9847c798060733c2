import { whole } from '../../shared/written-numbers.js';
import path from 'node:path';
import { oneLine } from '../../shared/safe-text.js';
import type { CohenTable } from '../../analysis/cohen/cohen-table.js';
import {
  suggestedScale,
  tableImages,
  type TableImages,
} from '../../analysis/populations/table-population.js';
import { scaleOf } from '../../statistics/noises/scale.js';
import { optionError } from '../command/parse.js';
import type { ReadSource, SourceFlags } from './plan-source.js';
import { unreadable } from './source-error.js';

/** Of a table at most this part of the rows may be unexplained by its α before a note says so. */
const UNEXPLAINED = 0.01;

/** Returns the images of a file in the form of Cohen et al.'s certify.py. @throws SOURCE_UNREADABLE, OPTION_INVALID */
export function sourceOfTable(file: string, { rows, faults }: CohenTable, flags: SourceFlags): ReadSource {
  const [fault] = faults;
  if (fault !== undefined) {
    throw unreadable(
      file,
      `has no row in line ${fault.line}: ${fault.reason}`,
      'Remove that line, or mend it.',
    );
  }
  if (rows.length === 0) throw unreadable(file, 'has no rows', 'Give a file with rows.');
  const n = flags.tableSamples;
  const found = flags.sigma === null ? suggestedScale(rows, n) : null;
  const sigma = flags.sigma ?? found;
  if (sigma === null) {
    throw optionError(
      `${oneLine(file)} does not say what its noise was, and no usual σ explains its radii.`,
      'Add --sigma.',
    );
  }
  const noise = { kind: flags.noise, scale: scaleOf(flags.noise, sigma) };
  const table = tableImages(rows, noise, { n, alpha: flags.alphas?.[0] ?? null });
  const notes = [
    ...(found === null
      ? []
      : [
          `The file does not name its noise: σ = ${found} explains its largest radius. If it was another one, add --sigma.`,
        ]),
    ...notesOf(table, rows.length, n),
  ];
  const { images: counted, alpha, tried } = table;
  return {
    kind: 'cohen-tsv',
    name: path.basename(file),
    noise,
    alpha,
    counted,
    failed: 0,
    tried,
    notes,
    warning: null,
    rate: null,
  };
}

function notesOf({ alpha, tried, abstained }: TableImages, rows: number, n: number): string[] {
  const [best] = tried;
  const others = tried.slice(1).map((one) => `${one.unexplained} with α = ${one.alpha}`);
  return [
    ...(best === undefined
      ? ['No row has a radius, so that nothing is known of α.']
      : [
          `Its radii were made with α = ${alpha} and n = ${whole(n)} samples: ${best.unexplained} of ${rows} rows have a radius that these cannot give (${others.join(', ')}).`,
        ]),
    ...(abstained === 0
      ? []
      : [`${abstained} rows abstained and say nothing of p: it is taken to be uniform between 0.3 and 0.5.`]),
    ...(best !== undefined && best.unexplained > UNEXPLAINED * rows
      ? [
          'Many radii are unexplained: check --sigma and --table-samples. Of a job of smoothcert give the folder, which has the counts.',
        ]
      : []),
  ];
}
