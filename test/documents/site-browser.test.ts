import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, openTab, violationsOf } from '../harness/browser.js';
import { buildSite, type BuiltSite } from '../harness/built-site.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** The site of the documents as people see it, in a real browser, served from a folder below the root of a server. */

const folder = folderOfAllTests();

describe.skipIf(chromiumPath === null)('the site in a browser', () => {
  let site: BuiltSite;
  beforeAll(async () => {
    site = await buildSite(folder.path);
  });
  afterAll(() => site[Symbol.asyncDispose]());
  const tabAt = async (page: string, options: BrowserContextOptions = {}) => {
    const tab = await openTab(site.browser, options);
    await tab.page.goto(`${site.address}${page}`);
    return tab;
  };

  it.each(['light', 'dark'] as const)('breaks no rule of axe-core: %s', async (colorScheme) => {
    await using tab = await tabAt('plan.html', { colorScheme });
    expect(await violationsOf(tab.page)).toEqual([]);
    expect(tab.complaints).toEqual([]);
    expect(tab.requests.filter((url) => !url.startsWith(site.address))).toEqual([]);
  });

  it('finds words, and leads to the section that has them', async () => {
    await using tab = await tabAt('plan.html');
    await tab.page.locator('#q').fill('spending');
    await tab.page.keyboard.press('Enter');
    const results = tab.page.locator('#results li');
    await results.first().waitFor();
    expect(await tab.page.locator('#found').textContent()).toMatch(/^\d+ pages have “spending”\.$/);
    const sections = await tab.page.evaluate<string[]>(
      '[...document.querySelectorAll("#results a")].map((link) => link.getAttribute("href"))',
    );
    expect(sections).toContainEqual(expect.stringMatching(/\/below\/guarantee\.html#gain-with-spending$/));
    await results.first().locator('a').first().click();
    await tab.page.waitForURL(/\/below\/\w+\.html/);
    expect(await tab.page.locator('article').textContent()).toContain('spending');
    expect(tab.complaints).toEqual([]);
    expect(tab.requests.filter((url) => !url.startsWith(site.address))).toEqual([]);
  });

  it.each([
    ['plot', 'smoothcert for Python'],
    ['σ', 'Compare noise levels'],
    ['how long does it take', 'Questions'],
    ['abstain', 'Questions'],
  ])('lists pages to read before those to look things up: %s', async (asked, first) => {
    await using tab = await tabAt(`search.html?q=${encodeURIComponent(asked)}`);
    await tab.page.locator('#results li').first().waitFor();
    const titles = await tab.page.evaluate<string[]>(
      '[...document.querySelectorAll("#results h2")].map((title) => title.textContent)',
    );
    expect(titles.slice(0, 2)).toContain(first);
    expect(
      titles.slice(0, 3).filter((title) => /^(Licences|Limits|Changelog|The oracle)/.test(title)),
    ).toEqual([]);
  });

  it('says so where a search finds nothing, and shows what was asked as text', async () => {
    await using tab = await tabAt(
      `search.html?q=${encodeURIComponent('<img src=x onerror=alert(1)>zzqqxx')}`,
    );
    await tab.page.locator('#found', { hasText: 'zzqqxx' }).waitFor();
    expect(await tab.page.locator('#found').textContent()).toContain('<img src=x onerror=alert(1)>');
    expect(await tab.page.locator('main img').count()).toBe(0);
    expect(tab.complaints).toEqual([]);
  });

  it('is read by keyboard: the first stop leads past the menu, to the text', async () => {
    await using tab = await tabAt('plan.html');
    await tab.page.keyboard.press('Tab');
    expect(await tab.page.evaluate('document.activeElement.textContent')).toBe('To the text');
    await tab.page.keyboard.press('Enter');
    await tab.page.keyboard.press('Tab');
    expect(await tab.page.evaluate('document.activeElement.closest("main") !== null')).toBe(true);
  });

  it('is complete without JavaScript, and opened from a disk', async () => {
    await using tab = await openTab(site.browser, { javaScriptEnabled: false });
    await tab.page.goto(`file://${folder.file('plan.html')}`);
    await tab.page.locator('.menu .wide a', { hasText: 'Install' }).click();
    expect(await tab.page.locator('h1').textContent()).toBe('Install');
    expect(tab.complaints).toEqual([]);
  });

  it('prints the text alone', async () => {
    await using tab = await tabAt('plan.html');
    await tab.page.emulateMedia({ media: 'print' });
    expect(await tab.page.locator('article').isVisible()).toBe(true);
    for (const part of ['.menu', '.contents', '.top', '.turn'])
      expect([part, await tab.page.locator(part).isVisible()]).toEqual([part, false]);
  });
});
