import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { SmoothcertError } from './errors.js';

/** Opening a pipe waits for a writer, who may never come. Windows has neither the wait nor the constant, which counts as 0 then. */
const READ_AT_ONCE = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * Yields the lines of a file, which may come from anybody, without their ends: of a regular file alone, as pipes and devices may never end.
 * @param longest characters of a line. @param damaged words what is wrong with any other file; the last line must have an end, too
 */
export async function* linesOfFile(
  file: string,
  longest: number,
  damaged: (cause?: unknown) => SmoothcertError,
): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  try {
    const handle = await open(file, READ_AT_ONCE);
    try {
      if (!(await handle.stat()).isFile()) throw damaged();
      for await (const piece of handle.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
        const lines = (rest + decoder.write(piece)).split('\n');
        rest = lines.pop()!;
        for (const line of lines) {
          if (line.length > longest) throw damaged();
          yield line;
        }
        if (rest.length > longest) throw damaged();
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw error instanceof SmoothcertError ? error : damaged(error);
  }
  if (rest !== '') throw damaged();
}
