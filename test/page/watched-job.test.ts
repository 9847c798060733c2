import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, openBrowser } from '../harness/browser.js';
import { certifiedRows } from '../harness/army.js';
import {
  FAILING,
  PAGE_TEST_MS,
  SECONDS,
  Served,
  heading,
  isClean,
  openPage,
  shows,
  suitsEverybody,
} from './page-bed.js';

describe.runIf(chromiumPath !== null)('the page of a server', { timeout: PAGE_TEST_MS }, () => {
  let browser: Browser;
  let served: Served;
  beforeAll(async () => {
    [browser, served] = await Promise.all([openBrowser(), Served.start()]);
  });
  afterAll(async () => {
    await browser.close();
    await served[Symbol.asyncDispose]();
  });

  it('shows a real job from its beginning to its end, with figures, pictures and the same results as certify', async () => {
    const expected = await certifiedRows(SECONDS);
    await using tab = await openPage(browser, served.url);
    const { page } = tab;
    await shows(page, 'There are no jobs yet');
    const id = await served.submit(SECONDS);
    await page.getByRole('link', { name: 'a few digits' }).click();
    await heading(page, 'a few digits').waitFor();
    await page.getByText('succeeded', { exact: true }).waitFor();
    await page.getByText('30 of 30 images decided').waitFor();
    await page.getByRole('img', { name: /^Certified accuracy against radius/ }).waitFor();
    const right = rowsOf(expected).filter(({ correct }) => correct);
    await page.getByRole('link', { name: `${right.length} right` }).waitFor();
    const acr = right.reduce((sum, { radius }) => sum + radius, 0) / 30;
    const tile = page.getByRole('listitem').filter({ hasText: 'average certified radius' });
    const shown = Number(await tile.locator('strong').innerText());
    expect(acr - shown).toBeGreaterThanOrEqual(-1e-9);
    expect(acr - shown).toBeLessThan(1e-4);
    const at = (least: number) => right.filter(({ radius }) => radius >= least).length / 30;
    const share = page.getByRole('listitem').filter({ hasText: /certified accuracy at radius 0.25$/ });
    expect(Number.parseFloat(await share.locator('strong').innerText())).toBe(
      Math.floor(1000 * at(0.25) + 1e-9) / 10,
    );
    await page.getByRole('img', { name: /^Why images stopped/ }).waitFor();
    await suitsEverybody(page);

    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Results, JSON lines' }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toBe(`${id}-results.jsonl`);
    expect(await readFile(await saved.path(), 'utf8')).toBe(expected);

    await page.getByRole('link', { name: /30 certified/ }).click();
    await heading(page, 'Images').waitFor();
    await page.getByRole('combobox', { name: 'by' }).selectOption('radius, largest first');
    const largest = rowsOf(expected).sort((a, b) => b.radius - a.radius)[0]!;
    await page.getByText(`Image ${largest.image}`, { exact: true }).waitFor();
    expect(await page.getByRole('listitem').first().innerText()).toContain(`Image ${largest.image}`);
    await page.getByRole('img', { name: `Image ${largest.image}` }).waitFor();
    await suitsEverybody(page);
    await page.goBack();
    await page.goBack();
    await heading(page, 'a few digits').waitFor();
    isClean(tab, served.url);
  });

  it('shows failed images with their reasons, and what to do about them', async () => {
    const id = await served.submit(FAILING);
    await using tab = await openPage(browser, served.url, `#/jobs/${id}`);
    const { page } = tab;
    await page.getByText('partially succeeded', { exact: true }).waitFor();
    await page.getByRole('heading', { name: 'Failed images' }).waitFor();
    await page.getByRole('cell', { name: /_/ }).first().waitFor();
    await suitsEverybody(page);
    await page
      .getByRole('region', { name: 'Failed images' })
      .getByRole('link', { name: /What to do/ })
      .click();
    await heading(page, 'SmoothcertImagesFailing').waitFor();
    await suitsEverybody(page);
    isClean(tab, served.url);
  });

  it('shows workers, the runbook and the metrics, and says where nothing is', async () => {
    await using tab = await openPage(browser, served.url);
    const { page } = tab;
    await page.getByRole('link', { name: 'Workers' }).click();
    await heading(page, 'Workers').waitFor();
    await page.getByRole('cell', { name: 'cpu' }).first().waitFor();
    await suitsEverybody(page);
    await page.getByRole('link', { name: 'Runbook' }).click();
    await page.getByRole('link', { name: 'SmoothcertJobsStalled' }).waitFor();
    await suitsEverybody(page);
    await page.goto(`${served.url}#/elsewhere`);
    await heading(page, 'Nothing is here').waitFor();
    await suitsEverybody(page);
    isClean(tab, served.url);
    await page.getByRole('link', { name: /Metrics/ }).click();
    await shows(page, /smoothcert_serving/);
  });

  it('is used with a keyboard alone', async () => {
    await using tab = await openPage(browser, served.url);
    const { page } = tab;
    await heading(page, 'Jobs').waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(tab)).toBe('Skip to the content');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await focused(tab)).toBe('Workers');
    await page.keyboard.press('Enter');
    await heading(page, 'Workers').waitFor();
    // The heading takes the focus once it stands.
    await page.waitForFunction('document.activeElement.tagName === "H1"');
    expect(await focused(tab)).toBe('Workers');
  });
});

const focused = ({ page }: Awaited<ReturnType<typeof openPage>>) =>
  page.evaluate<string>('document.activeElement.textContent');

const rowsOf = (jsonl: string) =>
  jsonl
    .trim()
    .split('\n')
    .map(
      (line) =>
        JSON.parse(line) as { readonly image: number; readonly radius: number; readonly correct: boolean },
    );
