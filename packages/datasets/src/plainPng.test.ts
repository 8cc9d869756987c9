import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync } from 'node:zlib';
import { createRandom, type Image } from '@adlib/core';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodeImage, decodeWithSharp } from './decode.js';
import { encodePng } from './encode.js';
import { decodePlainPng, loadDecoder } from './plainPng.js';

const random = createRandom(1);
const picture = (channels: 1 | 3, bits: 8 | 16, [width, height] = [23, 17] as [number, number]): Image => {
  const data = new (bits === 8 ? Uint8Array : Uint16Array)(width * height * channels);
  data.forEach((_, i) => (data[i] = random.integer(2 ** bits)));
  return { data, width, height, channels };
};
const colour = picture(3, 8);
const open = ({ data, width, height, channels } = colour): Sharp => sharp(data, { raw: { width, height, channels } });

/** A chunk with its length and checksum. */
function chunk(kind: string, content: string | Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), Buffer.from(content)]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** A grey picture of 2×2 pixels with 1, 2, 3, 4 in it, and chunks before, between and after its two parts. */
function grey(before: Uint8Array[] = [], between: Uint8Array[] = [], after: Uint8Array[] = []): Buffer {
  const header = chunk('IHDR', Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0, 0));
  const packed = deflateSync(Uint8Array.of(0, 1, 2, 0, 3, 4));
  const parts = [packed.subarray(0, 5), packed.subarray(5)].map((part) => chunk('IDAT', part));
  return Buffer.concat([signature, header, ...before, parts[0]!, ...between, parts[1]!, ...after, chunk('IEND', '')]);
}

const plain: Record<string, () => Promise<Uint8Array> | Uint8Array> = {
  'RGB, 8 bit': () => encodePng(colour),
  'grey, 8 bit': () => encodePng(picture(1, 8)),
  'RGB, 16 bit': () => encodePng(picture(3, 16)),
  'grey, 16 bit': () => encodePng(picture(1, 16)),
  'every filter': () => open().png({ adaptiveFiltering: true }).toBuffer(),
  'not compressed': () => open().png({ compressionLevel: 0 }).toBuffer(),
  'one pixel': () => encodePng(picture(3, 8, [1, 1])),
  'one column': () => encodePng(picture(1, 16, [1, 9])),
  'a colour profile': () => open().withIccProfile('p3').png().toBuffer(),
  'a resolution': () => grey([chunk('pHYs', Uint8Array.of(0, 0, 1, 0, 0, 0, 2, 0, 1))]),
  'two parts': () => grey(),
  'a gamma': () => grey([chunk('gAMA', Uint8Array.of(0, 0, 0x40, 0))]),
  'few significant bits': () => grey([chunk('sBIT', Uint8Array.of(4))]),
  'a text': () => grey([chunk('tEXt', 'Software\0x')], [], [chunk('tIME', Uint8Array.of(7, 234, 1, 1, 1, 1, 1))]),
  'bytes after the end': () => Buffer.concat([grey(), Buffer.alloc(99, 7)]),
};

const others: Record<string, () => Promise<Uint8Array> | Uint8Array> = {
  palette: () => open().png({ palette: true }).toBuffer(),
  interlaced: () => open().png({ progressive: true }).toBuffer(),
  'opaque alpha': () => open().ensureAlpha().png().toBuffer(),
  'EXIF rotation': () =>
    open()
      .withExif({ IFD0: { Orientation: '6' } })
      .png()
      .toBuffer(),
  'EXIF rotation in a text': () => grey([chunk('tEXt', 'Raw profile type exif\0\nexif\n8\n4578696600004d4d')]),
  'a chunk of unknown effect': () => grey([chunk('acTL', new Uint8Array(8))]),
  JPEG: () => open().jpeg().toBuffer(),
  'JPEG, grey and turned': () =>
    open(picture(1, 8))
      .toColourspace('b-w')
      .withExif({ IFD0: { Orientation: '8' } })
      .jpeg()
      .toBuffer(),
  WebP: () => open().webp({ lossless: true }).toBuffer(),
  TIFF: () => open().tiff({ compression: 'lzw' }).toBuffer(),
};

