import { expect, test } from 'vitest';
import { fitLogistic } from './logisticRegression.js';

const ones = (n: number): Float64Array => new Float64Array(n).fill(1);

// scipy.optimize.fsolve of the gradient, |gradient| < 1e-15
test('known minimum of six points', () => {
  const rows = [0, 1, 2, 3, 4, 5].map((x) => Float64Array.of(x));
  const { weights, bias } = fitLogistic(rows, Int8Array.of(-1, -1, 1, -1, 1, 1), ones(6), 1);
  expect(weights[0]).toBeCloseTo(0.7670537228, 9);
  expect(bias).toBeCloseTo(-1.9176343071, 9);
});

test('separable points keep finite weights', () => {
  const rows = [-3, -2, 2, 3].map((x) => Float64Array.of(1000 * x, 0));
  const { weights, bias } = fitLogistic(rows, Int8Array.of(-1, -1, 1, 1), ones(4), 1e6);
  expect(Number.isFinite(weights[0]) && Number.isFinite(bias)).toBe(true);
  expect(weights[0]).toBeGreaterThan(0);
  expect(weights[1]).toBe(0);
});

test('a weight of 2 is the point given twice', () => {
  const rows = [
    [0, 1],
    [1, 3],
    [2, 0],
    [4, 1],
  ].map((row) => Float64Array.from(row));
  const weighted = fitLogistic(rows, Int8Array.of(-1, 1, -1, 1), Float64Array.of(1, 2, 1, 1), 0.5);
  const doubled = fitLogistic([...rows, rows[1]!], Int8Array.of(-1, 1, -1, 1, 1), ones(5), 0.5);
  expect(weighted.bias).toBeCloseTo(doubled.bias, 9);
  weighted.weights.forEach((w, j) => expect(w).toBeCloseTo(doubled.weights[j]!, 9));
});
