import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { synthetic, type Sample } from '@adlib/datasets';
import { encodePng } from '@adlib/datasets/node';
import { hasChromium, launchChromium } from '@adlib/testing/chromium';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kinds, learn } from './inspector.js';

/** A graphics processor in software: slow, but WebGPU as in a browser that has a real one. */
const software = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan'];
const types: Record<string, string> = { '.html': 'text/html', '.wasm': 'application/wasm' };

interface PngFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A file as the page's samples see it, in Node. */
const sampleOf = ({ name, buffer }: PngFile, sample: Sample): Sample => ({
  id: name,
  label: 'good',
  defect: 'good',
  split: 'train',
  hash: () => Promise.resolve(createHash('sha256').update(buffer).digest('hex')),
  image: () => sample.image(),
});

// Skipped where there is no Chromium: name one in CHROMIUM_PATH.
describe.skipIf(!hasChromium)('the page, in Chromium', () => {
  let folder: string;
  let server: Server;
  let address: string;
  let good: PngFile[];
  let parts: PngFile[];
  const data = synthetic('screw', { seed: 1, good: 12, testGood: 1, defective: 1, size: 64 });
  const [learned, inspected] = ['train', 'test'].map((part) => data.samples.filter(({ split }) => split === part)) as [Sample[], Sample[]]; // prettier-ignore
  const fileOf = async (sample: Sample): Promise<PngFile> => ({
    name: sample.id.replaceAll('/', '-'),
    mimeType: 'image/png',
    buffer: Buffer.from(await encodePng(await sample.image())),
  });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adlib-browser-'));
    const script = fileURLToPath(new URL('build-page.ts', import.meta.url));
    await promisify(execFile)(process.execPath, ['--import', import.meta.resolve('tsx'), script, folder]);
    server = createServer((request, response) => {
      const path = request.url === '/' ? '/index.html' : request.url!;
      readFile(join(folder, path)).then(
        (body) => response.writeHead(200, { 'content-type': types[extname(path)] ?? 'text/javascript' }).end(body),
        () => response.writeHead(404).end(),
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    good = await Promise.all(learned.map(fileOf));
    parts = await Promise.all(inspected.map(fileOf));
  }, 120_000);

  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Learns and inspects in a page, as a visitor does; what it said, and the scores by file. */
  async function visit(browser: Browser, kind: string, device: string) {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    const said = async (wanted: RegExp) => {
      const of = { source: `${wanted.source}|Error` };
      await page.waitForFunction(
        ({ source }) => new RegExp(source).test(document.querySelector('#state')!.textContent),
        of,
        { timeout: 240_000 },
      ); // prettier-ignore
      const text = await page.textContent('#state');
      expect(text).toMatch(wanted);
      return text!;
    };
    await page.goto(address);
    await page.setInputFiles('#good', good);
    await page.setInputFiles('#parts', parts);
    await page.selectOption('#kind', kind);
    await page.selectOption('#device', device);
    await page.click('#train');
    const text = await said(/Learned/);
    await page.click('#inspect');
    await said(/Inspected 2/);
    const captions = await page
      .locator('figcaption')
      .evaluateAll((found) =>
        found.map(
          (caption) => ['name', 'score'].map((key) => (caption as HTMLElement).dataset[key]!) as [string, string],
        ),
      );
    expect(errors).toEqual([]);
    await page.close();
    return { text, scores: captions.map(([name, score]) => [name, Number(score)] as const) };
  }

  /** The same in Node on the processor. */
  async function inNode(kind: string) {
    const samples = good.map((file, i) => sampleOf(file, learned[i]!));
    const { detector, calibration } = await learn(samples, kind, { device: 'cpu' });
    const detections = await detector.score(await Promise.all(inspected.map((sample) => sample.image())), {
      device: 'cpu',
    });
    detector.dispose();
    return { threshold: calibration.threshold.value, scores: detections.map(({ score }) => score) };
  }

  async function expectAsInNode(browser: Browser, kind: string, device: string, tolerance: number) {
    const [page, node] = [await visit(browser, kind, device), await inNode(kind)];
    const threshold = Number(/threshold (-?[\d.e-]+)\./.exec(page.text)![1]);
    expect(Math.abs(threshold - node.threshold)).toBeLessThan(tolerance * Math.abs(node.threshold) + 1e-3);
    expect(page.scores.map(([name]) => name)).toEqual(parts.map(({ name }) => name));
    page.scores.forEach(([, score], i) => {
      expect(Math.abs(score - node.scores[i]!)).toBeLessThan(tolerance * Math.max(...node.scores.map(Math.abs)));
    });
    return page;
  }

  describe('WebAssembly', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium();
    });
    afterAll(() => browser.close());

    test.each(Object.keys(kinds))('%s learns and scores as in Node', { timeout: 240_000 }, async (kind) => {
      // Training adds up roundings.
      const trained = kind === 'simplenet' || kind === 'conv-autoencoder';
      const { text } = await expectAsInNode(
        browser,
        kind,
        kind === 'patchcore' ? 'auto' : 'wasm',
        trained ? 0.05 : 1e-4,
      );
      expect(text).toContain('Learned on wasm');
    });
  });

  test.skipIf(process.env['VK_DRIVER_FILES'] === undefined)(
    'WebGPU: patchcore learns and scores as in Node, and is what auto picks',
    { timeout: 300_000 },
    async () => {
      const browser = await launchChromium(software);
      try {
        const { text } = await expectAsInNode(browser, 'patchcore', 'auto', 1e-3);
        expect(text).toContain('Learned on webgpu');
      } finally {
        await browser.close();
      }
    },
  );
});
