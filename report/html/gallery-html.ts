import { totalOf, votesOf } from '../../shared/counts.js';
import { whole } from '../../shared/written-numbers.js';
import type { ImageResult } from '../../analysis/results/result-set.js';
import { OUTCOME_KINDS, outcomeKind } from '../../analysis/results/set-numbers.js';
import { RULES } from '../../statistics/rules.js';
import { radiusDown } from '../radius-down.js';
import { OUTCOME_WORDS } from '../results/result-words.js';
import { escapeHtml, jsonForHtml } from './escape-html.js';
import type { GalleryData, GalleryRow, PictureLayout } from './gallery-script.js';
import type { GalleryImage, PictureSheets, Report, ReportedJob } from './report-content.js';
import { stopWords } from './stop-words.js';

/** Images on a page of the gallery. */
const PER_PAGE = 48;

const SORTS = [
  ['image', 'image number'],
  ['radius-down', 'radius, largest first'],
  ['radius-up', 'radius, smallest first'],
  ['samples-down', 'samples, most first'],
  ['samples-up', 'samples, fewest first'],
  ['outcome', 'outcome'],
] as const;

/** Returns the gallery: controls, a list that the script fills, and its data. */
export function galleryHtml({ jobs, gallery }: Report): string {
  const { images, pictures, remarks } = gallery;
  const data: GalleryData = {
    rows: images.map((image) => rowOf(image, choosingOf(jobs[image.job]!))),
    outcomes: OUTCOME_KINDS.map((kind) => OUTCOME_WORDS[kind]),
    jobs: jobs.length > 1 ? jobs.map(({ set }) => set.label) : null,
    radii: jobs.some(({ set }) => set.job.claim.stop.kind !== 'predict'),
    perPage: PER_PAGE,
    pictures: pictures.map((of) => (of === null ? null : layoutOf(of))),
  };
  const sentences = remarks.map((remark) => `<p class="quiet">${escapeHtml(remark)}</p>`).join('\n');
  return `${sentences}
<noscript><p>The gallery needs the script of this file. Everything else is here without it, and all images are in results.jsonl.</p></noscript>
<div id="gallery-controls" class="controls" hidden>${controls(data, images)}</div>
<p id="gallery-status" role="status"></p>
<ul id="gallery-list" class="cards"></ul>
${onPaper(images.length)}<div id="gallery-pages" class="controls" hidden><button type="button" id="gallery-before">Earlier images</button><button type="button" id="gallery-after">Further images</button></div>
<script type="application/json" id="gallery-data">${jsonForHtml(data)}</script>
${pictures.flatMap(sheetsHtml).join('\n')}`;
}

/** Returns a sentence that only paper shows, where it cannot show all images. */
const onPaper = (images: number): string =>
  images <= PER_PAGE
    ? ''
    : `<p class="paper">This print has only the images that the screen showed, at most ${PER_PAGE}. The file itself has ${whole(images)}.</p>\n`;

/** Returns the sheets of a job as data: base64 holds nothing that HTML would read. */
const sheetsHtml = (pictures: PictureSheets | null, job: number): string[] =>
  (pictures?.sheets ?? []).map(
    (sheet, at) => `<script type="text/plain" id="sheet-${job}-${at}">${sheet}</script>`,
  );

/** Returns where pictures stand, without the sheets themselves. */
function layoutOf(pictures: PictureSheets): PictureLayout {
  const { width, height, cellWidth, cellHeight, copies, columns, places, type } = pictures;
  return { width, height, cellWidth, cellHeight, copies, columns, places, type };
}

/** Returns how many samples of an image choose its class, and prove nothing. */
const choosingOf = ({ set: { job } }: ReportedJob): number =>
  RULES[job.claim.stop.kind].firstLookChooses ? job.claim.looks[0]! : 0;

/** Returns an image as the script reads it. @param choosing samples that only chose its class */
function rowOf(
  { job, result, file, label, class: named, picture }: GalleryImage,
  choosing: number,
): GalleryRow {
  const { image, radius, samples, stop, detail } = result;
  const outcome = OUTCOME_KINDS.indexOf(outcomeKind(result));
  const why = detail === null ? stopWords(stop) : `${detail} (${stop})`;
  return [
    job,
    image,
    outcome,
    Number(radiusDown(radius)),
    samples,
    label,
    named,
    votesWords(result, choosing),
    why,
    file,
    picture,
  ];
}

/**
 * Returns how many of the votes the class got; without a class, the most that one got. Where not all samples are among them, it says which are.
 *
 * @param choosing samples before them that chose the class
 */
function votesWords({ class: named, counts, samples }: ImageResult, choosing: number): string {
  const all = totalOf(counts);
  const invalid = counts.invalid === 0 ? '' : `, ${whole(counts.invalid)} invalid`;
  if (named === null) {
    const most = counts.votes.reduce((a, b) => Math.max(a, b), 0);
    return `at most ${whole(most)} of ${whole(all)} for a class${invalid}`;
  }
  const behind = choosing === 0 ? '' : `, behind the ${whole(choosing)} that chose the class`;
  const proved = choosing + all < samples ? `; proved by the first ${whole(choosing + all)} samples` : '';
  return `${whole(votesOf(counts, named))} of ${whole(all)}${invalid}${behind}${proved}`;
}

function controls(data: GalleryData, images: readonly GalleryImage[]): string {
  const present = new Set(images.map(({ result }) => OUTCOME_KINDS.indexOf(outcomeKind(result))));
  const outcomes = data.outcomes
    .map((name, at): [string, string] => [`${at}`, name])
    .filter((_, at) => present.has(at));
  const sorts = SORTS.filter(([key]) => data.radii || !key.startsWith('radius'));
  const jobs = (data.jobs ?? []).map((label, at): [string, string] => [`${at}`, label]);
  return [
    select('gallery-sort', 'Sort by', sorts),
    select('gallery-outcome', 'Show', [['', 'all outcomes'], ...outcomes]),
    data.jobs === null ? '' : select('gallery-job', 'Job', [['', 'all jobs'], ...jobs]),
    '<label>Find <input id="gallery-find" type="search" autocomplete="off" placeholder="number, class or file"></label>',
  ].join('');
}

const select = (id: string, label: string, options: readonly (readonly [string, string])[]): string =>
  `<label>${label} <select id="${id}" autocomplete="off">${options
    .map(([value, text]) => `<option value="${value}">${escapeHtml(text)}</option>`)
    .join('')}</select></label>`;
