// The search of the site: all of it runs in the browser, over the files in pagefind/.

const MOST_RESULTS = 20;
const found = document.getElementById('found');
const results = document.getElementById('results');
const field = document.getElementById('q');
field.value = new URLSearchParams(location.search).get('q') ?? '';

/** A page to look things up counts so much of one that is read. */
const REFERENCE = 0.4;
/** A page counts so much more if its title has what is asked, and if the title of one of its sections has it. */
const IN_TITLE = 2;
const IN_SECTION = 1.5;

/** Returns how well a page answers: the score of its words, and where they stand. */
function merit({ score, data }, asked) {
  const has = (title) => title.toLowerCase().includes(asked.toLowerCase());
  const kind = data.meta.kind === 'reference' ? REFERENCE : 1;
  const place = has(data.meta.title)
    ? IN_TITLE
    : data.sub_results.some(({ title }) => has(title))
      ? IN_SECTION
      : 1;
  return score * kind * place;
}

/** Returns the text between tags, and marked words as `mark`; nothing else of the HTML. */
function excerptOf(html) {
  const paragraph = document.createElement('p');
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  for (const node of parsed.body.childNodes) {
    const part = document.createElement(node.nodeName === 'MARK' ? 'mark' : 'span');
    part.textContent = node.textContent;
    paragraph.append(part);
  }
  return paragraph;
}

/** Returns a result: the page, its first lines, and the sections that have the words. */
function itemOf({ url, meta, excerpt, sub_results: sections }) {
  const item = document.createElement('li');
  const links = [{ url, title: meta.title }, ...sections.filter((one) => one.url !== url).slice(0, 4)];
  links.forEach(({ url: address, title }, at) => {
    const link = document.createElement('a');
    link.href = address;
    link.textContent = title;
    const line = document.createElement(at === 0 ? 'h2' : 'p');
    line.append(link);
    item.append(line);
    if (at === 0) item.append(excerptOf(excerpt));
  });
  return item;
}

/** Shows the pages that have the words of the field. */
async function search() {
  const asked = field.value.trim();
  if (asked === '') return;
  const pagefind = await import('./pagefind/pagefind.js');
  const answer = await pagefind.search(asked);
  const pages = await Promise.all(
    answer.results.map(async (result) => ({ score: result.score, data: await result.data() })),
  );
  pages.sort((a, b) => merit(b, asked) - merit(a, asked));
  const shown = pages.slice(0, MOST_RESULTS).map(({ data }) => data);
  found.textContent = `${answer.results.length} ${answer.results.length === 1 ? 'page has' : 'pages have'} “${asked}”.`;
  results.replaceChildren(...shown.map(itemOf));
}

search().catch(() => {
  found.textContent =
    'The search works only where the site is served, for example by: python3 -m http.server -d site/dist';
});
