import { renderSvg } from '../figures/render-svg.js';
import type { Figure } from '../figures/figure.js';
import { htmlDocument, type Section } from './document.js';
import { escapeHtml } from './escape-html.js';
import { galleryHtml } from './gallery-html.js';
import { GALLERY_SCRIPT } from './gallery-script.js';
import { jobSections } from './job-sections.js';
import { openingHtml, titleOf } from './opening.js';
import type { Report } from './report-content.js';

/**
 * Returns a report as one HTML file that needs nothing else, in the order in which a stranger learns most: answer, figures and tables, gallery, claim,
 * audits, how to repeat it. Texts from outside are escaped.
 */
export function reportHtml(report: Report): string {
  const { jobs, version } = report;
  return htmlDocument({
    title: titleOf(jobs),
    opening: openingHtml(jobs),
    sections: [...resultSections(report), ...jobSections(jobs)],
    footer: `<p>Written by smoothcert ${escapeHtml(version)} from job.json and the results. This file needs no network and sends nothing.</p>`,
    script: GALLERY_SCRIPT,
  });
}

function resultSections(report: Report): Section[] {
  return [
    ...report.figures.map((figure) => ({
      id: `figure-${figure.name}`,
      title: figure.title,
      content: figureHtml(figure),
    })),
    { id: 'gallery', title: 'The images', content: galleryHtml(report) },
  ];
}

/** Returns a figure with its caption as text, so that it is read out and wraps on small screens. */
function figureHtml(figure: Figure): string {
  const svg = renderSvg({ ...figure, caption: '' }, 'page');
  return `<figure>
<div class="chart scroll" tabindex="0" role="group" aria-label="${escapeHtml(figure.title)}">${svg}</div>
<figcaption>${escapeHtml(figure.caption)}</figcaption>
</figure>`;
}
