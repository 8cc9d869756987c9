import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { DatasetFormatError, type Image } from '@adlib/core';
import { bundleForPage, hasChromium, launchChromium } from '@adlib/testing/chromium';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeImage } from './decode.js';
import { encodePng } from './encode.js';
import { picturesOf, pictureSample, readPicture } from './pictures.js';

const colour: Image = {
  data: Uint8Array.from({ length: 7 * 5 * 3 }, (_, i) => (i * 53) % 256),
  width: 7,
  height: 5,
  channels: 3,
};

// Skipped where there is no Chromium: name one in CHROMIUM_PATH.
describe.skipIf(!hasChromium)('in Chromium', () => {
  let browser: Browser;
  let server: Server;
  let other: Server;
  let page: Page;
  const files: Record<string, Uint8Array> = {};

  beforeAll(async () => {
    const turned = await sharp(colour.data, { raw: { width: 7, height: 5, channels: 3 } })
      .png()
      .withMetadata({ orientation: 6 })
      .toBuffer();
    Object.assign(files, {
      '/': Buffer.from('<!doctype html><script src="/bundle.js"></script>'),
      '/bundle.js': Buffer.from(await bundleForPage(fileURLToPath(new URL('index.ts', import.meta.url)))),
      '/colour.png': await encodePng(colour),
      '/grey.png': await encodePng({ data: Uint8Array.of(0, 90, 255, 7, 8, 9), width: 2, height: 3, channels: 1 }),
      '/turned.png': turned,
      '/clear.png': await sharp({
        create: { width: 2, height: 2, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0.5 } },
      })
        .png()
        .toBuffer(),
    });
    const start = () =>
      createServer((request, response) => {
        const body = files[request.url ?? ''];
        const type = request.url === '/' ? 'text/html' : request.url === '/bundle.js' ? 'text/javascript' : 'image/png';
        response.writeHead(body === undefined ? 404 : 200, { 'content-type': type }).end(body ?? 'none');
      }).listen(0, '127.0.0.1');
    [server, other] = [start(), start()];
    browser = await launchChromium();
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    server.close();
    other.close();
  });

  /** Reads by several ways in the page; each as `[width, height, channels, ...values]`, or the error. */
  const inPage = (body: string) =>
    page.evaluate<unknown>(`(async () => {
      const shown = (promise) => promise.then(
        ({ width, height, channels, data }) => [width, height, channels, ...data],
        (error) => error.name + ': ' + error.message);
      const file = async (name) => new File([await (await fetch(name)).blob()], name.slice(1));
      ${body}
    })()`);
  const list = ({ width, height, channels, data }: Image) => [width, height, channels, ...data];

  test('file, blob, address: the values that Node reads', async () => {
    const found = await inPage(`
      const blob = await (await fetch('/colour.png')).blob();
      return Promise.all([
        shown(adlib.readPicture(await file('/colour.png'))),
        shown(adlib.readPicture(blob)),
        shown(adlib.readPicture(new URL('/colour.png', location.href))),
        shown(adlib.readPicture(await file('/grey.png'), { channels: 1 })),
        shown(adlib.readPicture(await file('/turned.png'))),
      ]);`);
    const same = list(colour);
    expect(found).toEqual([
      same,
      same,
      same,
      [2, 3, 1, 0, 90, 255, 7, 8, 9],
      list(await decodeImage(files['/turned.png']!)),
    ]);
  });

  test('canvas, bitmap, picture element, pixels, video frame: the values that were drawn', async () => {
    const found = await inPage(`
      const bitmap = await createImageBitmap(await file('/colour.png'));
      const canvas = Object.assign(document.createElement('canvas'), { width: 7, height: 5 });
      const off = new OffscreenCanvas(7, 5);
      for (const one of [canvas, off]) one.getContext('2d').drawImage(bitmap, 0, 0);
      const element = Object.assign(new Image(), { src: '/colour.png' });
      await element.decode();
      const pixels = off.getContext('2d').getImageData(0, 0, 7, 5);
      const frame = new VideoFrame(off, { timestamp: 0 });
      const read = await Promise.all([canvas, off, bitmap, element, pixels, frame].map((one) => shown(adlib.readPicture(one))));
      frame.close();
      return read;`);
    expect(found).toEqual(new Array(6).fill(list(colour)));
  });

  test('a video that plays: the frame of this moment', async () => {
    const found = await inPage(`
      const canvas = Object.assign(document.createElement('canvas'), { width: 16, height: 8 });
      const context = canvas.getContext('2d');
      context.fillStyle = '#f00'; context.fillRect(0, 0, 16, 8);
      const video = Object.assign(document.createElement('video'), { muted: true, srcObject: canvas.captureStream(30) });
      const timer = setInterval(() => context.fillRect(0, 0, 16, 8), 30);
      await video.play();
      const read = await shown(adlib.readPicture(video));
      clearInterval(timer);
      const early = await shown(adlib.readPicture(document.createElement('video')));
      return [read, early];`);
    const [[width, height, channels, red, green], early] = found as [number[], string];
    expect([width, height, channels]).toEqual([16, 8, 3]);
    expect(red).toBeGreaterThan(230);
    expect(green).toBeLessThan(25);
    expect(early).toBe('DatasetFormatError: picture: is 0×0. Wait until it has loaded.');
  });

  test('what cannot be read is told by name', async () => {
    const away = `http://127.0.0.1:${(other.address() as AddressInfo).port}/colour.png`;
    const found = await inPage(`
      const tainted = document.createElement('canvas');
      const element = Object.assign(new Image(), { src: '${away}' });
      await element.decode();
      tainted.getContext('2d').drawImage(element, 0, 0);
      return Promise.all([
        shown(adlib.readPicture(new File(['text'], 'notes.png'))),
        shown(adlib.readPicture(await file('/clear.png'))),
        shown(adlib.readPicture(new URL('/none.png', location.href))),
        shown(adlib.readPicture(new URL('${away}'))),
        shown(adlib.readPicture(element)),
        shown(adlib.readPicture(tainted, { name: 'camera' })),
        shown(adlib.readPicture({}))]);`);
    for (const [i, message] of [
      /^DatasetFormatError: notes.png: is not a picture that this browser reads/,
      /^DatasetFormatError: clear.png: has transparent pixels/,
      /^DatasetFormatError: \/none.png: the server answered 404/,
      /^DatasetFormatError: \/colour.png: cannot be fetched/,
      /comes from another site that does not allow reading/,
      /^DatasetFormatError: camera: comes from another site/,
      /^TypeError: readPicture: source must be a File, Blob, URL, canvas/,
    ].entries()) {
      expect((found as string[])[i]).toMatch(message);
    }
  });

  test('collections, batches and roles of files, as in Node', async () => {
    const found = await inPage(`
      const files = [];
      for (let i = 0; i < 12; i++) {
        const canvas = new OffscreenCanvas(8, 6);
        const context = canvas.getContext('2d');
        context.fillStyle = 'rgb(' + 20 * i + ',0,0)'; context.fillRect(0, 0, 8, 6);
        files.push(new File([await canvas.convertToBlob()], i + '.png'));
      }
      const reds = [];
      for await (const { data, shape } of adlib.batchesOf(adlib.picturesOf(files), { size: [2, 3], batchSize: 5 })) {
        for (let i = 0; i < shape[0]; i++) reds.push(Math.round(data[i * 18] * 255));
      }
      const samples = files.map((one) => adlib.pictureSample(one, { split: 'train' })).sort((a, b) => (a.id < b.id ? -1 : 1));
      const dataset = { name: 'camera', samples, warnings: [] };
      const roles = await adlib.samplesByRole(dataset, await adlib.assignRoles(dataset, { calibration: 0.25 }));
      return [reds, roles.train.length, roles.calibration.length, (await roles.train[0].image()).width];`);
    expect(found).toEqual([Array.from({ length: 12 }, (_, i) => 20 * i), 8, 3, 8]);
  });
});