describe('decodePlainPng', () => {
  test.each(Object.entries(plain))('the values of sharp: %s', async (_, make) => {
    const bytes = await make();
    const image = await decodePlainPng(bytes);
    expect(image).toEqual(await decodeWithSharp(bytes, 'x'));
    expect(image).toEqual(await decodeImage(bytes));
  });

  test.each(Object.entries(others))('leaves to sharp: %s', async (_, make) => {
    const bytes = await make();
    expect(await decodePlainPng(bytes)).toBeUndefined();
    expect(await decodeImage(bytes)).toEqual(await decodeWithSharp(bytes, 'x'));
  });

  test('what Pillow wrote: the values of sharp, or left to it', async () => {
    const file = new URL('../../../fixtures/datasets_images.json', import.meta.url);
    const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: { name: string; file: string }[] };
    const read: string[] = [];
    for (const { name, file } of cases) {
      const bytes = Buffer.from(file, 'base64');
      const image = await decodePlainPng(bytes);
      if (image === undefined) continue;
      read.push(name);
      expect(image).toEqual(await decodeWithSharp(bytes, name));
    }
    expect(read).toEqual(['PNG RGB', 'PNG grey', 'PNG grey 16 bit']);
  });

  test('damaged: the same error as from sharp', async () => {
    const whole = await encodePng(colour);
    const outcome = (reading: Promise<unknown>) => reading.catch((error: unknown) => String(error));
    let refused = 0;
    for (let i = 0; i < 300; i++) {
      let bytes = Buffer.from(whole);
      if (i % 3 === 0) bytes = bytes.subarray(0, 1 + random.integer(bytes.length - 1));
      else bytes[random.integer(bytes.length)]! ^= 1 << random.integer(8);
      const expected = await outcome(decodeWithSharp(bytes, 'x.png'));
      expect(await outcome(decodeImage(bytes, { name: 'x.png' }))).toEqual(expected);
      if (typeof expected === 'string') refused++;
    }
    expect(refused).toBeGreaterThan(250);
  });

  test('chunks that do not belong there, sizes that are not believed: left to sharp', async () => {
    const text = chunk('tEXt', 'a\0b');
    expect(await decodePlainPng(grey([], [text]))).toBeUndefined();
    const large = grey();
    large.writeUInt32BE(2 ** 31 - 1, 16);
    expect(await decodePlainPng(large)).toBeUndefined();
    await expect(decodeImage(large, { name: 'x.png' })).rejects.toThrow('x.png: is damaged or cut off');
    expect(await decodePlainPng(grey().subarray(0, -12))).toBeUndefined();
  });

  test('without the peer, or where it fails: left to sharp', async () => {
    const bytes = await encodePng(colour);
    const missing = loadDecoder(() => Promise.reject(new Error("Cannot find package '@napi-rs/image'")));
    expect(await missing).toBeUndefined();
    expect(await decodePlainPng(bytes, missing)).toBeUndefined();
    for (const rawPixels of [() => Promise.reject(new Error('no')), () => Promise.resolve(new Uint8Array(7))]) {
      const decoder = class {
        rawPixels = rawPixels;
      };
      expect(await decodePlainPng(bytes, Promise.resolve(decoder))).toBeUndefined();
    }
  });

  const data = fileURLToPath(new URL('../../../../shared/data/mvtec/', import.meta.url));
  test.skipIf(!existsSync(data)).each(['bottle', 'screw'])('photographs of MVTec AD: %s', async (part) => {
    const dir = `${data}${part}/train/good/`;
    for (const name of readdirSync(dir).slice(0, 20)) {
      const bytes = readFileSync(dir + name);
      const image = await decodePlainPng(bytes);
      expect(Buffer.compare(image!.data as Uint8Array, (await decodeWithSharp(bytes, name)).data as Uint8Array)).toBe(
        0,
      );
    }
  });
});
