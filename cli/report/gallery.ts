import { chooseImages } from '../../report/html/choose-images.js';
import type { Gallery, GalleryImage, PictureSheets } from '../../report/html/report-content.js';
import { whole } from '../../shared/written-numbers.js';
import type { FoundData } from './data-of-job.js';
import { picturesOf, type JobPictures } from './picture-sheets.js';
import type { FolderResults } from './read-folder.js';

/** Bytes of a report: it stays below 20 MB. */
const MOST_BYTES = 19_000_000;
/** Bytes of all but gallery and pictures: text, figures, tables. */
const OTHER_BYTES = 2_000_000;
/** Bytes of an image in the gallery's data, but for its names. */
const ROW_BYTES = 260;
/** Images that the galleries of a report hold together. */
const MOST_IMAGES = 20_000;

/** A job with its data set, or with why there is none. */
export interface FolderWithData {
  readonly read: FolderResults;
  readonly data: FoundData;
}

/** Returns the gallery of jobs: their images, as many as a report holds, with pictures where the data are there. */
export async function galleryOf(folders: readonly FolderWithData[]): Promise<Gallery> {
  const most = Math.floor(MOST_IMAGES / folders.length);
  const jobs = folders.map(({ read }, job) => imagesOf(read, job, most));
  const rowBytes = jobs.flat().reduce((sum, image) => sum + ROW_BYTES + 4 * namesLength(image), 0);
  const bytes = Math.max(0, MOST_BYTES - OTHER_BYTES - rowBytes) / folders.length;
  const images: GalleryImage[] = [];
  const pictures: (PictureSheets | null)[] = [];
  const remarks: string[] = [];
  for (const [job, folder] of folders.entries()) {
    const shown = jobs[job]!;
    const found = await picturesFor(folder, shown, bytes);
    const places = new Map(found.made?.images.map((image, place) => [image, place]));
    for (const image of shown) images.push({ ...image, picture: places.get(image.result.image) ?? null });
    pictures.push(found.made?.sheets ?? null);
    remarks.push(...lessWords(shown.length, folder.read.results.length), ...found.remarks);
  }
  return { images, pictures, remarks: [...new Set(remarks)] };
}

const namesLength = ({ file, label, class: named }: GalleryImage): number =>
  (file?.length ?? 0) + (label?.length ?? 0) + (named?.length ?? 0);

/** Returns the images of a job that are shown, without pictures. */
function imagesOf({ results, files, about }: FolderResults, job: number, most: number): GalleryImage[] {
  const nameOf = (number: number | null): string | null => {
    if (number === null) return null;
    const name = about.classes?.[number];
    return name === undefined ? `${number}` : `${name} (${number})`;
  };
  return chooseImages(results, most).map((place) => {
    const result = results[place]!;
    const file = files?.[result.image] ?? null;
    return { job, result, file, label: nameOf(result.label), class: nameOf(result.class), picture: null };
  });
}

const lessWords = (shown: number, results: number): string[] =>
  shown === results
    ? []
    : [
        `The gallery has ${whole(shown)} of ${whole(results)} images: half of them are the first, the others are spread evenly over the outcomes. results.jsonl has all.`,
      ];

interface FoundPictures {
  readonly made: JobPictures | null;
  readonly remarks: readonly string[];
}

const withoutPictures = (why: string): string =>
  `There are no pictures: ${why} smoothcert report with --data, and --labels if certify had them, shows them.`;

const NO_PICTURES =
  'Images of this shape are not shown: a picture has one or three channels, and rows and columns.';
const FEATURES = 'The inputs are numbers in units of their own (--features), and no pictures.';

const undrawnWords = (images: number): string =>
  `No sample was counted of ${whole(images)} of these images: the copies beside them are what their sample 0 would be.`;

async function picturesFor(
  { read: { job, about }, data }: FolderWithData,
  shown: readonly GalleryImage[],
  bytes: number,
): Promise<FoundPictures> {
  if (about.input?.features === true) return { made: null, remarks: [FEATURES] };
  if (shown.length === 0) return { made: null, remarks: ['No image has ended yet.'] };
  if ('missing' in data) return { made: null, remarks: [withoutPictures(data.missing)] };
  const results = shown.map(({ result }) => result);
  const choose = (most: number) => chooseImages(results, most).map((place) => results[place]!.image);
  const { file: canonical, bgr } = data;
  const made = await picturesOf({ job, canonical, images: results.length, choose, bgr, bytes });
  if (made === null) return { made, remarks: [NO_PICTURES] };
  const undrawn = results.filter(({ samples }) => samples === 0).length;
  const isOpen = undrawn > 0 && made.sheets.copies;
  return { made, remarks: [...made.remarks, ...(isOpen ? [undrawnWords(undrawn)] : [])] };
}
