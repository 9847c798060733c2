import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, openBrowser } from '../harness/browser.js';
import { Cluster } from '../harness/cluster.js';
import { hasNatsServer } from '../harness/nats-server.js';
import { TcpProxy } from '../harness/tcp-proxy.js';
import {
  ENDLESS,
  FAILED_REQUEST,
  PAGE_TEST_MS,
  Served,
  heading,
  hides,
  isClean,
  openPage,
  shows,
  suitsEverybody,
} from './page-bed.js';

/** The number of images that are certified. */
const CERTIFIED = '.counts li:nth-child(2) strong';

describe.runIf(chromiumPath !== null)('the page, when something fails', { timeout: PAGE_TEST_MS }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  it('loses nothing while its server is away, and goes on when it is back', async () => {
    await using served = await Served.start();
    const id = await served.submit(ENDLESS);
    await using tab = await openPage(browser, served.url, `#/jobs/${id}`);
    const { page } = tab;
    await page.getByRole('link', { name: /^[1-9]\d* certified/ }).waitFor();
    const before = await certified(tab);
    await served.kill();
    await shows(page, 'The server cannot be reached.');
    await heading(page, 'many digits').waitFor();
    expect(await certified(tab)).toBeGreaterThanOrEqual(before);
    await shows(page, /^as of \d\d:\d\d:\d\d$/);
    expect(await page.getByRole('button', { name: 'Cancel …' }).isDisabled()).toBe(true);
    await hides(page, / left/);
    await suitsEverybody(page);
    await served.again();
    await hides(page, 'The server cannot be reached.');
    await hides(page, /^as of/);
    const then = await certified(tab);
    // It never decreases.
    await page
      .locator(CERTIFIED)
      .filter({ hasNotText: new RegExp(`^${then}$`) })
      .waitFor();
    isClean(tab, served.url, FAILED_REQUEST);
  });

  it.runIf(hasNatsServer)(
    'says that a worker is missing, that NATS is away, and takes it back when they return',
    async () => {
      await using cluster = await Cluster.start();
      const coordinator = await cluster.coordinator();
      const worker = cluster.worker('one');
      await Promise.all([coordinator.says(/Serving/), worker.says(/Ready/)]);
      const id = await cluster.detach(coordinator, ENDLESS);
      const url = `http://${coordinator.http}/`;
      await using tab = await openPage(browser, url, `#/jobs/${id}`);
      const { page } = tab;
      await page.getByText('running', { exact: true }).waitFor();
      await page.getByRole('link', { name: /^[1-9]\d* certified/ }).waitFor();

      await worker.end('SIGKILL');
      await shows(page, /^Waits: No worker/);
      await suitsEverybody(page);
      await page
        .getByRole('link', { name: /What to do/ })
        .first()
        .click();
      await heading(page, /^Smoothcert/).waitFor();
      await page.goBack();
      cluster.again(worker);
      await hides(page, /^Waits: No worker/);

      await cluster.nats.kill();
      await shows(page, /NATS/);
      await heading(page, 'many digits').waitFor();
      await suitsEverybody(page);
      await cluster.nats.restart();
      await hides(page, /NATS/);
      await page.getByText('running', { exact: true }).waitFor();
      isClean(tab, url, FAILED_REQUEST);
    },
  );

  it.runIf(hasNatsServer)(
    'goes on when a coordinator is killed and its standby takes over behind the same address',
    async () => {
      await using cluster = await Cluster.start();
      const first = await cluster.coordinator();
      const worker = cluster.worker('one');
      await Promise.all([first.says(/Serving/), worker.says(/Ready/)]);
      const standby = await cluster.coordinator();
      await standby.says(/ listens: gRPC at /);
      await using address = await TcpProxy.to(portOf(first.http));
      const id = await cluster.detach(first, ENDLESS);
      const url = `http://${address.url}/`;
      await using tab = await openPage(browser, url, `#/jobs/${id}`);
      const { page } = tab;
      await page.getByRole('link', { name: /^[1-9]\d* certified/ }).waitFor();

      await first.end('SIGKILL');
      await shows(page, 'The server cannot be reached.');
      const before = await certified(tab);
      address.leadTo(portOf(standby.http));
      await hides(page, 'The server cannot be reached.');
      await page
        .locator(CERTIFIED)
        .filter({ hasNotText: new RegExp(`^${before}$`) })
        .waitFor();
      expect(await certified(tab)).toBeGreaterThan(before);
      await page.getByText('running', { exact: true }).waitFor();
      expect(standby.log).toMatch(/Serving/);
      isClean(tab, url, FAILED_REQUEST);
    },
  );
});

const portOf = (address: string): number => Number(address.split(':').at(-1));

const certified = async ({ page }: Awaited<ReturnType<typeof openPage>>): Promise<number> =>
  Number(await page.locator(CERTIFIED).innerText());
