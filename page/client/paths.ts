import type { ImagesQuery } from '../routes.js';

/** Paths below /api/v1 (api/page-api.ts). */

/** Jobs of a page of the list. */
export const JOBS_A_PAGE = 50;
/** Images of a page of the gallery: the API gives at most 200. */
export const IMAGES_A_PAGE = 60;

const job = (id: string): string => `jobs/${encodeURIComponent(id)}`;

export const serverPath = 'server';
/** So many workers are shown. */
export const MOST_WORKERS = 1_000;
export const workersPath = `workers?page_size=${MOST_WORKERS}`;
export const jobPath = job;
export const figuresPath = (id: string): string => `${job(id)}/figures`;
export const cancelPath = (id: string): string => `${job(id)}/cancel`;
export const filePath = (id: string, file: string): string => `${job(id)}/${file}`;

export function jobsPath(page: string): string {
  const values = new URLSearchParams({ page_size: String(JOBS_A_PAGE) });
  if (page !== '') values.set('page_token', page);
  return `jobs?${values.toString()}`;
}

export function imagesPath(
  id: string,
  { sort, descending, outcome, from }: Omit<ImagesQuery, 'noisy'>,
  count = IMAGES_A_PAGE,
): string {
  const values = { sort, descending: String(descending), outcome, from: String(from), count: String(count) };
  return `${job(id)}/images?${new URLSearchParams(values).toString()}`;
}

/** @param noisy a copy with noise, as the model saw it */
export const picturePath = (id: string, image: number, noisy: boolean): string =>
  `${job(id)}/images/${image}.png${noisy ? '?noisy' : ''}`;
