import { expect, test } from 'vitest';
import { allowedCount, targetFpr } from './targetFpr.js';

const good = Array.from({ length: 100 }, (_, i) => i);

test('leaves at most the given share above', () => {
  expect(targetFpr(good, { fpr: 0.05 }).value).toBe(94);
  expect(targetFpr(good, { fpr: 0.29 }).value).toBe(70);
  expect(targetFpr(good, { fpr: 0 }).value).toBe(99);
  expect(targetFpr(good, { fpr: 1 }).value).toBe(0);
  expect(targetFpr([7]).value).toBe(7);
});

test('with ties fewer lie above, never more', () => {
  const threshold = targetFpr([1, 1, 2, 2, 2, 2, 2, 2, 2, 2], { fpr: 0.5 });
  expect(threshold.value).toBe(2);
  expect(threshold.parameters['measured']).toBe(0);
});

test('states the rate of a new score and warns where it may be far higher', () => {
  const threshold = targetFpr(good, { fpr: 0.01 });
  expect(threshold.expectedFalsePositiveRate).toBeCloseTo(2 / 101, 12);
  expect(threshold.warnings.join()).toContain('1 of 100 good scores lie above the limit');
  expect(
    targetFpr(
      Float64Array.from({ length: 5000 }, (_, i) => i),
      { fpr: 0.05 },
    ).warnings,
  ).toEqual([]);
});

test('counts within a share survive rounding', () => {
  expect(allowedCount(0.29, 100)).toBe(29);
  expect(allowedCount(0.57, 100)).toBe(57);
  expect(allowedCount(0, 100)).toBe(0);
  expect(allowedCount(1, 7)).toBe(7);
});

test('refuses what it cannot use', () => {
  expect(() => targetFpr([])).toThrow(RangeError);
  expect(() => targetFpr(good, { fpr: 5 })).toThrow('targetFpr: fpr must be a finite number in [0, 1], got 5.');
});
