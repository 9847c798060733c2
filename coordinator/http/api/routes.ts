import type { ApiCall } from './api-call.js';
import {
  cancelJob,
  showFigures,
  showImages,
  showJob,
  showJobs,
  showServer,
  showWorkers,
} from './json-routes.js';
import { sendCsv, sendJobFile, sendJsonl, sendPicture, sendReport, sendTsv } from './file-routes.js';

/** A path of the API and what answers it. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** Below /api/v1, with <id> for the id of a job and <n> for the index of an image. */
  readonly path: string;
  /** True: it is answered without a token. */
  readonly open: boolean;
  /** Fields of its query. */
  readonly query: readonly string[];
  readonly answer: (call: ApiCall) => Promise<void>;
}

const get = (path: string, answer: Route['answer'], query: readonly string[] = []): Route => ({
  method: 'GET',
  path,
  open: false,
  query,
  answer,
});

const PAGED = ['page_size', 'page_token'];
const IMAGES = ['sort', 'descending', 'outcome', 'from', 'count'];

/** Every path below /api/v1; docs/api-http.md has the same. */
export const ROUTES: readonly Route[] = [
  { ...get('/server', showServer), open: true },
  get('/workers', showWorkers, PAGED),
  get('/jobs', showJobs, PAGED),
  get('/jobs/<id>', showJob),
  get('/jobs/<id>/figures', showFigures),
  get('/jobs/<id>/images', showImages, IMAGES),
  get('/jobs/<id>/images/<n>.png', sendPicture, ['noisy']),
  get('/jobs/<id>/results.jsonl', sendJsonl),
  get('/jobs/<id>/results.tsv', sendTsv),
  get('/jobs/<id>/results.csv', sendCsv),
  get('/jobs/<id>/job.json', sendJobFile),
  get('/jobs/<id>/report.html', sendReport),
  { ...get('/jobs/<id>/cancel', cancelJob), method: 'POST' },
];

/** A route that was found, with what its path names. */
export interface FoundRoute {
  /** Of this path, one a method. */
  readonly routes: readonly Route[];
  /** Empty where the path names no job. */
  readonly id: string;
  readonly image: number;
}

const PATTERNS = ROUTES.map((route) => ({ route, pattern: patternOf(route.path) }));

/** Returns the routes of a path; null if there is none. @param path behind /api/v1 */
export function routeOf(path: string): FoundRoute | null {
  const found = PATTERNS.flatMap(({ route, pattern }) => {
    const match = pattern.exec(path);
    return match ? [{ route, id: match.groups?.['id'] ?? '', image: Number(match.groups?.['n'] ?? 0) }] : [];
  });
  const [first] = found;
  return first ? { routes: found.map(({ route }) => route), id: first.id, image: first.image } : null;
}

function patternOf(path: string): RegExp {
  const text = path
    .replaceAll('.', '\\.')
    .replace('<id>', '(?<id>[A-Za-z0-9-]{1,64})')
    .replace('<n>', '(?<n>\\d{1,10})');
  return new RegExp(`^${text}$`);
}
