import { SmoothcertError } from '../../shared/errors.js';

const OTHER_PATH =
  'Name the folder that certify wrote to (--out), or a .tsv file in the form of Cohen et al.';

/** @param why the end of a sentence that begins with the path */
export const nothingThere = (path: string, why: string, remedy = OTHER_PATH): SmoothcertError =>
  new SmoothcertError('FOLDER_UNUSABLE', `${path} ${why}.`, remedy);
