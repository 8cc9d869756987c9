import { createRandom, type Image } from '@adlib/core';
import { expect, test } from 'vitest';
import { golden } from '../test/golden.js';
import { psnr } from './psnr.js';
import { squaredErrorMap } from './squaredErrorMap.js';

const { small } = golden('scores_similarity') as { small: { x: number[]; y: number[]; psnr: number } };
const colour = (values: number[]): Image => ({ data: Uint8Array.from(values), width: 22, height: 15, channels: 3 });

test('equals scikit-image', () => {
  expect(psnr(colour(small.x), colour(small.y)).similarity).toBeCloseTo(small.psnr, 5);
});

test('of known noise is 20 log10(1 / sd)', () => {
  const random = createRandom(1);
  const image: Image = { data: new Float32Array(200 * 300).fill(0.5), width: 300, height: 200, channels: 1 };
  const noisy = { ...image, data: image.data.map((v) => v + random.normal(0, 0.05)) };
  const { similarity, score, map } = psnr(image, noisy);
  expect(similarity).toBeCloseTo(20 * Math.log10(1 / 0.05), 1);
  expect(score).toBe(-similarity);
  expect(map.shape).toEqual([200, 300]);
  expect(psnr(image, noisy, { dataRange: 0.5 }).similarity).toBeCloseTo(similarity - 20 * Math.log10(2), 9);
});

test('of equal images is Infinity; NaN stays NaN; bad input is refused', () => {
  const image = colour(small.x);
  expect(psnr(image, image).similarity).toBe(Infinity);
  expect(psnr(image, image).score).toBe(-Infinity);
  const broken: Image = { ...image, data: new Float32Array(15 * 22 * 3).fill(NaN) };
  expect(psnr(image, broken).score).toBeNaN();
  expect(() => psnr(image, image, { dataRange: -1 })).toThrow('psnr: dataRange');
  expect(() => psnr(image, image, { range: 1 } as never)).toThrow('got range');
});

test('the map is that of the images compared, made once', () => {
  const [x, y] = [colour(small.x), colour(small.y)];
  const result = psnr(x, y);
  expect(result.map).toBe(result.map);
  expect(result.map.data).toEqual(squaredErrorMap(x, y).data);
  const late = psnr(x, y);
  y.data.fill(0);
  expect(() => late.map).toThrow('psnr: the images have changed');
  expect(result.map.data).not.toEqual(squaredErrorMap(x, y).data);
});
