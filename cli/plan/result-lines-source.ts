import path from 'node:path';
import { oneLine } from '../../shared/safe-text.js';
import { readResultLine } from '../../analysis/populations/result-line.js';
import type { CountedImage } from '../../analysis/populations/population.js';
import type { ReadSource } from './plan-source.js';
import { unreadable } from './source-error.js';

/** Returns the images of a results.jsonl. @throws SOURCE_UNREADABLE naming the first line that is none */
export function sourceOfLines(
  file: string,
  text: string,
): Omit<ReadSource, 'kind' | 'noise' | 'rate' | 'warning'> {
  const counted: CountedImage[] = [];
  let [failed, undrawn] = [0, 0];
  text.split('\n').forEach((line, at) => {
    if (line.trim() === '') return;
    const read = readResultLine(line);
    if (read === null) {
      throw unreadable(
        file,
        `has no result in line ${at + 1}`,
        `Is it a results.jsonl? If its folder holds the votes, write it anew with smoothcert results ${oneLine(path.dirname(file))}.`,
      );
    }
    if (read.kind === 'counted') counted.push(read.image);
    else if (read.kind === 'failed') failed += 1;
    else undrawn += 1;
  });
  if (counted.length === 0) {
    throw unreadable(file, 'has no image with votes', 'Certify some images first, or use --prior.');
  }
  const notes = [
    failed === 0 ? null : `${failed} images failed; they are counted as images that get no certificate.`,
    undrawn === 0
      ? null
      : `${undrawn} images were not drawn; nothing is known of them, and they are left out.`,
  ].filter((note) => note !== null);
  return { name: path.basename(file), alpha: null, counted, failed, tried: [], notes };
}
