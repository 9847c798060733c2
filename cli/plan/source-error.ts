import { SmoothcertError } from '../../shared/errors.js';
import { oneLine } from '../../shared/safe-text.js';

/** Returns the error of a file or folder that no images can be read from. @param why how the sentence about it ends */
export function unreadable(file: string, why: string, remedy: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError('SOURCE_UNREADABLE', `${oneLine(file)} ${why}.`, remedy, { cause });
}
