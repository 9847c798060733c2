import type { JobAnswer } from '../../api/page-api.js';

/** Returns the name of a job; of one without a name, the end of its id that sets it apart. */
export const jobTitle = ({ id, name }: Pick<JobAnswer, 'id' | 'name'>): string =>
  name ?? `Job ${id.replace(/^j-/, '').slice(0, 8)}`;
