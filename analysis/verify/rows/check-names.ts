import type { Findings } from '../findings.js';
import { jsonText } from '../folder/json-text.js';
import { object, orNull, text, whole } from '../job/shape.js';
import { linesOf } from './check-tables.js';
import type { Row } from './row.js';

/** The file beside the results that holds what the data say of the images: images.jsonl; and the names in the rows. */

/** A line of images.jsonl. */
interface Known {
  readonly image: number;
  readonly label: number | null;
  readonly file?: string;
}

const FILE = 'images.jsonl';
const MOST_IMAGES = 2 ** 24;
const LINE = object(
  { image: whole(0, MOST_IMAGES), label: orNull(whole(-(2 ** 31), 2 ** 31 - 1)) },
  { file: text(/^[^\p{Cc}]{1,1024}$/u) },
);

/** Checks that images.jsonl has a line for each image of the job, and that rows have its labels and files. */
export function checkImagesFile(
  content: string,
  images: readonly number[],
  rows: readonly Row[],
  findings: Findings,
): void {
  const lines = linesOf(content);
  findings.require(
    lines?.length === images.length,
    FILE,
    `It has not one line for each of the ${images.length} images of the job, or does not end with a line end.`,
  );
  const known = new Map<number, Known>();
  (lines ?? []).slice(0, images.length).forEach((line, at) => {
    const read = jsonText(line, 0, '');
    const fault = read === null ? 'it is no JSON' : LINE(read.value, 'line');
    const of = fault === null ? (read!.value as Known) : null;
    const where = `${FILE}, line ${at + 1}`;
    findings.require(
      of !== null && read!.isWritten,
      where,
      `It says nothing of an image: ${fault ?? 'it is written otherwise'}.`,
    );
    if (of === null) return;
    findings.require(
      of.image === images[at],
      where,
      `It is of image ${of.image}, and image ${images[at]!} comes next.`,
    );
    known.set(of.image, of);
  });
  for (const row of rows) {
    const of = known.get(row.image);
    const same = of === undefined || (of.label === row.label && of.file === row.file);
    findings.require(
      same,
      `results.jsonl, image ${row.image}`,
      `Its label or its file is not that of ${FILE}.`,
    );
  }
}

/** Checks that rows name classes as job.json does. @param classes null: it names none, as where only a server knows them */
export function checkClassNames(
  rows: readonly Row[],
  classes: readonly string[] | null,
  findings: Findings,
): void {
  if (classes === null) return;
  const nameOf = (index: number | null | undefined) =>
    typeof index === 'number' ? classes[index] : undefined;
  for (const row of rows) {
    const same =
      row.label_name === nameOf(row.label) && row.class_name === nameOf(row.class ?? row.approximate_class);
    findings.require(
      same,
      `results.jsonl, image ${row.image}`,
      'The names of its label and its class are not those in job.json.',
    );
  }
}
