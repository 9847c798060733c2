import { open, type FileHandle } from 'node:fs/promises';
import { SmoothcertError } from '../errors.js';
import {
  decodeHeader,
  geometryOf,
  HEADER_BYTES,
  type DataSetGeometry,
  type DataSetHeader,
} from './canonical.js';
import { DataDigest } from './data-digest.js';

const PIECE_BYTES = 2 ** 20;

/**
 * A canonical data set on disk, read by position: memory does not grow with the file.
 * Opening checks the header and that the file is exactly as long as the header says.
 */
export class DataSetFile {
  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    readonly header: DataSetHeader,
    readonly geometry: DataSetGeometry,
  ) {}

  /** Opens a file. @throws DATA_UNREADABLE if it cannot be opened, DATA_FORMAT if it is not a whole canonical data set */
  static async open(file: string): Promise<DataSetFile> {
    const handle = await open(file, 'r').catch((cause: unknown) => {
      throw new SmoothcertError(
        'DATA_UNREADABLE',
        `The canonical data set ${file} cannot be opened.`,
        'Check that it exists and that you may read it.',
        { cause },
      );
    });
    try {
      const bytes = new Uint8Array(HEADER_BYTES);
      const { bytesRead } = await handle.read(bytes, 0, HEADER_BYTES, 0);
      const header = decodeHeader(bytes.subarray(0, bytesRead));
      const geometry = geometryOf(header);
      const { size } = await handle.stat();
      if (size !== geometry.totalBytes) throw wrongLength(file, size, geometry.totalBytes);
      return new DataSetFile(file, handle, header, geometry);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Fills `into` with the bytes at `position`; DATA_FORMAT if the file has become shorter. */
  async readAt(position: number, into: Uint8Array): Promise<void> {
    for (let at = 0; at < into.length;) {
      const { bytesRead } = await this.handle.read(into, at, into.length - at, position + at);
      if (bytesRead === 0) throw wrongLength(this.path, position + at, this.geometry.totalBytes);
      at += bytesRead;
    }
  }

  /** Reads the labels, one for each image in order; null if the data set has none. */
  labels(): Promise<Int32Array | null> {
    return labelsOf(this);
  }

  /** Computes the data digest (hex) of the bytes on disk now, and the digests of the chunks. */
  async digest(): Promise<{ digest: string; chunks: string[] }> {
    const digest = new DataDigest();
    const buffer = new Uint8Array(PIECE_BYTES);
    const { totalBytes } = this.geometry;
    for (let at = 0; at < totalBytes; at += PIECE_BYTES) {
      const piece = buffer.subarray(0, Math.min(PIECE_BYTES, totalBytes - at));
      await this.readAt(at, piece);
      digest.update(piece);
    }
    return digest.finish();
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** Reads the labels, one for each image in order; null if the data set has none. They are verified if `readAt` verifies. */
export async function labelsOf(
  data: Pick<DataSetFile, 'header' | 'geometry' | 'readAt'>,
): Promise<Int32Array | null> {
  const { totalBytes, labelsOffset, count } = data.geometry;
  if (!data.header.labelled) return null;
  const bytes = new Uint8Array(totalBytes - labelsOffset);
  await data.readAt(labelsOffset, bytes);
  const view = new DataView(bytes.buffer);
  return Int32Array.from({ length: count }, (_, index) => view.getInt32(4 * index, true));
}

function wrongLength(file: string, found: number, expected: number): SmoothcertError {
  return new SmoothcertError(
    'DATA_FORMAT',
    `The canonical data set ${file} has ${found} bytes where its header says ${expected}.`,
    'Delete it and convert the images again.',
  );
}
