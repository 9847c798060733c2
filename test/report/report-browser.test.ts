import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathToFileURL } from 'node:url';
import { chromiumPath, openBrowser, openTab, overhang, violationsOf } from '../harness/browser.js';
import { runCommand } from '../harness/command.js';
import { DIGITS, MODELS, certifyWithReport, rowsOf } from '../harness/results.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** report.html as people see it, in a real browser. */

const folder = folderOfAllTests();
const one = () => pathToFileURL(folder.file('one', 'report.html')).href;
const several = () => pathToFileURL(folder.file('several.html')).href;

describe.skipIf(chromiumPath === null)('a report in a browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    const digits = { ...DIGITS, sigma: 0.5, seed: 5, 'min-gain': 'quick', images: '0:60' };
    const colours = {
      model: `${MODELS}/colour-nchw.onnx`,
      data: `${MODELS}/images-colour-nchw.npz`,
      sigma: 0.25,
      seed: 5,
    };
    await runCommand(certifyWithReport({ ...digits, out: folder.file('one') }));
    await runCommand(certifyWithReport({ ...colours, out: folder.file('two'), 'no-report': true }));
    await runCommand([
      'report',
      folder.file('one'),
      folder.file('two'),
      '--out',
      folder.file('several.html'),
    ]);
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  it.each(['light', 'dark'] as const)(
    'breaks no rule of axe-core, asks for nothing and complains of nothing: %s',
    async (colorScheme) => {
      for (const url of [one(), several()]) {
        await using tab = await openTab(browser, { colorScheme });
        await tab.page.goto(url);
        expect(await tab.page.locator('#gallery-list li').count()).toBeGreaterThan(0);
        expect(await violationsOf(tab.page)).toEqual([]);
        expect(tab.requests).toEqual([url]);
        expect(tab.complaints).toEqual([]);
      }
    },
  );

  it.each([320, 768, 1280])('is no wider than a window of %i pixels', async (width) => {
    for (const url of [one(), several()]) {
      await using tab = await openTab(browser, { viewport: { width, height: 800 } });
      await tab.page.goto(url);
      expect(await overhang(tab.page)).toBe(0);
    }
  });

  it.each([
    [320, 'narrow'],
    [1280, 'wide'],
  ] as const)('shows whole figures in a window of %i pixels: those that are %s', async (width, shown) => {
    await using tab = await openTab(browser, { viewport: { width, height: 800 } });
    await tab.page.goto(one());
    for (const chart of await tab.page.locator('.chart').all()) {
      expect(await chart.locator(`.${shown}`).isVisible()).toBe(true);
      expect(await chart.locator('svg[role="img"]:visible').count()).toBe(1);
      const box = (await chart.locator(`.${shown} > svg`).boundingBox())!;
      expect(box.x + box.width).toBeLessThanOrEqual(width);
    }
  });

  it('draws images and their noisy copies', async () => {
    await using tab = await openTab(browser);
    await tab.page.goto(one());
    const canvases = tab.page.locator('#gallery-list canvas');
    expect(await canvases.count()).toBe(2 * 48);
    // A canvas that nothing was drawn on is transparent everywhere.
    await tab.page.waitForFunction(
      '[...document.querySelectorAll("#gallery-list canvas")].every((one) => one.getContext("2d").getImageData(0, 0, 8, 8).data[3] === 255)',
    );
    const [image, copy] = await tab.page.evaluate<number[][]>(
      '[...document.querySelectorAll("#gallery-list canvas")].slice(0, 2).map((one) => [...one.getContext("2d").getImageData(0, 0, 8, 8).data])',
    );
    expect(copy).not.toEqual(image);
  });

  it('sorts by keyboard alone', async () => {
    await using tab = await openTab(browser);
    await tab.page.goto(one());
    const rows = await rowsOf(folder.file('one'));
    const focused = () => tab.page.evaluate<string>('document.activeElement.id');
    for (let presses = 0; (await focused()) !== 'gallery-sort'; presses++) {
      expect(presses).toBeLessThan(100);
      await tab.page.keyboard.press('Tab');
    }
    await tab.page.keyboard.press('ArrowDown');
    const largest = rows.reduce((best, row) => (row.radius > best.radius ? row : best));
    await expect
      .poll(() => tab.page.locator('#gallery-list h3').first().textContent())
      .toBe(`Image ${largest.image}`);
    await tab.page.keyboard.press('Tab');
    await tab.page.keyboard.press('Tab');
    await tab.page.keyboard.type('59');
    await expect.poll(() => tab.page.locator('#gallery-status').textContent()).toBe('Images 1 to 1 of 1.');
  });

  it('prints without controls, and as a PDF', async () => {
    await using tab = await openTab(browser);
    await tab.page.goto(one());
    await tab.page.emulateMedia({ media: 'print' });
    expect(await tab.page.locator('.controls').first().isVisible()).toBe(false);
    expect(await tab.page.locator('#claim').isVisible()).toBe(true);
    expect(await tab.page.locator('.paper').textContent()).toContain('The file itself has 60.');
    expect(await tab.page.locator('.paper').isVisible()).toBe(true);
    const pdf = await tab.page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('shows answer, figures and claim without its script', async () => {
    await using tab = await openTab(browser, { javaScriptEnabled: false });
    await tab.page.goto(one());
    expect(await tab.page.locator('.answer').isVisible()).toBe(true);
    expect(await tab.page.locator('.chart svg').first().isVisible()).toBe(true);
    expect(await tab.page.locator('noscript p').isVisible()).toBe(true);
    expect(await tab.page.locator('#gallery-controls').isVisible()).toBe(false);
  });
});
