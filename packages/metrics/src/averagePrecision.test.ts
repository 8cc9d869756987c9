import { createRandom } from '@adlib/core';
import { expect, test } from 'vitest';
import { averagePrecision } from './averagePrecision.js';

test('closed forms', () => {
  expect(averagePrecision([1, 2, 3, 4], [0, 0, 1, 1])).toBe(1);
  expect(averagePrecision([4, 3, 2, 1], [0, 0, 1, 1])).toBeCloseTo((1 / 3 + 2 / 4) / 2, 15);
  expect(averagePrecision([7, 7, 7, 7, 7], [0, 1, 0, 0, 0])).toBe(0.2);
  expect(averagePrecision([0.1, 0.3, 0.35, 0.5, 0.62, 0.3, 0.55, 0.7, 0.9], [0, 0, 0, 0, 0, 1, 1, 1, 1])).toBe(0.8125);
});

test('unchanged by order, monotone transforms and duplication', () => {
  const random = createRandom(5);
  const labels = Array.from({ length: 2000 }, (_, i) => (i < 2 ? i : random.integer(2)));
  const scores = labels.map((l) => Math.round(random.normal(l) * 10));
  const value = averagePrecision(scores, labels);
  expect(averagePrecision([...scores].reverse(), [...labels].reverse())).toBe(value);
  expect(
    averagePrecision(
      scores.map((s) => s ** 3),
      labels,
    ),
  ).toBe(value);
  expect(averagePrecision([...scores, ...scores], [...labels, ...labels])).toBeCloseTo(value, 12);
});

test('one class and none', () => {
  expect(averagePrecision([1, 2], [1, 1])).toBe(1);
  expect(averagePrecision([1, 2], [0, 0])).toBeNaN();
  expect(averagePrecision([], [])).toBeNaN();
});
