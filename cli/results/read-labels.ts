import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { SmoothcertError } from '../../shared/errors.js';
import type { JobFold } from '../../coordinator/core/job-fold.js';

/**
 * The labels by image, from the results.jsonl that `certify` wrote: the ledger has none. Null if the data had none, or
 * if the file is not there. @throws LABELS_MISMATCH if it lacks an image that is decided: its label would be lost
 */
export async function readLabels(file: string, fold: JobFold): Promise<Int32Array | null> {
  if (!existsSync(file)) return null;
  const found = new Map<number, number | null>();
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const [image, label] = labelOf(line, file);
    found.set(image, label);
  }
  const labels = new Int32Array(fold.job.claim.images.stop);
  let labelled = false;
  for (const [image, { ending }] of fold.images) {
    const label = found.get(image);
    if (label === undefined && ending !== null) throw unknown(file, `lacks image ${image}`);
    if (label === undefined || label === null) continue;
    labels[image] = label;
    labelled = true;
  }
  return labelled ? labels : null;
}

function labelOf(line: string, file: string): [image: number, label: number | null] {
  try {
    const { image, label } = JSON.parse(line) as { image?: unknown; label?: unknown };
    if (typeof image === 'number' && (typeof label === 'number' || label === null)) return [image, label];
  } catch {
    // Not JSON: refused as any other damage.
  }
  throw unknown(file, 'is damaged');
}

function unknown(file: string, why: string): SmoothcertError {
  return new SmoothcertError(
    'LABELS_MISMATCH',
    `${file} ${why}, so that labels are unknown that the ledger does not hold.`,
    'Run the certify command of this folder again: it writes the file anew.',
  );
}
