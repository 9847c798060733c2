import { SmoothcertError } from '../../shared/errors.js';

/** @param why the end of a sentence that begins with the path */
export const nothingThere = (path: string, why: string): SmoothcertError =>
  new SmoothcertError(
    'FOLDER_UNUSABLE',
    `${path} ${why}.`,
    'Name the folder that certify wrote to (--out), or a .tsv file in the form of Cohen et al.',
  );
