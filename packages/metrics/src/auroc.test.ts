import { createRandom, ndarray } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { auroc } from './auroc.js';

/** Every pair compared: the definition. */
function byPairs(scores: readonly number[], labels: readonly number[]): number {
  let wins = 0;
  let pairs = 0;
  scores.forEach((s, i) =>
    scores.forEach((t, j) => {
      if (labels[i] !== 1 || labels[j] !== 0) return;
      pairs++;
      wins += s > t ? 1 : s === t ? 0.5 : 0;
    }),
  );
  return wins / pairs;
}

describe('auroc', () => {
  test('closed forms', () => {
    expect(auroc([1, 2, 3, 4], [0, 0, 1, 1])).toBe(1);
    expect(auroc([4, 3, 2, 1], [0, 0, 1, 1])).toBe(0);
    expect(auroc([5, 5, 5, 5], [0, 1, 0, 1])).toBe(0.5);
    expect(auroc([0.1, 0.3, 0.35, 0.5, 0.62, 0.3, 0.55, 0.7, 0.9], [0, 0, 0, 0, 0, 1, 1, 1, 1])).toBe(0.775);
  });

  test('scores outside [0, 1] are compared as they are', () => {
    expect(auroc([10, 20, 30, 40], [0, 0, 1, 1])).toBe(1);
    expect(auroc([-40, -30, -2, -1], [0, 0, 1, 1])).toBe(1);
  });

  test.each([7, 300, 5000])(
    'equals the definition on %i random scores with ties, either side of the radix sort',
    (n) => {
      const random = createRandom(n);
      const labels = Array.from({ length: Math.min(n, 1500) }, () => random.integer(2));
      labels[0] = 0;
      labels[1] = 1;
      const scores = labels.map((l) => Math.round(random.normal(l, 2) * 20) / 20);
      expect(auroc(scores, labels)).toBeCloseTo(byPairs(scores, labels), 12);
    },
  );

  test('properties: permutation, monotone transform, complement, duplication', () => {
    const random = createRandom(3);
    const labels = Array.from({ length: 3001 }, (_, i) => (i < 2 ? i : random.integer(2)));
    const scores = labels.map((l) => random.normal(0.4 * l));
    const value = auroc(scores, labels);
    const order = [...random.permutation(labels.length)];
    expect(
      auroc(
        order.map((i) => scores[i]!),
        order.map((i) => labels[i]!),
      ),
    ).toBe(value);
    expect(
      auroc(
        scores.map((s) => Math.exp(3 * s) - 7),
        labels,
      ),
    ).toBe(value);
    expect(
      auroc(
        scores.map((s) => -s),
        labels,
      ),
    ).toBeCloseTo(1 - value, 12);
    expect(
      auroc(
        scores,
        labels.map((l) => 1 - l),
      ),
    ).toBeCloseTo(1 - value, 12);
    expect(auroc([...scores, ...scores], [...labels, ...labels])).toBeCloseTo(value, 12);
  });

  test('infinities are ordered, -0 ties with 0', () => {
    expect(auroc([-Infinity, 0, Infinity], [0, 1, 1])).toBe(1);
    expect(auroc([-0, 0], [1, 0])).toBe(0.5);
    expect(auroc([Infinity, Infinity], [1, 0])).toBe(0.5);
  });

  test('any array-like: booleans, typed arrays, views', () => {
    expect(auroc(Float32Array.of(1, 2), [false, true])).toBe(1);
    const table = ndarray(Float64Array.of(1, 9, 2, 9, 3, 9), [3, 2]);
    expect(auroc(table.pick(null, 0), Uint8Array.of(0, 1, 1))).toBe(1);
  });

  test('NaN where it is undefined', () => {
    expect(auroc([], [])).toBeNaN();
    expect(auroc([1, 2], [0, 0])).toBeNaN();
    expect(auroc([1, 2], [1, 1])).toBeNaN();
  });

  test('refuses NaN scores, strange labels, differing lengths', () => {
    expect(() => auroc([1, NaN], [0, 1])).toThrow(/^auroc: scores\[1\] must be a number, got NaN\./);
    expect(() => auroc([1, 2], [0, 2])).toThrow(/^auroc: labels\[1\] must be 0 or false \(good\), 1 or true/);
    expect(() => auroc([1, 2], [0, '1'] as unknown as number[])).toThrow(TypeError);
    expect(() => auroc([1, '2'] as unknown as number[], [0, 1])).toThrow(TypeError);
    expect(() => auroc([1, 2, 3], [0, 1])).toThrow('auroc: labels must have 3 values (one per score), got 2.');
    expect(() => auroc(null as unknown as number[], [0, 1])).toThrow(TypeError);
    expect(() => auroc([1, undefined] as unknown as number[], [0, 1])).toThrow(TypeError);
  });

  test('does not modify its input', () => {
    const scores = Float64Array.from({ length: 3000 }, (_, i) => (i * 7919) % 3001);
    const copy = scores.slice();
    auroc(
      scores,
      scores.map((_, i) => i % 2),
    );
    expect(scores).toEqual(copy);
  });
});
