import { execFileSync } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, openBrowser, openTab, overhang, violationsOf } from '../harness/browser.js';
import { ROOT } from '../harness/command.js';
import { serveFolder, type FileServer } from '../harness/file-server.js';
import { filesWith } from '../support/dead-links.js';
import { folderOfAllTests } from '../support/temporary-folder.js';

/** Every page of the site, in light on a desk and in dark on a phone. */

const site = folderOfAllTests();

describe.skipIf(chromiumPath === null)('every page of the site', () => {
  let browser: Browser;
  let server: FileServer;
  beforeAll(async () => {
    execFileSync(process.execPath, ['site/build.mjs', site.path], { cwd: ROOT });
    server = await serveFolder(site.path);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
  });

  it.each([
    ['light', 1280],
    ['dark', 320],
  ] as const)(
    'breaks no rule of axe-core, is no wider than the window, asks no other host and complains of nothing: %s, %i pixels',
    { timeout: 600_000 },
    async (colorScheme, width) => {
      const pages = filesWith(site.path, '.html');
      await using tab = await openTab(browser, { colorScheme, viewport: { width, height: 800 } });
      for (const page of [...pages, 'search.html?q=spending']) {
        await tab.page.goto(`${server.address}${page}`);
        if (page.includes('?')) await tab.page.locator('#results li').first().waitFor();
        expect([page, await violationsOf(tab.page)]).toEqual([page, []]);
        expect([page, await overhang(tab.page)]).toEqual([page, 0]);
      }
      expect(tab.complaints).toEqual([]);
      expect(tab.requests.filter((url) => !url.startsWith(server.address))).toEqual([]);
      expect(tab.requests.length).toBeGreaterThan(pages.length);
    },
  );
});
