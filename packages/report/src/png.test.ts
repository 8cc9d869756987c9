import { createRandom, type Image } from '@adlib/core';
import { decode } from 'fast-png';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { encodeIndexedPng, encodePng, pngAddress } from './png.js';

const random = createRandom(5);
const bytes = (n: number, top = 256) => Array.from({ length: n }, () => random.integer(top));

/** Samples as libvips reads them: independent of the encoder's own decoder. */
async function read(png: Uint8Array, depth: 'uchar' | 'ushort' = 'uchar') {
  const { data, info } = await sharp(png).raw({ depth }).toBuffer({ resolveWithObject: true });
  const samples = depth === 'uchar' ? data : new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
  return { samples: [...samples], width: info.width, height: info.height, channels: info.channels };
}

describe('encodePng', () => {
  test('8-bit colour survives, non-square', async () => {
    const values = bytes(5 * 3 * 3);
    const image: Image = { data: Uint8Array.from(values), width: 5, height: 3, channels: 3 };
    expect(await read(encodePng(image))).toEqual({ samples: values, width: 5, height: 3, channels: 3 });
  });

  test('16-bit grey survives', () => {
    const data = Uint16Array.from(bytes(7 * 2, 65536));
    const png = decode(encodePng({ data, width: 7, height: 2, channels: 1 }));
    expect([png.width, png.height, png.depth, png.channels]).toEqual([7, 2, 16, 1]);
    expect([...png.data]).toEqual([...data]);
  });

  test('float is cut to [0, 1] and rounded; NaN is black', () => {
    const data = new Float32Array([-1, 0, 0.5, 1, 2, NaN]);
    const png = decode(encodePng({ data, width: 3, height: 2, channels: 1 }));
    expect([...png.data]).toEqual([0, 0, 128, 255, 255, 0]);
  });

  test('colour that is grey everywhere is written as grey', () => {
    const grey = bytes(12);
    const png = decode(encodePng({ data: Uint8Array.from(grey.flatMap((v) => [v, v, v])), width: 4, height: 3, channels: 3 })); // prettier-ignore
    expect(png.channels).toBe(1);
    expect([...png.data]).toEqual(grey);
  });

  test('does not modify its input and gives the same bytes each time', () => {
    const data = Uint8Array.from(bytes(27));
    const before = [...data];
    const image: Image = { data, width: 3, height: 3, channels: 3 };
    expect(encodePng(image)).toEqual(encodePng(image));
    expect([...data]).toEqual(before);
  });

  test('refuses what is not an image', () => {
    expect(() => encodePng({ data: new Uint8Array(5), width: 2, height: 2, channels: 1 })).toThrow(
      'encodePng: image.data must have 4 values',
    );
    expect(() => encodePng(null as unknown as Image)).toThrow(TypeError);
  });
});

test('encodeIndexedPng keeps colours and opacities of the palette', async () => {
  const table = new Uint8Array([255, 0, 0, 0, 255, 0, 10, 20, 30]);
  const png = encodeIndexedPng(new Uint8Array([0, 1, 2, 2, 1, 0]), [2, 3], table, new Float64Array([0, 0.5, 1]));
  const { samples, width, height } = await read(png);
  expect([width, height]).toEqual([3, 2]);
  const [a, b, c] = [[255, 0, 0, 0], [0, 255, 0, 128], [10, 20, 30, 254]]; // prettier-ignore
  expect(samples).toEqual([a, b, c, c, b, a].flat());
});

test('pngAddress is the file in base64', () => {
  const bytesOf = new Uint8Array([137, 80, 78, 71]);
  expect(pngAddress(bytesOf)).toBe(`data:image/png;base64,${Buffer.from(bytesOf).toString('base64')}`);
});
