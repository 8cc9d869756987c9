import { describe, expect, test } from 'vitest';
import { quantile } from './quantile.js';

const S = [4, 1, 10, 2, 3];

describe('quantile', () => {
  test('interpolates as numpy does', () => {
    expect(quantile(S).value).toBeCloseTo(8.8, 12); // np.quantile(S, .95)
    expect(quantile(S, { q: 0.9 }).value).toBeCloseTo(7.6, 12);
    expect(quantile(S, { q: 0 }).value).toBe(1);
    expect(quantile(S, { q: 1 }).value).toBe(10);
  });

  test('states the rate of the finite sample', () => {
    const n = 21; // position (n - 1) 0.95 = 19, the 20th order statistic: 2 of 22
    expect(quantile(Array.from({ length: n }, (_, i) => i)).expectedFalsePositiveRate).toBeCloseTo(2 / 22, 12);
    expect(quantile(S, { q: 1 }).expectedFalsePositiveRate).toBeCloseTo(1 / 6, 12);
  });

  test('one score is its own quantile; ties and order do not matter', () => {
    expect(quantile([3]).value).toBe(3);
    expect(quantile([2, 2, 2, 2]).value).toBe(2);
    expect(quantile([...S].reverse()).value).toBe(quantile(S).value);
    expect(quantile([0.1, 0.1, 0.1]).value).toBe(0.1);
  });

  test('warns where the sample cannot support the quantile', () => {
    expect(quantile(S).warnings.join()).toContain('do not reach the 0.95 quantile');
    expect(quantile(Array.from({ length: 100 }, (_, i) => i)).warnings).toEqual([]);
  });

  test('refuses what it cannot use', () => {
    expect(() => quantile([])).toThrow('quantile: good must have at least 1 score, got 0.');
    expect(() => quantile([1, NaN])).toThrow('good[1]');
    expect(() => quantile(S, { q: 95 })).toThrow(
      'quantile: q must be in [0, 1], got 95. For the 95th percentile use 0.95.',
    );
  });
});
