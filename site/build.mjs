// Makes the site of the documents, with its search:  node site/build.mjs [folder]
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Eleventy from '@11ty/eleventy';
import * as pagefind from 'pagefind';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = path.resolve(process.argv[2] ?? path.join(root, 'site/dist'));
process.chdir(root);
if (process.argv[2] === undefined) rmSync(out, { recursive: true, force: true });

const eleventy = new Eleventy('site', path.relative(root, out), {
  configPath: 'site/eleventy.config.mjs',
  quietMode: true,
});
const [, pages] = await eleventy.write();

const { index, errors } = await pagefind.createIndex({ forceLanguage: 'en' });
if (index === undefined) throw new Error(errors.join('\n'));
const added = await index.addDirectory({ path: out });
const written = await index.writeFiles({ outputPath: path.join(out, 'pagefind') });
await pagefind.close();
if (added.errors.length + written.errors.length > 0)
  throw new Error([...added.errors, ...written.errors].join('\n'));
console.log(`${pages.length} pages: ${path.relative(root, out)}/index.html`);
