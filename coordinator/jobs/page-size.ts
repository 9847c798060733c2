import { RequestError } from '../../shared/errors.js';
import { PAGE } from './limits.js';

/** Returns the size of a page. @param asked 0: the usual one. @throws RequestError page_size */
export function pageSizeOf(asked: number): number {
  if (!Number.isSafeInteger(asked) || asked < 0) {
    throw new RequestError([{ field: 'page_size', description: 'is not a whole number from 0 on' }]);
  }
  return asked === 0 ? PAGE.usual : Math.min(asked, PAGE.most);
}
