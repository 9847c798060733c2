import type { Figure } from '../figures/figure.js';
import type { Table } from '../tables/table.js';
import type { Section } from './document.js';
import { figureHtml } from './figure-html.js';
import { tableSection } from './table-sections.js';

/** The sections that figures and tables stand in, in the order of the report, and the beginnings of their names. */
const SECTIONS = [
  {
    id: 'radii',
    title: 'How far images are certified',
    names: ['certified-accuracy', 'envelope', 'mean-radius', 'results', 'accuracy-by'],
  },
  { id: 'outcomes', title: 'What became of the images', names: ['outcomes', 'stops'] },
  { id: 'samples', title: 'How many samples it took', names: ['samples', 'spent'] },
  { id: 'votes', title: 'How sure the votes are', names: ['p-'] },
  { id: 'further', title: 'Further figures', names: [''] },
] as const;

/** Returns the sections of figures and tables; those without any are left out. */
export function figureSections(figures: readonly Figure[], tables: readonly Table[]): Section[] {
  return SECTIONS.flatMap(({ id, title }) => {
    const isOurs = ({ name }: { readonly name: string }) => sectionOf(name) === id;
    const drawn = figures.filter(isOurs).map(figureHtml);
    const content = [
      ...(drawn.length === 0 ? [] : [`<div class="figures">\n${drawn.join('\n')}\n</div>`]),
      ...tables.filter(isOurs).map(tableSection),
    ];
    return content.length === 0 ? [] : [{ id, title, content: content.join('\n') }];
  });
}

const sectionOf = (name: string): string =>
  SECTIONS.find(({ names }) => names.some((beginning) => name.startsWith(beginning)))!.id;
