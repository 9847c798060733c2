import { IMAGE_KINDS, IMAGE_ORDERS, type ImageKind, type ImageOrder } from '../api/page-api.js';

/** The places of the page, as the part of an address behind #: so links, bookmarks and the back button work, and no server sees them. */

export interface ImagesQuery {
  readonly sort: ImageOrder;
  readonly descending: boolean;
  readonly outcome: ImageKind;
  /** Place of the first image that is shown, from 0. */
  readonly from: number;
  /** Show beside each image a copy with noise, as the model saw it. */
  readonly noisy: boolean;
}

export type Route =
  /** `page` is a page token of the API; empty: the newest. */
  | { readonly view: 'jobs'; readonly page: string }
  | { readonly view: 'job'; readonly id: string }
  | { readonly view: 'images'; readonly id: string; readonly query: ImagesQuery }
  | { readonly view: 'workers' }
  | { readonly view: 'runbook'; readonly section: string }
  | { readonly view: 'nothing' };

export const FIRST_IMAGES: ImagesQuery = {
  sort: 'image',
  descending: false,
  outcome: 'all',
  from: 0,
  noisy: false,
};

/** Returns the place that an address names. @param hash with or without its # */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  const [view = '', id, part] = path.replace(/^\//, '').split('/').map(decoded);
  const values = new URLSearchParams(query);
  if (view === '' || (view === 'jobs' && id === undefined))
    return { view: 'jobs', page: values.get('page') ?? '' };
  if (view === 'jobs' && id !== undefined && part === undefined) return { view: 'job', id };
  if (view === 'jobs' && id !== undefined && part === 'images')
    return { view: 'images', id, query: imagesQueryOf(values) };
  if (view === 'workers') return { view: 'workers' };
  if (view === 'runbook') return { view: 'runbook', section: id ?? '' };
  return { view: 'nothing' };
}

/** Returns the address of a place, with its #. `parseRoute` undoes it. */
export function hashOf(route: Route): string {
  switch (route.view) {
    case 'jobs':
      return route.page === '' ? '#/' : `#/jobs?${new URLSearchParams({ page: route.page }).toString()}`;
    case 'job':
      return `#/jobs/${encodeURIComponent(route.id)}`;
    case 'images':
      return `#/jobs/${encodeURIComponent(route.id)}/images${queryText(route.query)}`;
    case 'workers':
      return '#/workers';
    case 'runbook':
      return route.section === '' ? '#/runbook' : `#/runbook/${encodeURIComponent(route.section)}`;
    case 'nothing':
      return '#/nothing';
  }
}

function imagesQueryOf(values: URLSearchParams): ImagesQuery {
  const from = Number(values.get('from'));
  return {
    sort: IMAGE_ORDERS.find((order) => order === values.get('sort')) ?? FIRST_IMAGES.sort,
    descending: values.get('descending') === 'true',
    outcome: IMAGE_KINDS.find((kind) => kind === values.get('outcome')) ?? FIRST_IMAGES.outcome,
    from: Number.isSafeInteger(from) && from > 0 ? from : 0,
    noisy: values.get('noisy') === 'true',
  };
}

/** Returns what differs from the first images, as a query with its question mark. */
function queryText(query: ImagesQuery): string {
  const keys = Object.keys(FIRST_IMAGES) as (keyof ImagesQuery)[];
  const changed = keys.filter((key) => query[key] !== FIRST_IMAGES[key]);
  const values = new URLSearchParams(changed.map((key) => [key, String(query[key])]));
  return changed.length === 0 ? '' : `?${values.toString()}`;
}

/** Text that is no valid encoding stays as it is: it names nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
