import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hasChromium, launchChromium } from '@adlib/testing/chromium';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoAudit, demoPictures } from '../test/demo-audit.js';
import { demoResults, demoSamples } from '../test/demo.js';
import { auditReport } from './audit.js';
import { renderReport } from './report.js';

interface Visit {
  page: Page;
  /** Console errors, page errors, and requests other than for the page and its `data:` addresses. */
  complaints: string[];
  close: () => Promise<void>;
}

// Skipped where there is no Chromium: name one in CHROMIUM_PATH.
describe.skipIf(!hasChromium)('in Chromium', () => {
  let browser: Browser;
  let folder: string;
  const hostile = `"><img src="http://127.0.0.1:9/x.png" onerror="console.error('ran')"><script>console.error('ran')</script>`;
  const results = demoResults({ review: 0.004 });
  const samples = demoSamples(results, 2, [150, 200]);
  const training = { images: 300, history: [1, 2, 3, 4].map((step) => ({ step, loss: 1 / step })) };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adlib-report-'));
    await writeFile(join(folder, 'plain.html'), renderReport(results, { samples, training }));
    const named = { ...results, data: { ...results.data, name: hostile }, warnings: [hostile] };
    const marked = samples.map((s) => ({ ...s, result: { ...s.result, id: hostile, defect: hostile } }));
    await writeFile(join(folder, 'hostile.html'), renderReport(named, { samples: marked, title: hostile }));
    const [audited, bad] = [demoAudit(), demoAudit(hostile)];
    await writeFile(join(folder, 'audit.html'), auditReport(audited, { pictures: demoPictures(audited) }));
    await writeFile(
      join(folder, 'hostile-audit.html'),
      auditReport(bad, { pictures: demoPictures(bad), title: hostile }),
    );
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function visit(file: string, options: BrowserContextOptions = {}): Promise<Visit> {
    const context = await browser.newContext({ offline: true, ...options });
    const page = await context.newPage();
    const url = pathToFileURL(join(folder, file)).href;
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (request.url() !== url && !request.url().startsWith('data:')) complaints.push(`request: ${request.url()}`);
    });
    await page.goto(url);
    return { page, complaints, close: () => context.close() };
  }

  /** Natural sizes of all embedded pictures as the browser decodes them; `null` where it cannot. */
  const decoded = (page: Page) =>
    page.evaluate(() =>
      Promise.all(
        [...document.querySelectorAll('image')].map(async (node) => {
          const image = new Image();
          image.src = node.getAttribute('href')!;
          await image.decode().catch(() => undefined);
          return { found: [image.naturalWidth, image.naturalHeight], wanted: [node.width.baseVal.value, node.height.baseVal.value] }; // prettier-ignore
        }),
      ),
    );

  test('opens offline with no complaint and no request, and every picture is decoded', async () => {
    const { page, complaints, close } = await visit('plain.html');
    const pictures = await decoded(page);
    const masks = samples.filter((s) => s.mask).length;
    expect(pictures).toHaveLength(2 * samples.length + masks);
    for (const { found, wanted } of pictures) expect(found).toEqual(wanted);
    expect(await page.title()).toBe('Evaluation: screw');
    expect(complaints).toEqual([]);
    await close();
  });

  test.each(['hostile.html', 'hostile-audit.html'])(
    '%s: hostile names are shown as text: nothing runs, nothing is fetched',
    async (file) => {
      const { page, complaints, close } = await visit(file, { offline: false });
      expect(await page.locator('h1').innerText()).toBe(hostile);
      expect(await page.locator('script, img').count()).toBe(0);
      expect(complaints).toEqual([]);
      await close();
    },
  );

  test('the page of an audit opens offline; copies stand side by side, and links lead to their kind', async () => {
    const { page, complaints, close } = await visit('audit.html');
    const pictures = await decoded(page);
    expect(pictures).toHaveLength(2 + 2 + 6 * 2);
    for (const { found, wanted } of pictures) expect(found).toEqual(wanted);
    const [left, right] = await Promise.all([0, 1].map((i) => page.locator('#leak figure').nth(i).boundingBox()));
    expect(left!.y).toBe(right!.y);
    expect(right!.x).toBeGreaterThanOrEqual(left!.x + left!.width);
    await page.getByRole('link', { name: 'Pictures brighter or darker than the others' }).click();
    expect(
      await page.locator('#brightness h2').evaluate((node) => Math.abs(node.getBoundingClientRect().top)),
    ).toBeLessThan(60);
    await page.getByText('3 more findings of this kind').click();
    expect(await page.getByText('Mean brightness of train/good/dark 8.png').isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    await close();
  });

  test('the page forbids itself to fetch anything, should something slip in', async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked++;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { page, complaints, close } = await visit('plain.html', { offline: false });
    await page.evaluate(
      (url) => {
        const image = document.createElement('img');
        image.src = url;
        document.body.append(image);
      },
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.png`,
    );
    await expect.poll(() => complaints.join()).toContain('Content Security Policy');
    await close();
    await new Promise((resolve) => server.close(resolve));
    expect(asked).toBe(0);
  });

  test('the overlay shows the grey picture and the heat map in the middle cell', async () => {
    const best = samples.findIndex((s) => s.kind === 'best');
    const { page, close } = await visit('plain.html', { javaScriptEnabled: false });
    const cell = page.locator('.card').nth(best).locator('svg.picture');
    const [image, heat] = [await cell.nth(0).screenshot(), await cell.nth(1).screenshot()];
    const colorful = async (png: Buffer) => {
      const { default: sharp } = await import('sharp');
      const { data } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      let [strong, grey] = [0, 0];
      for (let i = 0; i < data.length; i += 3) {
        const spread = Math.max(data[i]!, data[i + 1]!, data[i + 2]!) - Math.min(data[i]!, data[i + 1]!, data[i + 2]!);
        if (spread > 120) strong++;
        if (spread < 25) grey++;
      }
      return { strong: strong / (data.length / 3), grey: grey / (data.length / 3) };
    };
    expect((await colorful(image)).strong).toBe(0);
    const overlay = await colorful(heat);
    expect(overlay.strong).toBeGreaterThan(0.005);
    expect(overlay.strong).toBeLessThan(0.3);
    await close();
  });

  test.each([
    ['desktop', 1280, 'light'],
    ['desktop, dark', 1280, 'dark'],
    ['narrow', 360, 'light'],
  ] as const)('%s: nothing sticks out of the page, and axe finds no fault', async (_, width, colorScheme) => {
    for (const file of ['plain.html', 'hostile.html', 'audit.html', 'hostile-audit.html']) {
      const { page, close } = await visit(file, { viewport: { width, height: 800 }, colorScheme });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await close();
    }
    for (const file of ['plain.html', 'audit.html']) {
      const { page, close } = await visit(file, { viewport: { width, height: 800 }, colorScheme, bypassCSP: true });
      await page.addScriptTag({ content: axe.source });
      const faults = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }; // prettier-ignore
        return (await axe.run()).violations.map((v) => `${v.id}: ${v.nodes[0]!.html.slice(0, 200)}`);
      });
      expect(faults).toEqual([]);
      await close();
    }
  });

  test('prints on white, with nothing cut off at the width of A4', async () => {
    const defects = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`type ${i}`, 1]));
    await writeFile(join(folder, 'long.html'), renderReport(demoResults({ defects }), { samples }));
    const { page, close } = await visit('long.html', { viewport: { width: 703, height: 1000 }, colorScheme: 'dark' });
    const cut = () =>
      page.evaluate(
        () =>
          [...document.querySelectorAll('.scroll, .wide')].filter(
            (n) => n.scrollHeight > n.clientHeight + 1 || n.scrollWidth > n.clientWidth + 1,
          ).length,
      );
    expect(await cut()).toBeGreaterThan(0);
    await page.emulateMedia({ media: 'print' });
    expect(await cut()).toBe(0);
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)');
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
    await close();
  });
});
