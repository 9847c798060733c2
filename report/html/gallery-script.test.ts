import { describe, expect, it } from 'vitest';
import { SHEETS, galleryImages, reportOf, reportedJob, resultsOf } from '../../test/support/reports.js';
import { openHtml } from '../../test/support/html-document.js';
import { startCopying, startGallery, type PageDocument, type PageElement } from './gallery-script.js';
import { galleryHtml } from './gallery-html.js';
import type { Report } from './report-content.js';

/** Opens a gallery. Returns what a reader finds and does there: in a document of a server, which draws no pictures. */
function opened(report: Report) {
  const { document, Event } = openHtml(
    `<!doctype html><html><body><section id="gallery">${galleryHtml(report)}</section></body></html>`,
  );
  const get = (id: string) => document.getElementById(id)!;
  Object.assign(get('gallery'), { scrollIntoView: () => undefined });
  // A select of linkedom has no value.
  for (const select of document.querySelectorAll('select'))
    Object.defineProperty(select, 'value', {
      value: select.querySelector('option')!.getAttribute('value'),
      writable: true,
    });
  startGallery(document as unknown as PageDocument);
  return {
    get,
    shown: () =>
      [...document.querySelectorAll('#gallery-list h3')].map((one) =>
        Number(one.textContent.replace('Image ', '')),
      ),
    canvases: () => [...document.querySelectorAll('#gallery-list canvas')],
    text: () => get('gallery-list').textContent,
    status: () => get('gallery-status').textContent,
    choose(id: string, value: string) {
      (get(id) as unknown as PageElement).value = value;
      get(id).dispatchEvent(new Event(id === 'gallery-find' ? 'input' : 'change'));
    },
    press: (id: string) => get(id).dispatchEvent(new Event('click')),
  };
}

const RESULTS = resultsOf(100);
const by = (key: (image: number) => number) =>
  RESULTS.map(({ image }) => image).sort((a, b) => key(a) - key(b) || a - b);

describe('the gallery in a browser', () => {
  it('shows the first images, and the others page by page', () => {
    const gallery = opened(reportOf(RESULTS));
    expect(gallery.shown()).toEqual(by((image) => image).slice(0, 48));
    expect(gallery.status()).toBe('Images 1 to 48 of 100.');
    gallery.press('gallery-after');
    gallery.press('gallery-after');
    expect(gallery.shown()).toEqual([96, 97, 98, 99]);
    expect(gallery.status()).toBe('Images 97 to 100 of 100.');
    expect((gallery.get('gallery-after') as unknown as PageElement).disabled).toBe(true);
    gallery.press('gallery-before');
    expect(gallery.shown()[0]).toBe(48);
  });

  it.each([
    ['radius-down', (image: number) => -RESULTS[image]!.radius],
    ['radius-up', (image: number) => RESULTS[image]!.radius],
    ['samples-down', (image: number) => -RESULTS[image]!.samples],
    ['samples-up', (image: number) => RESULTS[image]!.samples],
    ['outcome', (image: number) => [0, 1, 7, 8][image % 4]!],
  ])('sorts by %s, equal ones by their number', (name, key) => {
    const gallery = opened(reportOf(RESULTS));
    gallery.press('gallery-after');
    gallery.choose('gallery-sort', name);
    expect(gallery.shown()).toEqual(by(key).slice(0, 48));
  });

  it('shows one outcome, and what is looked for', () => {
    const gallery = opened(reportOf(RESULTS));
    const outcomes = [...gallery.get('gallery-outcome').querySelectorAll('option')];
    expect(outcomes.map((one) => one.textContent)).toEqual([
      'all outcomes',
      'certified, right',
      'certified, wrong',
      'abstained',
      'failed',
    ]);
    gallery.choose('gallery-outcome', outcomes[4]!.getAttribute('value')!);
    expect(gallery.shown()).toEqual(by((image) => image).filter((image) => image % 4 === 3));
    expect(gallery.text()).toContain('The model failed. (INFERENCE_FAILED)');
    gallery.choose('gallery-find', '99');
    expect(gallery.shown()).toEqual([99]);
    gallery.choose('gallery-find', 'no such class');
    expect(gallery.status()).toBe('No image is like that.');
  });

  it('finds files and classes by name, in either case', () => {
    const images = galleryImages(RESULTS).map((one, at) => ({
      ...one,
      file: at === 5 ? 'Cats/12.png' : null,
    }));
    const gallery = opened(reportOf(RESULTS, { gallery: { images, pictures: [null], remarks: [] } }));
    gallery.choose('gallery-find', 'cats/');
    expect(gallery.shown()).toEqual([5]);
    expect(gallery.text()).toContain('Cats/12.png');
  });

  it('shows names as text, whatever they hold', () => {
    const hostile = '</script><img src=x onerror=alert(1)>';
    const images = galleryImages(RESULTS.slice(0, 1), { file: hostile, label: hostile });
    const gallery = opened(reportOf(RESULTS, { gallery: { images, pictures: [null], remarks: [] } }));
    expect(gallery.text()).toContain(hostile);
    expect([...gallery.get('gallery').querySelectorAll('img')]).toHaveLength(0);
  });

  it('has places for an image and its noisy copy, each with a name', () => {
    const images = galleryImages(RESULTS.slice(0, 3)).map((one, at) => ({
      ...one,
      picture: at === 1 ? null : at,
    }));
    const gallery = opened(reportOf(RESULTS, { gallery: { images, pictures: [SHEETS], remarks: [] } }));
    expect(gallery.canvases().map((one) => one.getAttribute('aria-label'))).toEqual([
      'image 0',
      'noisy copy of image 0',
      'image 2',
      'noisy copy of image 2',
    ]);
  });

  it('tells jobs apart', () => {
    const jobs = [reportedJob(RESULTS), reportedJob(RESULTS)].map((job, at) => ({
      ...job,
      set: { ...job.set, label: `job ${'AB'[at]!}` },
    }));
    const images = jobs.flatMap((_, job) => galleryImages(RESULTS.slice(0, 3), { job }));
    const gallery = opened(
      reportOf(RESULTS, { jobs, gallery: { images, pictures: [null, null], remarks: [] } }),
    );
    expect(gallery.shown()).toEqual([0, 0, 1, 1, 2, 2]);
    gallery.choose('gallery-job', '1');
    expect(gallery.shown()).toEqual([0, 1, 2]);
    expect(gallery.text()).toContain('job B');
    expect(gallery.text()).not.toContain('job A');
  });
});

describe('buttons that copy', () => {
  it('hand over the text that they name, and stay away where a browser copies nothing', () => {
    const { document, Event } = openHtml(
      '<!doctype html><html><body><pre id="t">a &lt; b</pre><button data-copies="t" hidden>Copy</button></body></html>',
    );
    const button = document.querySelector('button')!;
    startCopying(document as unknown as PageDocument, {});
    expect(button.hidden).toBe(true);
    const copied: string[] = [];
    const writeText = (text: string) => Promise.resolve(void copied.push(text));
    startCopying(document as unknown as PageDocument, { clipboard: { writeText } });
    expect(button.hidden).toBe(false);
    button.dispatchEvent(new Event('click'));
    expect(copied).toEqual(['a < b']);
  });
});
