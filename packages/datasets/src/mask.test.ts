import { mkdtemp } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { writePng } from './encode.js';
import { readMask } from './mask.js';

const dir = await mkdtemp(join(tmpdir(), 'adlib-mask-'));
const path = join(dir, 'm.png');
const png = (data: number[], channels: 1 | 3 = 1): Promise<void> =>
  writePng(path, { data: Uint8Array.from(data), width: data.length / channels, height: 1, channels });

test('above half of full brightness is defective, grey edges below are not', async () => {
  await png([0, 1, 127, 128, 255]);
  expect([...(await readMask(path)).data]).toEqual([0, 0, 0, 1, 1]);
});

test('class numbers and 0/1: everything but 0', async () => {
  await png([0, 1, 0, 5]);
  expect([...(await readMask(path)).data]).toEqual([0, 1, 0, 1]);
});

test('any channel of a coloured mask counts', async () => {
  await png([0, 0, 0, 0, 0, 200, 200, 0, 0], 3);
  expect([...(await readMask(path)).data]).toEqual([0, 1, 1]);
});

test('16 bit', async () => {
  await writePng(path, { data: Uint16Array.of(0, 32767, 32768, 65535), width: 2, height: 2, channels: 1 });
  expect(await readMask(path, { size: [2, 2] })).toEqual({ data: Uint8Array.of(0, 0, 1, 1), width: 2, height: 2 });
});

test('small values of a JPEG are noise', async () => {
  const raw = { width: 16, height: 8, channels: 1 } as const;
  writeFileSync(path, await sharp(new Uint8Array(128).fill(9), { raw }).toColourspace('b-w').jpeg().toBuffer());
  expect((await readMask(path)).data.includes(1)).toBe(false);
});

test('a mask comes back as it was written', async () => {
  const mask = { data: Uint8Array.of(0, 1, 1, 0, 0, 1), width: 3, height: 2 };
  await writePng(path, mask);
  expect(await readMask(path)).toEqual(mask);
});

test('another size is refused with both sizes', async () => {
  await png([0, 255, 0]);
  await expect(readMask(path, { size: [1, 4] })).rejects.toThrow(
    `${path}: the mask is 3×1, its picture is 4×1 (width×height). Export the mask at the size of the picture.`,
  );
  await expect(readMask(path, { sizes: [1, 3] } as object)).rejects.toThrow('got sizes');
});

test('a limit: 0 takes every value but 0, also beside bright ones', async () => {
  await png([0, 1, 127, 128, 255]);
  expect([...(await readMask(path, { above: 0 })).data]).toEqual([0, 1, 1, 1, 1]);
  expect([...(await readMask(path, { above: 0.6 })).data]).toEqual([0, 0, 0, 0, 1]);
  expect([...(await readMask(path, { above: 1 })).data]).toEqual([0, 0, 0, 0, 0]);
  await expect(readMask(path, { above: 128 })).rejects.toThrow('above must be a finite number in [0, 1], got 128');
});
