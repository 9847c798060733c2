import { createReadStream, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { SmoothcertError } from '../../shared/errors.js';
import { ByteStream } from './byte-stream.js';
import { NPY_MAGIC, readNpyHeader, type NpyHeader } from './npy.js';
import { openArchive } from './npz.js';

const PIECE_BYTES = 2 ** 20;
const ZIP_MAGIC = 'PK';

/** An array whose header has been read; its values follow in `stream`. */
export interface OpenArray {
  /** How messages name it: `x in images.npz`, or the file alone. */
  readonly what: string;
  readonly header: NpyHeader;
  readonly stream: ByteStream;
}

/** A .npy file (one array, key '') or a .npz archive. */
export interface ArrayFile {
  readonly path: string;
  readonly keys: readonly string[];
  /** Reads a header. DATA_FORMAT or DATA_TYPE if it is not one; also if header and values do not fill the file exactly. */
  openArray(key: string): Promise<OpenArray>;
  close(): void;
}

/** Opens by what the file holds, not by its name. DATA_UNREADABLE or DATA_FORMAT if it is neither. */
export async function openArrayFile(path: string): Promise<ArrayFile> {
  const { size } = await regularFile(path);
  const magic = await firstBytes(path);
  if (magic.startsWith(ZIP_MAGIC)) {
    const archive = await openArchive(path);
    return {
      path,
      keys: [...archive.arrays.keys()],
      openArray: (key) => {
        const array = archive.arrays.get(key)!;
        const what = `${key} in ${path}`;
        return openArray(array.read(what), array.bytes, what);
      },
      close: () => archive.close(),
    };
  }
  if (magic !== NPY_MAGIC) {
    throw new SmoothcertError(
      'DATA_FORMAT',
      `${path} is neither a .npz nor a .npy file.`,
      'Save the images with NumPy: np.savez("images.npz", x=images, y=labels).',
    );
  }
  return {
    path,
    keys: [''],
    openArray: () => openArray(readAll(path), size, path),
    close: () => undefined,
  };
}

async function openArray(source: AsyncIterable<Uint8Array>, bytes: number, what: string): Promise<OpenArray> {
  const stream = new ByteStream(source);
  try {
    const header = await readNpyHeader(stream, what);
    const promised = header.headerBytes + header.bodyBytes;
    if (promised !== bytes) {
      throw new SmoothcertError(
        'DATA_FORMAT',
        `${what} has ${bytes} bytes where its header promises ${promised}.`,
        'Save it again, or copy it again if it was cut while being copied.',
      );
    }
    return { what, header, stream };
  } catch (error) {
    await stream.close();
    throw error;
  }
}

async function regularFile(path: string): Promise<Stats> {
  const stats = await stat(path).catch((cause: unknown) => {
    throw cannotRead(path, cause);
  });
  if (stats.isFile()) return stats;
  throw new SmoothcertError(
    'DATA_UNREADABLE',
    `${path} is ${stats.isDirectory() ? 'a directory' : 'not a regular file'}.`,
    'Give one .npz or .npy file: np.savez("images.npz", x=images, y=labels).',
  );
}

async function firstBytes(path: string): Promise<string> {
  try {
    const handle = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(NPY_MAGIC.length), 0, NPY_MAGIC.length, 0);
      const magic = buffer.toString('latin1', 0, bytesRead);
      return magic.startsWith(ZIP_MAGIC) ? ZIP_MAGIC : magic;
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw cannotRead(path, cause);
  }
}

async function* readAll(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw cannotRead(path, cause);
  }
}

function cannotRead(path: string, cause: unknown): SmoothcertError {
  const missing = errorCode(cause) === 'ENOENT';
  return new SmoothcertError(
    'DATA_UNREADABLE',
    missing ? `There is no file ${path}.` : `${path} cannot be read (${errorCode(cause)}).`,
    missing ? 'Check the path.' : 'Check that it exists and that you may read it.',
    { cause },
  );
}

/** The system's name of what went wrong, such as ENOSPC. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
