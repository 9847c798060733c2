/**
 * The script of report.html: sorts, filters and shows the gallery a page at a time, and copies tables. It runs in the browser, as the text of its
 * functions: each names only functions of this file that are handed on, and the browser. Whatever it shows of the data it sets as text.
 */

/** The parts of a browser that are used. */
export interface PageElement {
  textContent: string | null;
  value: string;
  hidden: boolean;
  disabled: boolean;
  className: string;
  readonly dataset: Readonly<Record<string, string>>;
  width: number;
  height: number;
  src: string;
  append(...children: (PageElement | string)[]): void;
  replaceChildren(...children: PageElement[]): void;
  setAttribute(name: string, value: string): void;
  addEventListener(type: string, listener: () => void): void;
  querySelector(selector: string): PageElement | null;
  getContext(kind: '2d'): Canvas | null;
  scrollIntoView(): void;
}
interface Canvas {
  drawImage(from: PageElement, ...box: readonly number[]): void;
}
export interface PageDocument {
  getElementById(id: string): PageElement | null;
  createElement(name: string): PageElement;
  querySelectorAll(selector: string): Iterable<PageElement>;
}

/** A row of the gallery as the document holds it; gallery-html.ts writes it. */
export type GalleryRow = readonly [
  job: number,
  image: number,
  outcome: number,
  radius: number,
  samples: number,
  label: string | null,
  named: string | null,
  votes: string,
  stop: string,
  file: string | null,
  picture: number | null,
];
export interface GalleryData {
  readonly rows: readonly GalleryRow[];
  readonly outcomes: readonly string[];
  /** Labels of the jobs; null of one job alone. */
  readonly jobs: readonly string[] | null;
  readonly radii: boolean;
  readonly perPage: number;
  /** Of each job; null: it has none. */
  readonly pictures: readonly (PictureLayout | null)[];
}

/** Where pictures stand on sheets: as `PictureSheets` of report-content.ts says. */
export interface PictureLayout {
  readonly width: number;
  readonly height: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly copies: boolean;
  readonly columns: number;
  readonly places: number;
  readonly type: string;
}

/** A picture that is to be drawn. */
interface Wanted {
  readonly job: number;
  readonly picture: number;
  readonly copy: boolean;
  readonly canvas: PageElement;
}

/** Returns the rows that the choices leave, in the order that they ask for. */
function chosenRows(
  data: GalleryData,
  choice: { sort: string; outcome: string; job: string; find: string },
): GalleryRow[] {
  const find = choice.find.trim().toLowerCase();
  const words = (row: GalleryRow) => [String(row[1]), row[5], row[6], row[9]];
  const found = (row: GalleryRow) =>
    find === '' || words(row).some((word) => word !== null && word.toLowerCase().includes(find));
  const kept = data.rows.filter(
    (row) =>
      (choice.outcome === '' || row[2] === Number(choice.outcome)) &&
      (choice.job === '' || row[0] === Number(choice.job)) &&
      found(row),
  );
  const keys: Record<string, (row: GalleryRow) => number> = {
    image: () => 0,
    'radius-down': (row) => -row[3],
    'radius-up': (row) => row[3],
    'samples-down': (row) => -row[4],
    'samples-up': (row) => row[4],
    outcome: (row) => row[2],
  };
  const key = keys[choice.sort]!;
  return kept.sort((a, b) => key(a) - key(b) || a[1] - b[1] || a[0] - b[0]);
}

/** Draws one picture of a sheet once the sheet is there; sheets are decoded when they are first needed. */
function drawPicture(
  document: PageDocument,
  sheets: Map<string, PageElement>,
  data: GalleryData,
  { job, picture, copy, canvas }: Wanted,
): void {
  const { width, height, cellWidth, cellHeight, copies, columns, places, type } = data.pictures[job]!;
  const id = `sheet-${job}-${Math.floor(picture / places)}`;
  const at = picture % places;
  const x = (at % columns) * cellWidth * (copies ? 2 : 1) + (copy ? cellWidth : 0);
  const y = Math.floor(at / columns) * cellHeight;
  const known = sheets.get(id);
  const sheet = known ?? document.createElement('img');
  const draw = () => {
    canvas.getContext('2d')?.drawImage(sheet, x, y, width, height, 0, 0, width, height);
  };
  if (sheet.dataset['ready'] === 'yes') draw();
  else sheet.addEventListener('load', draw);
  if (known !== undefined) return;
  sheets.set(id, sheet);
  sheet.addEventListener('load', () => sheet.setAttribute('data-ready', 'yes'));
  sheet.src = `data:${type};base64,${document.getElementById(id)!.textContent ?? ''}`;
}

