import { readFile } from 'node:fs/promises';
import { SmoothcertError } from '../../shared/errors.js';
import { csvRows } from './csv.js';
import { cannotRead, sizeOf } from '../bytes/input-files.js';
import { LARGEST_LABEL } from '../arrays/array-labels.js';

const MAX_BYTES = 2 ** 27;
const BYTE_ORDER_MARK = /^\uFEFF/;
const CLASS_NUMBER = /^\d{1,10}$/;

/**
 * Reads the labels of `files`, in their order, from a CSV file with the header `file,label` that names every file exactly once, in any
 * order, by its path below the folder of the pictures. @throws LABELS_MISMATCH, DATA_FORMAT, DATA_UNREADABLE
 */
export async function readCsvLabels(csv: string, files: readonly string[]): Promise<Int32Array> {
  const indexOf = new Map(files.map((file, index) => [file, index]));
  const labels = new Int32Array(files.length).fill(-1);
  for (const { file, label } of await readRows(csv)) {
    const index = indexOf.get(file);
    if (index === undefined) throw mismatch(`${csv} names ${file}, which is not in the folder.`);
    if (labels[index] !== -1) throw mismatch(`${csv} names ${file} twice.`);
    if (!CLASS_NUMBER.test(label) || Number(label) > LARGEST_LABEL) {
      throw new SmoothcertError(
        'LABELS_MISMATCH',
        `Label ${label} of ${file} is no class number (${csv}).`,
        'Number the classes from 0; leave out the labels, or the images, that are not known.',
      );
    }
    labels[index] = Number(label);
  }
  const without = labels.indexOf(-1);
  if (without >= 0) throw mismatch(`${csv} has no label for ${files[without]!}.`);
  return labels;
}

async function readRows(csv: string): Promise<{ file: string; label: string }[]> {
  if ((await sizeOf(csv)) > MAX_BYTES) throw notLabels(csv);
  const bytes = await readFile(csv).catch((cause: unknown) => {
    throw cannotRead(csv, cause);
  });
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const [header, ...rows] = csvRows(text.replace(BYTE_ORDER_MARK, ''));
    if (header?.join() !== 'file,label' || rows.some((row) => row.length !== 2)) throw notLabels(csv);
    return rows.map(([file, label]) => ({ file: file!, label: label! }));
  } catch (error) {
    throw error instanceof SmoothcertError ? error : notLabels(csv, error);
  }
}

function mismatch(message: string): SmoothcertError {
  return new SmoothcertError(
    'LABELS_MISMATCH',
    message,
    'Give exactly one row a picture, with its path below the folder.',
  );
}

function notLabels(csv: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError(
    'DATA_FORMAT',
    `${csv} is no CSV file of labels.`,
    'Its first line is file,label and each further one a path and a class number; or give a .npy file.',
    { cause },
  );
}
