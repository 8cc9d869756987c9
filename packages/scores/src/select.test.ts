import { createRandom, ndarray } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { meanOfLargest } from './select.js';

const n = 16384 * 2 + 37; // more than a block, and no multiple of 16
const random = createRandom(8);
const normals = Float32Array.from({ length: n }, () => random.normal());

describe.each([false, true])('mean of the largest of many values, plain: %s', (plain) => {
  const meanOf = (values: Float32Array, k: number): number =>
    meanOfLargest('test', ndarray(values, [values.length]), k, plain);
  const sorted = (values: Float32Array, k: number): number =>
    values
      .slice()
      .sort()
      .subarray(values.length - k)
      .reduce((a, b) => a + b, 0) / k;

  test.each([1, 7, 330, 4000, n >> 3, n - 1])('%i', (k) => {
    expect(meanOf(normals, k)).toBeCloseTo(sorted(normals, k), 10);
  });

  test('of a few large values that a sample misses, and of one value only', () => {
    const spikes = new Float32Array(n).fill(-1);
    spikes.set([5, 7, 6], n - 3);
    expect(meanOf(spikes, 3)).toBe(6);
    expect(meanOf(new Float32Array(n).fill(-Infinity), 300)).toBe(-Infinity);
    expect(meanOf(normals.slice().sort(), 330)).toBeCloseTo(sorted(normals, 330), 10);
  });

  test('is NaN where one value is', () => {
    for (const at of [0, 16384, n - 1]) {
      const broken = normals.slice();
      broken[at] = NaN;
      expect(meanOf(broken, 10)).toBeNaN();
    }
  });
});
