import type { Figure } from '../figures/figure.js';
import { renderSvg } from '../figures/render-svg.js';
import type { Section } from './document.js';
import { escapeHtml } from './escape-html.js';

/** The sections that figures stand in, in the order of the report, and the beginnings of the names of their figures. */
const SECTIONS = [
  {
    id: 'radii',
    title: 'How far images are certified',
    names: ['certified-accuracy', 'envelope', 'mean-radius'],
  },
  { id: 'outcomes', title: 'What became of the images', names: ['outcomes', 'stops'] },
  { id: 'samples', title: 'How many samples it took', names: ['samples', 'spent'] },
  { id: 'votes', title: 'How sure the votes are', names: ['p-'] },
  { id: 'further', title: 'Further figures', names: [''] },
] as const;

export type FigureSectionId = (typeof SECTIONS)[number]['id'];

/** Returns the sections of figures; those without any are left out. @param more HTML that follows the figures of a section */
export function figureSections(
  figures: readonly Figure[],
  more: Readonly<Partial<Record<FigureSectionId, string>>>,
): Section[] {
  const placed = new Map(figures.map((figure) => [figure, sectionOf(figure.name)]));
  return SECTIONS.flatMap(({ id, title }) => {
    const ours = figures.filter((figure) => placed.get(figure) === id);
    const drawn =
      ours.length === 0 ? '' : `<div class="figures">\n${ours.map(figureHtml).join('\n')}\n</div>`;
    const content = `${drawn}\n${more[id] ?? ''}`.trim();
    return content === '' ? [] : [{ id, title, content }];
  });
}

const sectionOf = (figure: string): FigureSectionId =>
  SECTIONS.find(({ names }) => names.some((name) => figure.startsWith(name)))!.id;

/** Returns a figure with its caption as text, so that it is read out, and wraps on a small screen. */
function figureHtml(figure: Figure): string {
  const svg = renderSvg({ ...figure, caption: '' }, 'page');
  const title = escapeHtml(figure.title);
  return `<figure>
<div class="chart scroll" tabindex="0" role="group" aria-label="${title}">${svg}</div>
<figcaption>${escapeHtml(figure.caption)}</figcaption>
</figure>`;
}
