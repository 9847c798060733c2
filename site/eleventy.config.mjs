import { fileURLToPath } from 'node:url';
import { fileOutputOf, readSite } from './pages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Pages that no document is the source of. */
const OWN_PAGES = [
  { output: '404.html', title: 'No such page', own: 'missing', description: 'This page does not exist.' },
  { output: 'search.html', title: 'Search', own: 'search', description: 'Search in the documents.' },
];

/** Makes a static site of the documents. All addresses in it are relative, so it can lie in any folder of a server. */
export default function (eleventy) {
  const { pages, files, menu } = readSite(root);
  const own = OWN_PAGES.map((page) => ({
    ...page,
    html: '',
    top: '',
    contents: [],
    menu: menu(page.output),
  }));
  for (const { html, ...page } of [...pages, ...own])
    eleventy.addTemplate(`site/${page.output}`, html, {
      ...page,
      permalink: `/${page.output}`,
      layout: 'page.njk',
    });
  for (const file of files) eleventy.addPassthroughCopy({ [file]: fileOutputOf(file) });
  eleventy.addPassthroughCopy({
    'page/style/colours.css': 'colours.css',
    'page/icon.svg': 'icon.svg',
    'site/style.css': 'style.css',
    'site/search.js': 'search.js',
  });
  // What an earlier build made is no source.
  eleventy.ignores.add('site/dist/**');
  return {
    dir: { includes: '.' },
    // Only what is added above; and the HTML that it makes is no template itself.
    templateFormats: ['html'],
    htmlTemplateEngine: false,
  };
}
