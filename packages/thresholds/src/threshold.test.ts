import { expect, test } from 'vitest';
import { decide } from './threshold.js';
import type { Threshold } from './threshold.js';

const limit: Threshold = {
  rule: 'fixed',
  value: 2,
  fittedOn: { n: 0, good: 0, defective: 0 },
  parameters: {},
  warnings: [],
};

test('defective strictly above the limit', () => {
  expect([1, 2, 2.0000001, Infinity].map((s) => decide(limit, s))).toEqual(['good', 'good', 'defective', 'defective']);
});

test('review strictly above the lower limit, up to the upper one', () => {
  const band = { ...limit, lower: 1 };
  expect([1, 1.5, 2, 3].map((s) => decide(band, s))).toEqual(['good', 'review', 'review', 'defective']);
});

test('a NaN score is defective', () => {
  expect(decide(limit, NaN)).toBe('defective');
});
