import { resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findChromium, startChromium } from '../support/browser.ts';
import { openShop, type Shop } from '../support/shop.ts';

const chromium = findChromium();

// The only tests that may be left out: no Chromium can be had from where the others come from.
describe.skipIf(chromium === undefined)('in a browser', () => {
  let shop: Shop;
  let browser: Browser;
  let context: BrowserContext;
  let complaints: string[];

  beforeAll(async () => {
    [shop, browser] = await Promise.all([
      openShop({ env: { DEMO_PAGE: resolve('src/dev/demo.html') } }),
      startChromium(chromium ?? ''),
    ]);
  });

  beforeEach(async () => {
    context = await browser.newContext();
    complaints = [];
    // What the content security policy forbids is said there, too.
    context.on('console', (message) => {
      const { url } = message.location();
      // The payment stub's page is no page of ours.
      if (message.type() === 'error' && url.startsWith(shop.url)) complaints.push(`${message.text()} ${url}`);
    });
    context.on('weberror', (error) => complaints.push(String(error.error())));
  });

  afterEach(() => context.close());

  afterAll(async () => {
    await browser.close();
    await shop.close();
  });

  async function open(path: string): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${shop.url}${path}`);
    return page;
  }

  const row = (page: Page, ...texts: string[]) =>
    texts.reduce((rows, hasText) => rows.filter({ hasText }), page.locator('#lines tr'));
  const click = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

  it('the demo page shows each change of a cart as it comes, in every tab, up to its payment', async () => {
    const [one, other] = [await open('/demo'), await open('/demo')];
    await click(one, 'apple');
    await row(one, 'apple', '1', 'reserved').waitFor();
    await row(other, 'apple', '1', 'reserved').waitFor();
    await click(other, '+1');
    await row(one, 'apple', '2', 'reserved').waitFor();

    await click(one, 'check out');
    const [payment] = await Promise.all([context.waitForEvent('page'), other.locator('#pay').click()]);
    await shop.payments.succeed(new URL(payment.url()).pathname.split('/').at(-1) ?? '');
    for (const page of [one, other])
      await page.getByRole('status').filter({ hasText: 'completed' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('the demo page says why a command was refused', async () => {
    const page = await open('/demo');
    await click(page, 'check out');
    const problem = page.getByRole('alert').filter({ hasText: /\S/ });
    await problem.waitFor();
    expect(await problem.textContent()).toMatch(/item|line|empty/i);
  });

  it('the docs page lists the operations and sends a request from there', async () => {
    const page = await open('/docs');
    await page.locator('[id$="-createSession"]').click();
    await click(page, 'Execute');
    await page.locator('.live-responses-table .response-col_status', { hasText: '201' }).waitFor();
    expect(complaints).toEqual([]);
  });
});
