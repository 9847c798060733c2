import type { DataSetReader } from '../../worker/draw/reader.js';
import { numberOf } from '../../shared/dataset/fraction.js';
import type { NoisyCopies } from './noisy-copies.js';
import type { PictureShape } from './picture-shape.js';
import { drawPicture } from './pixels.js';

/** Blocks of JPEG, in pixels: cells that begin on them do not run into each other. */
const BLOCK = 8;
const GREY = 128;

/** Cells in a row of a sheet. */
export const COLUMNS = 8;
/** Images on a sheet: few enough that one is decoded in a moment, many enough that its header costs nothing. */
export const PLACES = 64;

/** Pixels of a sheet: rows of `width` pixels with one byte a channel. */
export interface RawSheet {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** Draws images side by side on sheets, each beside its noisy copy where there are such. */
export class SheetDrawer {
  readonly cellWidth: number;
  readonly cellHeight: number;

  /** @param copies null: the images alone. @param bgr the channels were reversed as the data were read */
  constructor(
    private readonly data: DataSetReader,
    private readonly shape: PictureShape,
    private readonly copies: NoisyCopies | null,
    private readonly bgr: boolean,
  ) {
    this.cellWidth = BLOCK * Math.ceil(shape.shownWidth / BLOCK);
    this.cellHeight = BLOCK * Math.ceil(shape.shownHeight / BLOCK);
  }

  /** Draws a sheet. @param images at most PLACES of them, by their index in the data set. @throws DATA_DIGEST_MISMATCH */
  async sheetOf(images: readonly number[]): Promise<RawSheet> {
    const { channels } = this.shape;
    const cells = this.copies === null ? 1 : 2;
    const width = COLUMNS * cells * this.cellWidth;
    const height = Math.ceil(images.length / COLUMNS) * this.cellHeight;
    const stride = width * channels;
    const bytes = new Uint8Array(stride * height).fill(GREY);
    const levelsAStep = 255 * numberOf(this.data.step);
    const levels = new Float32Array(this.shape.channels * this.shape.height * this.shape.width);
    for (const [place, image] of images.entries()) {
      const values = await this.data.readValues(image);
      const row = Math.floor(place / COLUMNS) * this.cellHeight;
      const at = row * stride + (place % COLUMNS) * cells * this.cellWidth * channels;
      const target = { into: bytes, stride, reversed: this.bgr };
      for (let i = 0; i < values.length; i++) levels[i] = values[i]! * levelsAStep;
      drawPicture(levels, this.shape, { ...target, at, single: false });
      if (this.copies === null) continue;
      const beside = at + this.cellWidth * channels;
      const copy = this.copies.copyOf(image, values);
      drawPicture(copy, this.shape, { ...target, at: beside, single: true });
    }
    return { bytes, width, height, channels };
  }
}
