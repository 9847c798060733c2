import { DataSetFile } from '../../shared/dataset/data-set-file.js';
import { VerifiedDataSet, type DataSetSource } from '../../shared/dataset/verified-data-set.js';
import { SmoothcertError } from '../../shared/errors.js';

const LEVELS = 255;

/**
 * Reads single images of a canonical data set as pixels in [0, 1], in the data's own order.
 * uint8 becomes float32(x / 255), rounded once: every worker then adds the same noise to the same pixels. Memory: one
 * image, and two chunks of 16 MiB where the data must have a digest.
 */
export class DataSetReader {
  readonly #pixels: Float32Array;
  private constructor(private readonly file: DataSetSource) {
    this.#pixels = Float32Array.from({ length: LEVELS + 1 }, (_, level) => level / LEVELS);
  }

  /**
   * Opens the file; with a data digest (hex), every pixel that is read was held against it.
   * @throws SmoothcertError DATA_UNREADABLE or DATA_FORMAT, with a digest DATA_DIGEST_MISMATCH
   */
  static async open(
    path: string,
    digest: string | null = null,
    chunks: readonly string[] | null = null,
  ): Promise<DataSetReader> {
    return new DataSetReader(
      await (digest === null ? DataSetFile.open(path) : VerifiedDataSet.open(path, digest, chunks)),
    );
  }

  /** Number of images held, which need not be all of the data set that they came from. */
  get count(): number {
    return this.file.geometry.count;
  }

  get imageShape(): readonly number[] {
    return this.file.geometry.imageShape;
  }

  /**
   * Pixels of the image of this index in the data set, each in [0, 1]; a new array every time.
   * @throws SmoothcertError INTERNAL if it is not held, DATA_DIGEST_MISMATCH if the file changed
   */
  async readPixels(index: number): Promise<Float32Array> {
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
    if (this.file.header.dtype === 'uint8') return Float32Array.from(bytes, (level) => this.#pixels[level]!);
    const view = new DataView(bytes.buffer);
    return Float32Array.from({ length: imageElements }, (_, at) => view.getFloat32(4 * at, true));
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
