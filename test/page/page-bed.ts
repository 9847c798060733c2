import { writeFile } from 'node:fs/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { openTab, overhang, violationsOf, type Tab } from '../harness/browser.js';
import { runCommand } from '../harness/command.js';
import { DIGITS_JOB, project } from '../harness/local-job.js';
import { freePort } from '../harness/nats-server.js';
import { Part } from '../harness/parts.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

const digits = (...more: readonly string[]): readonly string[] => [...DIGITS_JOB, '--seed', '11', ...more];

/** A job of a few seconds for one process. */
export const SECONDS = digits('--images', '::10', '--name', 'a few digits');
/** Far longer than any test; it is cancelled. Its first images are decided after some seconds. */
export const ENDLESS = digits(
  '--stop',
  'fixed',
  '--bound',
  'clopper-pearson',
  '--max-samples',
  '200000',
  '--name',
  'many digits',
);
/** A quarter of its 40 images fail. */
export const FAILING = [
  '--model',
  project('test/fixtures/models/fails-sometimes.onnx'),
  '--data',
  project('test/fixtures/models/images.npz'),
  '--sigma',
  '0.05',
  '--seed',
  '3',
  '--max-samples',
  '512',
  '--name',
  'some fail',
];

export const TOKEN = 'a-token-of-the-page-0123456789';

/** Ends a test that hangs: a view is looked at by axe-core several times, which takes a busy machine long. */
export const PAGE_TEST_MS = 600_000;

/** A real `serve`, with a store and addresses that stay when it is started again. */
export class Served implements AsyncDisposable {
  private constructor(
    private part: Part,
    private readonly folder: TemporaryFolder,
    readonly grpc: string,
    readonly http: string,
    private readonly args: readonly string[],
  ) {}

  /** @param withToken clients must send `TOKEN` */
  static async start(withToken = false): Promise<Served> {
    const folder = new TemporaryFolder();
    const [grpc, http] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
    const where = ['--store', folder.file('store'), '--grpc', grpc, '--http', http, '--processes', '1'];
    await writeFile(folder.file('token'), `${TOKEN}\n`, { mode: 0o600 });
    const args = ['serve', ...where, ...(withToken ? ['--token-file', folder.file('token')] : [])];
    const served = new Served(new Part('serve', args), folder, grpc, http, args);
    await served.part.says(/Ready/);
    return served;
  }

  get url(): string {
    return `http://${this.http}/`;
  }

  /** Ends it, as a crash does. */
  async kill(): Promise<void> {
    await this.part.end('SIGKILL');
  }

  /** Starts it again, on the same store. */
  async again(): Promise<void> {
    this.part = new Part('serve', this.args);
    await this.part.says(/Ready/);
  }

  /** Submits a job and does not wait. Returns its id. */
  async submit(job: readonly string[], more: readonly string[] = []): Promise<string> {
    const { code, stdout, stderr } = await this.command('submit', ...job, '--detach', ...more);
    const found = /j-[0-9a-f]{20}/.exec(stdout + stderr);
    if (code !== 0 || !found) throw new Error(stderr);
    return found[0];
  }

  /** Runs a command of a client of this server. */
  command(...args: readonly string[]) {
    const token = this.args.includes('--token-file') ? ['--token-file', this.folder.file('token')] : [];
    return runCommand([...args, '--server', this.grpc, ...token]);
  }

  file(name: string): string {
    return this.folder.file(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.part[Symbol.asyncDispose]();
    this.folder[Symbol.dispose]();
  }
}

/** Opens the page of a server in a tab of its own. @param hash place of the page */
export async function openPage(
  browser: Browser,
  url: string,
  hash = '',
  options: BrowserContextOptions = {},
): Promise<Tab> {
  const tab = await openTab(browser, options);
  await tab.page.goto(`${url}${hash}`);
  return tab;
}

/** The heading of the view that is shown. */
export const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name });

/** Waits until the page shows this. */
export const shows = (page: Page, text: string | RegExp): Promise<void> =>
  page.getByText(text).first().waitFor();

/** Waits until the page shows this no longer. */
export const hides = (page: Page, text: string | RegExp): Promise<void> =>
  page.getByText(text).first().waitFor({ state: 'hidden' });

/** A view as it must be for everybody: no rule of axe-core is broken, and nothing must be scrolled sideways, at any width, in light and in dark. */
export async function suitsEverybody(page: Page): Promise<void> {
  for (const width of [320, 768, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    expect([width, await overhang(page)]).toEqual([width, 0]);
    if (width === 768) continue;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violationsOf(page)).toEqual([]);
    }
  }
}

/** The tab has asked this server and no other, no address held the token, and nothing complained. @param faults complaints that are meant */
export function isClean({ requests, complaints }: Tab, url: string, faults: RegExp | null = null): void {
  expect(requests.filter((request) => !request.startsWith(url))).toEqual([]);
  expect(requests.filter((request) => request.includes(TOKEN))).toEqual([]);
  expect(complaints.filter((text) => faults === null || !faults.test(text))).toEqual([]);
}

/** Chromium says of each request that is not answered with success that it has failed. */
export const FAILED_REQUEST = /^Failed to load resource/;
