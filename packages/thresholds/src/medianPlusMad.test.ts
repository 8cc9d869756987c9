import { expect, test } from 'vitest';
import { medianPlusMad } from './medianPlusMad.js';

test('median 3, MAD 1', () => {
  const threshold = medianPlusMad([1, 2, 3, 4, 10]);
  expect(threshold.value).toBeCloseTo(3 + 3 * 1.4826022185056018, 12);
  expect(threshold.parameters).toEqual({ k: 3, median: 3, mad: 1 });
});

test('the stated rate tends to that of the normal distribution', () => {
  const rate = (n: number): number => medianPlusMad(Array.from({ length: n }, (_, i) => i)).expectedFalsePositiveRate!;
  expect(rate(1_000_000)).toBeCloseTo(0.00135, 6);
  expect(rate(30)).toBeGreaterThan(0.006); // measured on normal scores: 0.0062
});

test('a third of wild scores moves it by little', () => {
  const clean = Array.from({ length: 70 }, (_, i) => i % 10);
  const dirty = [...clean, ...new Array<number>(30).fill(1e9)];
  expect(medianPlusMad(dirty).value).toBeLessThan(2 * medianPlusMad(clean).value);
});

test('warns where half of the scores are equal, and of few', () => {
  expect(medianPlusMad([5, 5, 5, 9]).warnings.join()).toContain('At least half of the good scores are equal');
  expect(medianPlusMad([5, 5, 5, 9]).value).toBe(5);
  expect(medianPlusMad(Array.from({ length: 50 }, (_, i) => i)).warnings).toEqual([]);
});

test('refuses what it cannot use', () => {
  expect(() => medianPlusMad([])).toThrow('medianPlusMad: good must have at least 2 scores, got 0.');
  expect(() => medianPlusMad([1, 2, NaN])).toThrow('good[2]');
  expect(() => medianPlusMad([1, 2], { lambda: 1 } as object)).toThrow(TypeError);
});
