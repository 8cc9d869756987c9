import { expect, test } from 'vitest';
import { ndarray } from '@adlib/core';
import { exceeds, perLocation } from './perLocation.js';

const maps = [1, 2, 3, 6].map((v) => ndarray(new Float32Array([v, 10, 100 + 10 * v, v, v, v]), [2, 3]));

test('mean plus k sample standard deviations at each pixel, never below the floor', () => {
  const limits = perLocation(maps, { k: 2, floor: 0.1 });
  const sd = Math.sqrt(14 / 3);
  const rms = Math.sqrt((4 * sd ** 2 + (10 * sd) ** 2) / 6);
  expect(limits.shape).toEqual([2, 3]);
  expect(limits.values[0]).toBeCloseTo(3 + 2 * sd, 9);
  expect(limits.values[1]).toBeCloseTo(10 + 2 * 0.1 * rms, 9); // all four are 10
  expect(limits.values[2]).toBeCloseTo(130 + 20 * sd, 9);
  expect(JSON.parse(JSON.stringify(limits))).toEqual(limits);
});

test('marks what exceeds its own limit, NaN included', () => {
  const limits = perLocation(maps, { k: 2 });
  const mask = exceeds(limits, ndarray(new Float32Array([20, 20, 150, NaN, 0, 0]), [2, 3]));
  expect([...mask.data]).toEqual([1, 1, 0, 1, 0, 0]);
  expect(mask.shape).toEqual([2, 3]);
  const turned = ndarray(new Float32Array([20, NaN, 20, 0, 150, 0]), [3, 2]).transpose(1, 0);
  expect([...exceeds(limits, turned).data]).toEqual([1, 1, 0, 1, 0, 0]);
});

test('refuses maps it cannot compare', () => {
  expect(() => perLocation(maps.slice(0, 1))).toThrow('at least 2 maps, got 1');
  expect(() => perLocation([maps[0]!, ndarray(new Float32Array(6), [3, 2])])).toThrow(
    'maps[1] must be of shape [2, 3]',
  );
  expect(() => perLocation([maps[0]!, ndarray(new Float32Array(6).fill(NaN), [2, 3])])).toThrow('finite at pixel 0');
  expect(() => exceeds(perLocation(maps), ndarray(new Float32Array(6), [3, 2]))).toThrow(
    'exceeds: map must be of shape',
  );
});
