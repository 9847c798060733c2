import type { ImageResult, ResultSet } from '../../analysis/results/result-set.js';
import type { Figure } from '../figures/figure.js';
import type { Table } from '../tables/table.js';

/** The content of a report as data, before it is a document. Texts in it may come from anybody: whoever writes them escapes them. */

/** The words by which people know a job. */
export interface ReportedNames {
  /** Name that its user gave it; null without one. */
  readonly job: string | null;
  readonly model: string;
  readonly data: string;
}

/** A job as a report shows it. */
export interface ReportedJob {
  readonly set: ResultSet;
  readonly names: ReportedNames;
  /** Digest (hex) of the job. */
  readonly digest: string;
  /** Version of smoothcert that began it; null if it is not known. */
  readonly smoothcert: string | null;
  /** True if the values are numbers in units of their own; null if that is not known. */
  readonly features: boolean | null;
  /** Notes of the run, a sentence each. */
  readonly notes: readonly string[];
  /** True if the results were made from its votes; false if those are not there. */
  readonly fromVotes: boolean;
  /** Command line that repeats it, quoted for a shell. */
  readonly command: string;
  /** False if the job does not say how its data were read, so that the command may lack flags and files. */
  readonly commandIsWhole: boolean;
}

/** An image of the gallery. */
export interface GalleryImage {
  /** Index of its job in the report. */
  readonly job: number;
  readonly result: ImageResult;
  /** File name; null if it has none. */
  readonly file: string | null;
  /** Name of its label and of its class, or their numbers; null without one. */
  readonly label: string | null;
  readonly class: string | null;
  /** Place of its pictures in the sheets; null if it has none. */
  readonly picture: number | null;
}

/** Pictures of images, many on a sheet: a cell for the image itself, and where `copies` one to the right of it for a noisy copy. */
export interface PictureSheets {
  /** Size of one picture, and of its cell on a sheet, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly copies: boolean;
  /** Places in a row of a sheet, and on a sheet. */
  readonly columns: number;
  readonly places: number;
  /** Media type of all sheets, and each as base64. */
  readonly type: string;
  readonly sheets: readonly string[];
}

export interface Gallery {
  readonly images: readonly GalleryImage[];
  /** Of each job; null: it has none. */
  readonly pictures: readonly (PictureSheets | null)[];
  /** Remarks on images and pictures that are shown, or the reasons why they are not; a sentence each. */
  readonly remarks: readonly string[];
}

export interface Report {
  /** One job, or several that are compared. */
  readonly jobs: readonly ReportedJob[];
  readonly figures: readonly Figure[];
  readonly tables: readonly Table[];
  readonly gallery: Gallery;
  /** Version of smoothcert that writes it. */
  readonly version: string;
}
