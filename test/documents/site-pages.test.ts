import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, openTab, overhang, violationsOf } from '../harness/browser.js';
import { buildSite, type BuiltSite } from '../harness/built-site.js';
import { filesWith } from '../support/dead-links.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** Every page of the site, in light on a desk and in dark on a phone. */

const folder = folderOfAllTests();

describe.skipIf(chromiumPath === null)('every page of the site', () => {
  let site: BuiltSite;
  beforeAll(async () => {
    site = await buildSite(folder.path);
  });
  afterAll(() => site[Symbol.asyncDispose]());

  it.each([
    ['light', 1280],
    ['dark', 320],
  ] as const)(
    'breaks no rule of axe-core, is no wider than the window, asks no other host and complains of nothing: %s, %i pixels',
    { timeout: 600_000 },
    async (colorScheme, width) => {
      const pages = filesWith(folder.path, '.html');
      await using tab = await openTab(site.browser, { colorScheme, viewport: { width, height: 800 } });
      for (const page of [...pages, 'search.html?q=spending']) {
        await tab.page.goto(`${site.address}${page}`);
        if (page.includes('?')) await tab.page.locator('#results li').first().waitFor();
        expect([page, await violationsOf(tab.page)]).toEqual([page, []]);
        expect([page, await overhang(tab.page)]).toEqual([page, 0]);
      }
      expect(tab.complaints).toEqual([]);
      expect(tab.requests.filter((url) => !url.startsWith(site.address))).toEqual([]);
      expect(tab.requests.length).toBeGreaterThan(pages.length);
    },
  );
});