/** Returns one image of the gallery as a list item. */
function cardOf(
  document: PageDocument,
  data: GalleryData,
  row: GalleryRow,
  draw: (wanted: Wanted) => void,
): PageElement {
  const [job, image, outcome, radius, samples, label, named, votes, stop, file, picture] = row;
  const make = (name: string, text: string, className = '') => {
    const element = document.createElement(name);
    element.textContent = text;
    element.className = className;
    return element;
  };
  const card = make('li', '', `card outcome-${outcome}`);
  const layout = data.pictures[job] ?? null;
  if (picture !== null && layout !== null) {
    const pictures = make('div', '', 'pictures');
    for (const copy of layout.copies ? [false, true] : [false]) {
      const canvas = make('canvas', '');
      canvas.width = layout.width;
      canvas.height = layout.height;
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', copy ? `noisy copy of image ${image}` : `image ${image}`);
      pictures.append(canvas);
      draw({ job, picture, copy, canvas });
    }
    card.append(pictures);
  }
  const facts: [string, string | null][] = [
    ['job', data.jobs === null ? null : data.jobs[job]!],
    ['file', file],
    ['label', label],
    ['class', named],
    ['radius', data.radii && named !== null ? String(radius) : null],
    ['votes', votes],
    ['samples', samples.toLocaleString('en-US')],
    ['stopped', stop],
  ];
  const list = make('dl', '');
  for (const [name, value] of facts) {
    if (value !== null) list.append(make('dt', name), make('dd', value));
  }
  card.append(make('h3', `Image ${image}`), make('p', data.outcomes[outcome]!, 'outcome'), list);
  return card;
}

/** Makes the gallery live: controls, pages, pictures. */
export function startGallery(document: PageDocument): void {
  const source = document.getElementById('gallery-data');
  if (source === null) return;
  const data = JSON.parse(source.textContent ?? '') as GalleryData;
  const byId = (id: string) => document.getElementById(id);
  const list = byId('gallery-list')!;
  const status = byId('gallery-status')!;
  const [before, after] = [byId('gallery-before')!, byId('gallery-after')!];
  const sheets = new Map<string, PageElement>();
  let page = 0;
  const show = () => {
    const valueOf = (id: string) => byId(id)?.value ?? '';
    const rows = chosenRows(data, {
      sort: valueOf('gallery-sort'),
      outcome: valueOf('gallery-outcome'),
      job: valueOf('gallery-job'),
      find: valueOf('gallery-find'),
    });
    const begin = page * data.perPage;
    const shown = rows.slice(begin, begin + data.perPage);
    const draw = (wanted: Wanted) => drawPicture(document, sheets, data, wanted);
    list.replaceChildren(...shown.map((row) => cardOf(document, data, row, draw)));
    const number = (value: number) => value.toLocaleString('en-US');
    status.textContent =
      rows.length === 0
        ? 'No image is like that.'
        : `Images ${number(begin + 1)} to ${number(begin + shown.length)} of ${number(rows.length)}.`;
    before.disabled = page === 0;
    after.disabled = begin + shown.length >= rows.length;
  };
  const turn = (by: number) => {
    page += by;
    show();
    byId('gallery')!.scrollIntoView();
  };
  const again = () => {
    page = 0;
    show();
  };
  for (const id of ['gallery-sort', 'gallery-outcome', 'gallery-job'])
    byId(id)?.addEventListener('change', again);
  byId('gallery-find')!.addEventListener('input', again);
  before.addEventListener('click', () => turn(-1));
  after.addEventListener('click', () => turn(1));
  for (const id of ['gallery-controls', 'gallery-pages']) byId(id)!.hidden = false;
  show();
}

/** The parts of a browser that copying needs. */
interface Clipboard {
  readonly clipboard?: { writeText(text: string): Promise<void> };
}

/** Makes the buttons live that copy the text they name. */
export function startCopying(document: PageDocument, browser: Clipboard): void {
  const { clipboard } = browser;
  if (clipboard === undefined) return;
  for (const button of document.querySelectorAll('button[data-copies]')) {
    button.hidden = false;
    button.addEventListener('click', () => {
      const text = document.getElementById(button.dataset['copies']!)!.textContent ?? '';
      clipboard.writeText(text).then(
        () => void (button.textContent = 'Copied'),
        () => void (button.textContent = 'Not copied'),
      );
    });
  }
}

/** The text of the script. */
export const GALLERY_SCRIPT = [
  ...[chosenRows, drawPicture, cardOf, startGallery, startCopying].map(String),
  'startGallery(document);',
  'startCopying(document, navigator);',
].join('\n');
