import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, openBrowser } from '../harness/browser.js';
import {
  ENDLESS,
  FAILED_REQUEST,
  PAGE_TEST_MS,
  Served,
  TOKEN,
  heading,
  isClean,
  openPage,
  shows,
  suitsEverybody,
} from './page-bed.js';

describe.runIf(chromiumPath !== null)('the page of a server with tokens', { timeout: PAGE_TEST_MS }, () => {
  let browser: Browser;
  let served: Served;
  beforeAll(async () => {
    [browser, served] = await Promise.all([openBrowser(), Served.start(true)]);
  });
  afterAll(async () => {
    await browser.close();
    await served[Symbol.asyncDispose]();
  });

  it('asks for one, refuses a wrong one, keeps a right one for the tab, and forgets it when told to', async () => {
    await using tab = await openPage(browser, served.url);
    const { page } = tab;
    await heading(page, 'A token, please').waitFor();
    await suitsEverybody(page);
    await page.getByLabel('Token').fill('not-one-of-them-0123456789');
    await page.getByLabel('Token').press('Enter');
    await page.getByRole('alert').getByText('does not accept this token').waitFor();
    await suitsEverybody(page);
    await page.getByLabel('Token').fill(TOKEN);
    await page.getByRole('button', { name: 'Use this token' }).click();
    await heading(page, 'Jobs').waitFor();
    await shows(page, 'There are no jobs yet');

    await page.reload();
    await shows(page, 'There are no jobs yet');
    expect(await page.evaluate<number>('localStorage.length')).toBe(0);
    expect(await page.evaluate<string>('document.cookie')).toBe('');
    await page.getByRole('button', { name: 'Forget the token' }).click();
    await heading(page, 'A token, please').waitFor();
    expect(await page.evaluate<number>('sessionStorage.length')).toBe(0);
    // A wrong token is answered with 401, of which the console tells.
    isClean(tab, served.url, FAILED_REQUEST);
  });

  it('cancels a job once that is confirmed, and shows pictures and files that only the token gives', async () => {
    const id = await served.submit(ENDLESS);
    await using tab = await openPage(browser, served.url, `#/jobs/${id}`);
    const { page } = tab;
    await page.getByLabel('Token').fill(TOKEN);
    await page.getByLabel('Token').press('Enter');
    await page.getByText('running', { exact: true }).waitFor();
    await page.getByRole('link', { name: /^[1-9]\d* certified/ }).waitFor();
    await page.getByRole('img', { name: /^Certified accuracy against radius/ }).waitFor();

    await page.getByRole('button', { name: 'Cancel …' }).click();
    await page.getByRole('dialog', { name: 'Cancel many digits?' }).waitFor();
    await suitsEverybody(page);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByText('running', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Cancel …' }).click();
    await page.getByRole('button', { name: 'Cancel the job' }).click();
    await page.getByText('cancelled', { exact: true }).waitFor();
    const seen = await served.command('job', id, '--json');
    expect(JSON.parse(seen.stdout)).toMatchObject({ state: 'cancelled' });

    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Report' }).click();
    expect((await download).suggestedFilename()).toBe(`${id}-report.html`);
    await page
      .getByRole('link', { name: /certified/ })
      .first()
      .click();
    await page
      .getByRole('img', { name: /^Image \d+$/ })
      .first()
      .waitFor();
    await page.getByLabel('with noise').check();
    await page
      .getByRole('img', { name: /^Image \d+, with noise$/ })
      .first()
      .waitFor();
    isClean(tab, served.url);
  });
});
