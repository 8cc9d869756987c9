import { createRandom, ndarray } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { golden } from '../test/golden.js';
import { maxScore } from './maxScore.js';
import { meanScore } from './meanScore.js';
import { quantileScore } from './quantileScore.js';
import { topKMean } from './topKMean.js';
import { topPercentMean } from './topPercentMean.js';

interface Golden {
  values: number[];
  shape: number[];
  max: number;
  mean: number;
  topK: Record<string, number>;
  topPercent: Record<string, number>;
  quantile: Record<string, number>;
}
const { aggregate } = golden('scores_maps') as { aggregate: Golden };
const map = ndarray(Float32Array.from(aggregate.values), aggregate.shape);

describe('aggregation of a map to a score', () => {
  test('maximum and mean equal numpy', () => {
    expect(maxScore(map)).toBe(aggregate.max);
    expect(meanScore(map)).toBeCloseTo(aggregate.mean, 12);
  });

  test.each(Object.entries(aggregate.topK))('mean of the %s largest equals numpy', (k, expected) => {
    expect(topKMean(map, Number(k))).toBeCloseTo(expected, 12);
  });

  test.each(Object.entries(aggregate.topPercent))('mean of the largest %s %% equals numpy', (percent, expected) => {
    expect(topPercentMean(map, Number(percent))).toBeCloseTo(expected, 12);
  });

  test.each(Object.entries(aggregate.quantile))('quantile %s equals numpy', (q, expected) => {
    expect(quantileScore(map, Number(q))).toBeCloseTo(expected, 12);
  });

  test('does not depend on the order of the values and does not reorder the map', () => {
    const before = map.data.slice();
    const turned = map.transpose(1, 0);
    for (const f of [
      maxScore,
      meanScore,
      (m: typeof map) => topKMean(m, 9),
      (m: typeof map) => quantileScore(m, 0.9),
    ]) {
      expect(f(turned)).toBeCloseTo(f(map), 12);
    }
    expect(map.data).toEqual(before);
  });

  test('limits meet: k = 1 is the maximum, all values the mean', () => {
    expect(topKMean(map, 1)).toBe(maxScore(map));
    expect(topPercentMean(map, 0)).toBe(maxScore(map));
    expect(quantileScore(map, 1)).toBe(maxScore(map));
    expect(topPercentMean(map, 100)).toBeCloseTo(meanScore(map), 12);
  });

  test('a percentage that rounds badly takes the whole number of values', () => {
    const steps = ndarray(
      Float32Array.from({ length: 1000 }, (_, i) => i),
      [10, 100],
    );
    expect(topPercentMean(steps, 0.7)).toBe(996); // 993 .. 999
  });

  test('ties, one value and infinities', () => {
    const ties = ndarray(new Float32Array([2, 2, 2, 2, 1, 1]), [2, 3]);
    expect(topKMean(ties, 3)).toBe(2);
    expect(quantileScore(ties, 0.5)).toBe(2);
    const one = ndarray(new Float32Array([-7]), [1, 1]);
    expect([maxScore(one), meanScore(one), topKMean(one, 1), quantileScore(one, 0.3)]).toEqual([-7, -7, -7, -7]);
    const infinite = ndarray(new Float32Array([Infinity, 0, Infinity, 1]), [2, 2]);
    expect([maxScore(infinite), topKMean(infinite, 2), quantileScore(infinite, 0.9)]).toEqual([
      Infinity,
      Infinity,
      Infinity,
    ]);
    expect(maxScore(ndarray(new Float32Array([-Infinity]), [1, 1]))).toBe(-Infinity);
  });

  test('a NaN in the map makes every score NaN', () => {
    const broken = ndarray(new Float32Array([1, NaN, 3, 4]), [2, 2]);
    for (const f of [maxScore, meanScore]) expect(f(broken)).toBeNaN();
    expect([topKMean(broken, 1), topPercentMean(broken, 1), quantileScore(broken, 0)]).toEqual([NaN, NaN, NaN]);
  });

  test('refuses empty maps and bad parameters', () => {
    const empty = ndarray(new Float32Array(0), [0, 4]);
    for (const f of [maxScore, meanScore]) expect(() => f(empty)).toThrow('must be of at least one value, got [0, 4]');
    expect(() => maxScore([1, 2] as never)).toThrow(TypeError);
    expect(() => topKMean(map, 78)).toThrow('topKMean: k must be an integer in [1, 77], got 78.');
    expect(() => topKMean(map, 1.5)).toThrow(RangeError);
    expect(() => topPercentMean(map, 101)).toThrow('topPercentMean: percent must be a finite number in [0, 100]');
    expect(() => quantileScore(map, NaN)).toThrow(RangeError);
  });
});

describe('the largest of many values', () => {
  const random = createRandom(4);
  const n = 150 * 100;
  const noise = Float32Array.from({ length: n }, () => random.normal());
  const expected = (values: Float32Array, k: number) =>
    values
      .slice()
      .sort()
      .subarray(n - k)
      .reduce((sum, v) => sum + v, 0) / k;
  const kinds = {
    noise,
    'many ties': noise.map((v) => Math.round(v)),
    constant: noise.map(() => 3),
    'all large values where a sample looks': noise.map((_, i) => (Math.floor(i / 7) % 2 === 0 ? 5 : 1) + (i % 3)),
    'one large value': noise.map((_, i) => (i === 4321 ? 9 : 0)),
    rising: noise.map((_, i) => i),
  };
  test.each(Object.entries(kinds))('%s', (_, values) => {
    const map = ndarray(values, [150, 100]);
    for (const k of [1, 2, 150, 1500, 5000]) expect(topKMean(map, k)).toBeCloseTo(expected(values, k), 9);
  });

  test('a NaN anywhere is found', () => {
    for (const at of [0, 7, 7777, n - 1]) {
      const values = noise.slice();
      values[at] = NaN;
      expect(topKMean(ndarray(values, [150, 100]), 20)).toBeNaN();
    }
  });
});
