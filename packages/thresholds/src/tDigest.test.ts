import { describe, expect, test } from 'vitest';
import { createRandom } from '@adlib/core';
import { TDigest } from './tDigest.js';
import type { TDigestState } from './tDigest.js';

describe('TDigest', () => {
  test('is exact for few values', () => {
    const digest = new TDigest({ compression: 100 });
    for (const value of [4, 1, 10, 2, 3]) digest.add(value);
    expect(digest.quantile(0.95)).toBeCloseTo(8.8, 12);
    expect([digest.quantile(0), digest.quantile(0.5), digest.quantile(1)]).toEqual([1, 3, 10]);
    expect(new TDigest({ compression: 100 }).quantile(0.5)).toBeNaN();
  });

  test.each(['random', 'ascending', 'descending'])('has small rank errors on %s values in bounded memory', (order) => {
    const n = 200_000;
    const random = createRandom(4);
    const digest = new TDigest({ compression: 200 });
    const values = Float64Array.from({ length: n }, () => random.normal());
    if (order !== 'random') values.sort();
    if (order === 'descending') values.reverse();
    values.forEach((value) => digest.add(value));
    const sorted = values.slice().sort();
    for (const q of [0.5, 0.9, 0.95, 0.99, 0.999]) {
      const estimate = digest.quantile(q);
      const rank = sorted.findIndex((value) => value > estimate) / n;
      expect(Math.abs(rank - q)).toBeLessThan((3 * Math.sqrt(q * (1 - q))) / 200);
    }
    expect(digest.toJSON().means.length).toBeLessThan(250);
    expect(digest.weight).toBeCloseTo(n, 6);
  });
});

test('its JSON goes on where it stopped, and equal values stay equal', () => {
  const digest = new TDigest({ compression: 50 });
  for (let i = 0; i < 3000; i++) digest.add(i % 100);
  const copy = new TDigest(JSON.parse(JSON.stringify(digest)) as TDigestState);
  expect(copy.quantile(0.3)).toBe(digest.quantile(0.3));
  expect(copy.weight).toBe(3000);
  const flat = new TDigest({ compression: 50 });
  for (let i = 0; i < 3000; i++) flat.add(0.1);
  expect(flat.quantile(0.37)).toBeCloseTo(0.1, 15);
});
