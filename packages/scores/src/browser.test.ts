import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { bundleForPage, hasChromium, launchChromium } from '@adlib/testing/chromium';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as inNode from '../test/inPage.js';

// Skipped where there is no Chromium: name one in CHROMIUM_PATH.
describe.skipIf(!hasChromium)('in Chromium', () => {
  let browser: Browser;
  let server: Server;
  let policy: string;

  beforeAll(async () => {
    const bundle = await bundleForPage(fileURLToPath(new URL('../test/inPage.ts', import.meta.url)));
    server = createServer((request, response) => {
      const isPage = request.url === '/';
      const headers = { 'content-type': isPage ? 'text/html' : 'text/javascript', 'content-security-policy': policy };
      response.writeHead(200, headers).end(isPage ? '<!doctype html><script src="/bundle.js"></script>' : bundle);
    }).listen(0, '127.0.0.1');
    browser = await launchChromium();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    server.close();
  });

  test.each([
    ['with WebAssembly', "script-src 'self' 'wasm-unsafe-eval'", false],
    ['where a content security policy forbids WebAssembly', "script-src 'self'", true],
  ])('pairs of images as in Node, %s', async (_title, rule, plain) => {
    policy = rule;
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(await page.evaluate('adlib.isPlain()')).toBe(plain);
    const found = await page.evaluate<Record<string, number>>('adlib.similarities()');
    const wanted = inNode.similarities();
    expect(Object.keys(found)).toEqual(Object.keys(wanted));
    for (const [name, value] of Object.entries(wanted)) {
      // The plain loops add up PSNR's squares in float64, those in WebAssembly in float32.
      expect(Math.abs(found[name]! / value - 1), name).toBeLessThan(plain ? 1e-6 : 1e-12);
    }
    await page.close();
  });
});