describe('outside a browser', () => {
  test('says what to use; names, hashes and options need no browser', async () => {
    const file = new File(['abc'], 'part-7.png');
    await expect(readPicture(file)).rejects.toThrow('needs a browser. In Node, use readImage');
    await expect(readPicture(file, { channels: 2 as 3 })).rejects.toThrow('channels must be 1 or 3, got 2');
    await expect(readPicture(file, { size: 2 } as object)).rejects.toThrow('got size');
    await expect(picturesOf([file]).get(0)).rejects.toThrow('needs a browser');
    const sample = pictureSample(Object.assign(file, { webkitRelativePath: 'line 2/part-7.png' }), {
      label: 'defective',
    });
    expect([sample.id, sample.label, sample.defect, sample.split]).toEqual([
      'line 2/part-7.png',
      'defective',
      'defective',
      undefined,
    ]);
    expect(await sample.hash()).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(() => pictureSample({ width: 1, height: 1 })).toThrow('facts.id must be given for what has no name');
    const pixels = { data: Uint8ClampedArray.of(1, 2, 3, 255), width: 1, height: 1 };
    expect([...(await readPicture(pixels)).data]).toEqual([1, 2, 3]);
    await expect(readPicture({ ...pixels, data: new Uint8ClampedArray(4) })).rejects.toThrow(DatasetFormatError);
  });
});
