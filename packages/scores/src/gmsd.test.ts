import type { Image } from '@adlib/core';
import { expect, test } from 'vitest';
import { golden } from '../test/golden.js';
import { patternPair } from '../test/pattern.js';
import { gmsd } from './gmsd.js';

const { rows } = golden('scores_torch') as { rows: { size: [number, number]; gmsd: number }[] };

test.each(rows)('equals piq on $size', ({ size, gmsd: expected }) => {
  expect(gmsd(...patternPair(...size)).score).toBeCloseTo(expected, 7);
});

test('by hand, without halving: one bright pixel in 3x4', () => {
  const image: Image = { data: new Float32Array(12), width: 4, height: 3, channels: 1 };
  const spot = { ...image, data: new Float32Array(12) };
  spot.data[5] = 0.3; // row 1, column 1: a straight neighbour has magnitude 0.1, a diagonal one 0.1 sqrt 2
  const c = 0.01;
  const straight = c / (0.1 ** 2 + c);
  const diagonal = c / (2 * 0.1 ** 2 + c);
  const { map, score, similarity } = gmsd(image, spot, { downsample: false, c, pooling: 'mean' });
  expect(map.get(1, 0)).toBeCloseTo(1 - straight, 6);
  expect(map.get(0, 0)).toBeCloseTo(1 - diagonal, 6);
  expect(map.get(1, 1)).toBe(0);
  expect(map.get(2, 3)).toBe(0);
  expect(score).toBeCloseTo(1 - (4 * straight + 4 * diagonal + 4) / 12, 6);
  expect(similarity).toBeCloseTo(1 - score, 12);
});

test('of equal images is 0, is symmetric, and the map has the size of the image', () => {
  const [a, b] = patternPair(51, 38);
  expect(gmsd(a, a).score).toBe(0);
  expect(gmsd(b, a).score).toBeCloseTo(gmsd(a, b).score, 12);
  expect(gmsd(a, b).map.shape).toEqual([51, 38]);
});

test('refuses bad input; NaN stays NaN', () => {
  const [a, b] = patternPair(8, 6);
  expect(() => gmsd(a, patternPair(6, 8)[0])).toThrow('gmsd: reconstruction must have the size of image (8×6×1)');
  expect(() => gmsd(a, b, { c: 0 })).toThrow(RangeError);
  expect(() => gmsd(a, b, { pooling: 'max' as never })).toThrow("got 'max'");
  expect(gmsd(a, { ...b, data: new Float32Array(48).fill(NaN) }).score).toBeNaN();
});
