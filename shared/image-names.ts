import type { ImageNames } from './job-names.js';
import { oneLine } from './safe-text.js';

/** Code points of the name of a file or a class: more than a path below a folder has. */
export const LONGEST_NAME = 512;
/** Names of classes that are read: more than any classifier has scores. */
export const MOST_CLASS_NAMES = 65_536;
/** Bytes of the artifact that holds the names of a job. */
export const MOST_NAME_BYTES = 2 ** 24;

export const NO_IMAGE_NAMES: ImageNames = { files: null, classes: null };

/**
 * Returns a name as it is kept and shown: one line without control characters, and not too long. A name that went through here comes
 * through as it is, so that whoever reads it back writes the same bytes.
 */
export function nameOf(text: string): string {
  // A character becomes 8 at most: what is cut here does not show below.
  const line = oneLine(text.slice(0, 2 * LONGEST_NAME));
  return line.length <= LONGEST_NAME ? line : Array.from(line).slice(0, LONGEST_NAME).join('');
}

/** Returns the names of a list; null of anything else, and of a list with more than `most`. */
export function namesOf(found: unknown, most: number): string[] | null {
  if (!Array.isArray(found) || found.length > most) return null;
  const texts = found.filter((one) => typeof one === 'string');
  return texts.length === found.length ? texts.map(nameOf) : null;
}

/** Returns the names as the bytes of their artifact: JSON with its keys in one order. */
export const encodeImageNames = ({ files, classes }: ImageNames): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify({ files, classes })}\n`);

/** Returns the names that bytes hold, which may come from anybody; null if they hold none. @param most images that a name can be of */
export function decodeImageNames(bytes: Uint8Array, most: number): ImageNames | null {
  if (bytes.length > MOST_NAME_BYTES) return null;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const content: unknown = JSON.parse(text);
    if (typeof content !== 'object' || content === null) return null;
    const { files, classes } = content as { files?: unknown; classes?: unknown };
    const [ofFiles, ofClasses] = [namesOf(files, most), namesOf(classes, MOST_CLASS_NAMES)];
    const whole = (files === null || ofFiles !== null) && (classes === null || ofClasses !== null);
    return whole ? { files: ofFiles, classes: ofClasses } : null;
  } catch {
    return null;
  }
}
