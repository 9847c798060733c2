import { execFileSync } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { openBrowser } from './browser.js';
import { ROOT } from './command.js';
import { serveFolder } from './file-server.js';

/** The site of the documents, built and served, and a browser to look at it. */
export interface BuiltSite extends AsyncDisposable {
  readonly browser: Browser;
  /** The address of its folder, with a slash at its end. */
  readonly address: string;
}

/** Builds the site into a folder and serves it from there, below the root of a server; `await using` ends server and browser. */
export async function buildSite(folder: string): Promise<BuiltSite> {
  execFileSync(process.execPath, ['site/build.mjs', folder], { cwd: ROOT });
  const server = await serveFolder(folder);
  const browser = await openBrowser();
  const end = async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
  };
  return { browser, address: server.address, [Symbol.asyncDispose]: end };
}
