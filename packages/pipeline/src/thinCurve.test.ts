import { expect, test } from 'vitest';
import { thinCurve } from './thinCurve.js';

test('a short curve stays as it is, as plain numbers', () => {
  expect(thinCurve(new Float64Array([0, 0, 1]), new Float64Array([0, 1, 1]))).toEqual({ x: [0, 0, 1], y: [0, 1, 1] });
  expect(thinCurve([], [])).toEqual({ x: [], y: [] });
});

test('a long curve keeps its ends and its form, at most 500 points', () => {
  const n = 20_001;
  const x = Float64Array.from({ length: n }, (_, i) => (i / (n - 1)) ** 3);
  const y = x.map((v) => Math.sqrt(v));
  const thin = thinCurve(x, y);
  expect(thin.x.length).toBeLessThanOrEqual(500);
  expect(thin.x.length).toBeGreaterThan(400);
  expect([thin.x[0], thin.x.at(-1), thin.y.at(-1)]).toEqual([0, 1, 1]);
  // Linear interpolation between the kept points is never off by more than the spacing of the points.
  for (let i = 1; i < thin.x.length; i++) {
    expect(thin.x[i]! - thin.x[i - 1]! + thin.y[i]! - thin.y[i - 1]!).toBeLessThan(3 * (2 / 499));
  }
  expect(thin.y.every((v, i) => v === Math.sqrt(thin.x[i]!))).toBe(true);
});

test('a step curve of many points on one height keeps the step', () => {
  const x = Float64Array.from({ length: 5000 }, (_, i) => (i < 2500 ? 0 : (i - 2500) / 2499));
  const y = Float64Array.from({ length: 5000 }, (_, i) => (i < 2500 ? i / 2499 : 1));
  const thin = thinCurve(x, y, 11);
  expect(thin.x).toHaveLength(11);
  expect(thin.y.filter((v) => v === 1).length).toBeGreaterThan(3);
  expect(thin.x.filter((v) => v === 0).length).toBeGreaterThan(3);
});
