import { htmlDocument } from './document.js';
import { escapeHtml } from './escape-html.js';
import { figureSections } from './figure-sections.js';
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
  const { jobs, figures, tables, version } = report;
  return htmlDocument({
    title: titleOf(jobs),
    opening: openingHtml(jobs),
    sections: [
      ...figureSections(figures, tables),
      { id: 'gallery', title: 'The images', content: galleryHtml(report) },
      ...jobSections(jobs),
    ],
    footer: `<p>Written by smoothcert ${escapeHtml(version)} from job.json and the results of its folder. This file needs no network and sends nothing.</p>`,
    script: GALLERY_SCRIPT,
  });
}
