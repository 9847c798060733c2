import sharp from 'sharp';
import type { Job } from '../../shared/job.js';
import type { ArtifactStore } from '../../shared/ports/artifact-store.js';
import { numberOf } from '../../shared/dataset/fraction.js';
import { DataSetReader } from '../../worker/draw/reader.js';
import { noisyCopies, type NoisyCopies } from './noisy-copies.js';
import { drawPicture } from './pixels.js';
import { pictureShape, type PictureShape } from './picture-shape.js';

/** Data sets that stay open: each keeps up to 32 MiB in memory. */
const MOST_OPEN = 2;

/** All that the pictures of a job need. */
interface OpenData {
  readonly data: DataSetReader;
  /** Null: images of this shape are no pictures. */
  readonly shape: PictureShape | null;
  /** Null: another version drew the noise, or none can be added. */
  readonly copies: NoisyCopies | null;
}

/** Makes pictures of images of jobs, from the data sets in a store. To be called for one picture at a time. */
export class StoredPictures {
  /** By the digest of the data and the noise, in the order in which they were used. */
  private readonly open = new Map<string, OpenData>();

  constructor(private readonly artifacts: ArtifactStore) {}

  /**
   * Returns a PNG of an image, or of its copy with the noise of sample 0; null if there is no such picture.
   * @param image of the job. @throws ARTIFACT_MISSING, DATA_DIGEST_MISMATCH
   */
  async pictureOf(job: Job, image: number, noisy: boolean): Promise<Uint8Array | null> {
    const { data, shape, copies } = await this.dataOf(job);
    if (shape === null || (noisy && copies === null)) return null;
    const values = await data.readValues(image);
    const levelsAStep = 255 * numberOf(data.step);
    const levels = noisy
      ? copies!.copyOf(image, values)
      : Float32Array.from(values, (one) => one * levelsAStep);
    const { channels, shownWidth: width, shownHeight: height } = shape;
    const into = new Uint8Array(width * height * channels);
    const stride = width * channels;
    drawPicture(levels, shape, { into, at: 0, stride, single: noisy, reversed: false });
    return sharp(into, { raw: { width, height, channels } }).png().toBuffer();
  }

  /** Closes the data sets. */
  async close(): Promise<void> {
    for (const [key, { data }] of [...this.open]) {
      this.open.delete(key);
      await data.close();
    }
  }

  private async dataOf(job: Job): Promise<OpenData> {
    const { draw } = job;
    const key = JSON.stringify([draw.dataDigest, draw.seed, draw.noise, draw.layout]);
    const found = this.open.get(key) ?? (await this.opened(job));
    this.open.delete(key);
    this.open.set(key, found);
    for (const [oldest, { data }] of this.open) {
      if (this.open.size <= MOST_OPEN) break;
      this.open.delete(oldest);
      await data.close();
    }
    return found;
  }

  private async opened(job: Job): Promise<OpenData> {
    const { dataDigest } = job.draw;
    const { artifacts } = this;
    const file = await artifacts.file(dataDigest);
    const data = await DataSetReader.open(file, dataDigest, await artifacts.chunks(dataDigest));
    const shape = pictureShape(data.imageShape, 1);
    const copies = shape === null ? null : await noisyCopies(job, data.step, data.imageShape, shape);
    return { data, shape, copies };
  }
}
