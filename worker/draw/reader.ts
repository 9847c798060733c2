import { PIXEL_LATTICE, type DataLattice } from '../../shared/dataset/canonical.js';
import { DataSetFile } from '../../shared/dataset/data-set-file.js';
import type { Fraction } from '../../shared/dataset/fraction.js';
import { VerifiedDataSet, type DataSetSource } from '../../shared/dataset/verified-data-set.js';
import { SmoothcertError } from '../../shared/errors.js';

/**
 * Reads single images of a canonical data set as points of its lattice, in the data's own order. Memory: one image, and two
 * chunks of 16 MiB where the data must have a digest.
 */
export class DataSetReader {
  private constructor(
    private readonly file: DataSetSource,
    /** Where the values lie. */
    readonly lattice: DataLattice,
  ) {}

  /**
   * Opens the file; with a data digest (hex), every value that is read was compared with it.
   * @throws SmoothcertError DATA_UNREADABLE or DATA_FORMAT, with a digest DATA_DIGEST_MISMATCH
   */
  static async open(
    path: string,
    digest: string | null = null,
    chunks: readonly string[] | null = null,
  ): Promise<DataSetReader> {
    const file = await (digest === null
      ? DataSetFile.open(path)
      : VerifiedDataSet.open(path, digest, chunks));
    const { dtype, lattice } = file.header;
    if (dtype !== 'float32') return new DataSetReader(file, lattice ?? PIXEL_LATTICE);
    await file.close();
    throw new SmoothcertError(
      'DATA_FORMAT',
      'The canonical data set holds floating point numbers, as an earlier version wrote them; noise is added to points of a lattice.',
      'Convert the images again.',
    );
  }

  /** Lattice step of the values. */
  get step(): Fraction {
    return this.lattice.step;
  }

  /** Number of images held, which need not be all of the data set that they came from. */
  get count(): number {
    return this.file.geometry.count;
  }

  get imageShape(): readonly number[] {
    return this.file.geometry.imageShape;
  }

  /**
   * Reads the image of this index in the data set: each value as a whole number of `step`; a new array every time.
   * @throws SmoothcertError INTERNAL if it is not held, DATA_DIGEST_MISMATCH if the file changed
   */
  async readValues(index: number): Promise<Int32Array> {
    const { count, holds, imageBytes, imageElements, imageOffset } = this.file.geometry;
    if (!holds(index)) {
      throw new SmoothcertError(
        'INTERNAL',
        `Image ${index} was asked of a data set of ${count} images that does not hold it.`,
        'Report this as a bug.',
      );
    }
    const bytes = new Uint8Array(imageBytes);
    await this.file.readAt(imageOffset(index), bytes);
    if (this.file.header.dtype === 'uint8') return Int32Array.from(bytes);
    const view = new DataView(bytes.buffer);
    return Int32Array.from({ length: imageElements }, (_, at) => view.getInt32(4 * at, true));
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
