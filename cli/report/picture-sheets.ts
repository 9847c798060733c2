import sharp from 'sharp';
import type { PictureSheets } from '../../report/html/report-content.js';
import { whole } from '../../shared/written-numbers.js';
import type { Job } from '../../shared/job.js';
import { DataSetReader } from '../../worker/draw/reader.js';
import { noisyCopies } from './noisy-copies.js';
import { pictureShape, type PictureShape } from './picture-shape.js';
import { COLUMNS, PLACES, SheetDrawer, type RawSheet } from './sheet-drawer.js';

/** The pictures of a job's images, many on a sheet, within a number of bytes. */

/** Ways to write a sheet, from the best to the smallest; the first one is taken that fits into what there is, and into its own `most` bytes. */
const WAYS = [
  { type: 'image/png', quality: null, most: 3_000_000 },
  { type: 'image/jpeg', quality: 80, most: Infinity },
  { type: 'image/jpeg', quality: 60, most: Infinity },
  { type: 'image/jpeg', quality: 40, most: Infinity },
] as const;
type Way = (typeof WAYS)[number];

/** Sheets differ in size: the first one stands for all, with this much added. */
const MARGIN = 1.1;
/** Bytes of base64 for each byte. */
const BASE64 = 4 / 3;

/** The pictures of a job. */
export interface JobPictures {
  readonly sheets: PictureSheets;
  /** Images that have a place, in the order of the places. */
  readonly images: readonly number[];
  /** Remarks on them, a sentence each. */
  readonly remarks: readonly string[];
}

export interface PictureOptions {
  readonly job: Job;
  /** The canonical data set of the job. */
  readonly canonical: string;
  /** Images to show, how many there are, and which of them where at most so many can be shown. */
  readonly images: number;
  readonly choose: (most: number) => readonly number[];
  /** True if the channels were reversed as the data were read. */
  readonly bgr: boolean;
  /** Bytes that all sheets together may take in the document. */
  readonly bytes: number;
}

/**
 * Makes the pictures of images: each beside sample 0 of its noise. Null if images of that shape have no picture.
 *
 * @throws DATA_UNREADABLE, DATA_FORMAT; DATA_DIGEST_MISMATCH if the data are not those of the job
 */
export async function picturesOf(options: PictureOptions): Promise<JobPictures | null> {
  const { job, canonical, images, choose, bgr } = options;
  const data = await DataSetReader.open(canonical, job.draw.dataDigest);
  try {
    const shape = pictureShape(data.imageShape, images);
    if (shape === null) return null;
    const copies = await noisyCopies(job, data.step, data.imageShape, shape);
    const drawer = new SheetDrawer(data, shape, copies, bgr);
    const { way, count } = await fittingWay(drawer, options);
    const shown = choose(count);
    const sheets: string[] = [];
    for (let at = 0; at < shown.length; at += PLACES)
      sheets.push(
        (await encoded(await drawer.sheetOf(shown.slice(at, at + PLACES)), way)).toString('base64'),
      );
    const { cellWidth, cellHeight } = drawer;
    const cell = { width: shape.shownWidth, height: shape.shownHeight, cellWidth, cellHeight };
    const layout = { ...cell, copies: copies !== null, columns: COLUMNS, places: PLACES };
    return {
      sheets: { ...layout, type: way.type, sheets },
      images: shown,
      remarks: remarksOn({ job, shape, way, copied: copies !== null, shown: shown.length, images }),
    };
  } finally {
    await data.close();
  }
}

/** Chooses how sheets are written, and how many images then fit. */
async function fittingWay(
  drawer: SheetDrawer,
  { images, choose, bytes }: PictureOptions,
): Promise<{ way: Way; count: number }> {
  const first = choose(Math.min(images, PLACES));
  const sheet = await drawer.sheetOf(first);
  let smallest = Infinity;
  for (const way of WAYS) {
    smallest = (MARGIN * BASE64 * (await encoded(sheet, way)).length) / first.length;
    if (smallest * images <= Math.min(bytes, way.most)) return { way, count: images };
  }
  return { way: WAYS.at(-1)!, count: Math.floor(bytes / smallest) };
}

function encoded({ bytes, width, height, channels }: RawSheet, { quality }: Way): Promise<Buffer> {
  const picture = sharp(bytes, { raw: { width, height, channels } });
  const grey = channels === 1 ? picture.toColourspace('b-w') : picture;
  return quality === null
    ? grey.png({ compressionLevel: 6 }).toBuffer()
    : grey.jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer();
}

interface Shown {
  readonly job: Job;
  readonly shape: PictureShape;
  readonly way: Way;
  readonly copied: boolean;
  readonly shown: number;
  readonly images: number;
}

function remarksOn({ job, shape, way, copied, shown, images }: Shown): string[] {
  const smaller = shape.shownHeight < shape.height || shape.shownWidth < shape.width;
  const noisy = copied
    ? `Beside each image is its sample 0 under the job's noise (seed ${job.draw.seed}): the numbers that the model gets, before its normalisation. Clipped to [0, 1] for display only; the model saw the unclipped values.`
    : 'Another version drew the noise of this job, so no noisy copies are shown.';
  return [
    noisy,
    ...(smaller
      ? [
          `Pictures are reduced to ${shape.shownWidth} × ${shape.shownHeight} pixels: of the image as means, of the noisy copy as single pixels, so that the noise keeps its strength.`,
        ]
      : []),
    ...(way.quality === null
      ? []
      : [`To keep this file small, pictures are compressed with loss (JPEG, quality ${way.quality}).`]),
    ...(shown === images
      ? []
      : [
          `Pictures of ${whole(shown)} of ${whole(images)} images fit into this file: half of them of the first images, the others spread evenly over the outcomes.`,
        ]),
  ];
}
