import { readFileSync } from 'node:fs';
import { DatasetFormatError } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { decodeImage, loadSharp, readHeader, readImage } from './decode.js';
import { encodePng } from './encode.js';

interface Case {
  name: string;
  file: string;
  bits: 8 | 16;
  height: number;
  width: number;
  channels: number;
  data: number[];
  tolerance: number;
}
const golden = JSON.parse(readFileSync(new URL('../../../fixtures/datasets_images.json', import.meta.url), 'utf8')) as {
  cases: Case[];
  refused: { name: string; file: string; message: string }[];
};
const bytesOf = (file: string): Uint8Array => new Uint8Array(Buffer.from(file, 'base64'));

describe('decodeImage', () => {
  test.each(golden.cases)('reads what Pillow wrote: $name', async (expected) => {
    const image = await decodeImage(bytesOf(expected.file));
    expect([image.height, image.width, image.channels]).toEqual([expected.height, expected.width, expected.channels]);
    expect(image.data).toBeInstanceOf(expected.bits === 16 ? Uint16Array : Uint8Array);
    const worst = expected.data.reduce((most, v, i) => Math.max(most, Math.abs(v - image.data[i]!)), 0);
    expect(worst).toBeLessThanOrEqual(expected.tolerance);
    const header = await readHeader(bytesOf(expected.file), 'x');
    expect(header).toMatchObject({
      height: expected.height,
      width: expected.width,
      channels: expected.channels,
      bits: expected.bits,
    });
  });

  test.each(golden.refused)('refuses and says why: $name', async ({ file, message }) => {
    const error = await decodeImage(bytesOf(file), { name: 'dir/x.png' }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(DatasetFormatError);
    expect((error as DatasetFormatError).path).toBe('dir/x.png');
    expect((error as Error).message).toContain(`dir/x.png: ${message}`);
  });

  test.each(golden.cases.map(({ name, file }) => [name, file] as const))('cut off: %s', async (_, file) => {
    const bytes = bytesOf(file);
    for (const share of [0, 0.1, 0.4, 0.7]) {
      const cut = bytes.slice(0, Math.floor(bytes.length * share));
      await expect(decodeImage(cut, { name: 'x.png' })).rejects.toThrow(DatasetFormatError);
    }
  });

  test('changed bytes give a picture or a named error, never anything else', async () => {
    let state = 12345;
    const next = (n: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return Math.floor((state / 4294967296) * n);
    };
    for (const { file } of golden.cases) {
      for (let i = 0; i < 12; i++) {
        const bytes = bytesOf(file);
        for (let k = 0; k < 3; k++) bytes[next(Math.min(bytes.length, 80))] = next(256);
        const result = await decodeImage(bytes).catch((e: unknown) => e);
        if (result instanceof Error) expect(result).toBeInstanceOf(DatasetFormatError);
        else expect(result).toHaveProperty('data');
      }
    }
  });

  test('what is not a picture', async () => {
    const text = new TextEncoder().encode('not a picture at all, a text file');
    await expect(decodeImage(text, { name: 'a.png' })).rejects.toThrow(
      'a.png: is not a picture (PNG, JPEG, BMP, TIFF and WebP are read). Remove it.',
    );
    await expect(decodeImage(new Uint8Array(0), { name: 'a.png' })).rejects.toThrow('a.png: the file is empty.');
    await expect(decodeImage('a.png' as unknown as Uint8Array)).rejects.toThrow(TypeError);
    await expect(readImage('/nowhere/x.png')).rejects.toThrow(/ENOENT.*\/nowhere\/x\.png/);
  });

  test('without sharp, one line says what to install', async () => {
    const missing = loadSharp(() => Promise.reject(new Error("Cannot find package 'sharp'")));
    await expect(missing).rejects.toThrow(
      /^@adlib\/datasets\/node: .* needs the package sharp\. Run: npm install sharp$/,
    );
  });
});

describe('encodePng', () => {
  test('8 and 16 bit, grey and RGB come back as they were', async () => {
    for (const kind of [Uint8Array, Uint16Array]) {
      for (const channels of [1, 3] as const) {
        const data = new kind(15 * channels);
        data.forEach((_, i) => (data[i] = i * 4001));
        const image = { data, width: 5, height: 3, channels };
        expect(await decodeImage(await encodePng(image))).toEqual(image);
      }
    }
  });
});
