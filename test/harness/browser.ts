import { accessSync, constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { ROOT } from './command.js';

/** The path of the Chromium on the PATH; null without one. Where there is none, tests that need it say so and are skipped. */
export const chromiumPath: string | null = onPath(['chromium', 'chromium-browser', 'google-chrome']);
if (chromiumPath === null) console.warn('chromium is not on the PATH: all tests in a browser are SKIPPED.');

function onPath(names: readonly string[]): string | null {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const files = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return files.find(isProgram) ?? null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts a headless Chromium, which must be there (`chromiumPath`). It ends with this process at the latest. */
export function openBrowser(): Promise<Browser> {
  // Chromium refuses to be sandboxed by root, as whom containers run tests. It sees pages of this project alone.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: chromiumPath!, args });
}

/** A tab whose doings are watched. */
export interface Tab extends AsyncDisposable {
  readonly page: Page;
  /** Errors and warnings of the console, and errors that nothing caught. */
  readonly complaints: readonly string[];
  /** Addresses that were asked for, without those of the page's own data (`data:`, `blob:`). */
  readonly requests: readonly string[];
}

/** Opens a tab of its own: nothing is shared with others. `await using` closes it. */
export async function openTab(browser: Browser, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  // A test that hangs is ended by its own time-out, which knows how slow it may be.
  page.setDefaultTimeout(0);
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url())) requests.push(request.url());
  });
  return { page, complaints, requests, [Symbol.asyncDispose]: () => context.close() };
}

/** A rule that a page breaks, and where. */
export interface Violation {
  readonly rule: string;
  readonly help: string;
  readonly where: readonly string[];
}

/** The answer of axe-core, as far as it is used. */
interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
  }[];
}

let axe: string | null = null;

/** Returns what axe-core finds wrong with a page as it is shown now: all its rules on accessibility, best practices included. */
export async function violationsOf(page: Page): Promise<Violation[]> {
  axe ??= await readFile(path.join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');
  // By the debugger: a strict Content-Security-Policy refuses script elements.
  await page.evaluate(axe);
  const found = await page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
  return found.violations.map(({ id, help, nodes }) => ({
    rule: id,
    help,
    where: nodes.map(({ target, failureSummary }) => `${JSON.stringify(target)}: ${failureSummary ?? ''}`),
  }));
}

/** Returns by how many pixels a page is wider than its window: 0 if nobody must scroll sideways. */
export const overhang = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
