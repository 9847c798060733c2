import { readFile, readdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import type { Area } from '../../adapters/http/http-server.js';
import { plain } from '../../adapters/http/plain-answer.js';

/** Types of the files that a build of the page makes; others are not served. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
};

/** The page takes nothing from elsewhere, runs nothing but its own files, and is shown in no other page. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Names of such files have a digest: they never change. */
const HASHED = '/assets/';
const YEAR_SECONDS = 31_536_000;

interface PageFile {
  readonly body: Buffer;
  readonly type: string;
  readonly cache: string;
}

/**
 * Returns what serves the built page: `/` and the files beside it. It needs no token: it holds nothing but the page, which asks for one. All files
 * are read at the first request, by their names in the folder, so that no path of a request ever reaches the file system.
 */
export function pageArea(folder: string): Area {
  let reading: Promise<ReadonlyMap<string, PageFile>> | null = null;
  return {
    owns: (where) =>
      where === '/' || where.startsWith(HASHED) || /^\/[\w-]+\.(html|svg|ico|png)$/.test(where),
    methods: ['GET', 'HEAD'],
    refuse: plain,
    serve: async (request, response) => {
      // Where it fails, for want of open files, the next request reads again.
      reading ??= filesOf(folder).catch((error: unknown) => {
        reading = null;
        throw error;
      });
      show(request, response, await reading);
    },
  };
}

function show(
  request: IncomingMessage,
  response: ServerResponse,
  files: ReadonlyMap<string, PageFile>,
): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const found = files.get(pathname === '/' ? '/index.html' : pathname);
  if (found) {
    response.setHeader('cache-control', found.cache);
    response.writeHead(200, { 'content-type': found.type, 'content-length': found.body.length });
    response.end(found.body);
  } else if (files.size === 0) {
    plain(response, 404, 'The page was not built into this installation; npm run build makes it.');
  } else plain(response, 404, 'There is no such page.');
}

/** Returns the files of a folder by their paths; none if it is not there. */
async function filesOf(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = new Map<string, PageFile>();
  for (const entry of names.filter((one) => one.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    const type = TYPES[path.extname(entry.name)];
    if (type === undefined) continue;
    const where = `/${path.relative(folder, file).split(path.sep).join('/')}`;
    const cache = where.startsWith(HASHED) ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-store';
    files.set(where, { body: await readFile(file), type, cache });
  }
  return files;
}
