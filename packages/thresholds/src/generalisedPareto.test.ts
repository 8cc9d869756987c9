import { describe, expect, test } from 'vitest';
import { createRandom } from '@adlib/core';
import {
  fitParetoByLikelihood,
  fitParetoByMoments,
  paretoLogLikelihood,
  paretoQuantile,
  paretoTail,
} from './generalisedPareto.js';

const exact = Float64Array.from({ length: 50 }, (_, j) => (1.5 / 0.2) * ((1 - (j + 0.5) / 50) ** -0.2 - 1));

test('fits the quantiles of shape 0.2, scale 1.5', () => {
  const likelihood = fitParetoByLikelihood(exact);
  expect(likelihood.shape).toBeCloseTo(0.1669743882, 6);
  expect(likelihood.scale).toBeCloseTo(1.5370204369, 6);
  expect(paretoLogLikelihood(exact, likelihood)).toBeCloseTo(-79.8410074645, 8);
  const moments = fitParetoByMoments(exact);
  expect(moments.shape).toBeCloseTo(0.1905358685, 8);
  expect(moments.scale).toBeCloseTo(1.4887894911, 8);
});

test('limit for t = 3, 50 of 1000 excesses, risk 1e-4', () => {
  expect(3 + paretoQuantile((1e-4 * 1000) / 50, { shape: 0.2, scale: 1.5 })).toBeCloseTo(21.4929316183, 9);
  expect(3 + paretoQuantile(0.002, { shape: 0.16696126, scale: 1.53700222 })).toBeCloseTo(19.7768348342, 6);
});

describe.each([-0.3, 0, 1e-12, 0.4])('shape %d', (shape) => {
  test('tail and quantile are inverse', () => {
    for (const p of [0.9, 0.1, 1e-6])
      expect(paretoTail(paretoQuantile(p, { shape, scale: 2 }), { shape, scale: 2 }) / p).toBeCloseTo(1, 9);
  });

  test('both fits find it again in a large sample, in any unit', () => {
    const random = createRandom(3);
    const y = Float64Array.from({ length: 4000 }, () =>
      paretoQuantile(1 - random.uniform(), { shape, scale: 2e-5 }),
    ).sort();
    for (const fit of [fitParetoByLikelihood(y), fitParetoByMoments(y)]) {
      expect(Math.abs(fit.shape - shape)).toBeLessThan(0.08);
      expect(Math.abs(fit.scale / 2e-5 - 1)).toBeLessThan(0.1);
    }
  });
});

test('a tail that ends has no mass beyond its end', () => {
  expect(paretoTail(5, { shape: -0.5, scale: 1 })).toBe(0);
  expect(paretoLogLikelihood(Float64Array.of(5), { shape: -0.5, scale: 1 })).toBe(-Infinity);
});

test('equal excesses and one outlier do not break the search', () => {
  const equal = fitParetoByLikelihood(new Float64Array(40).fill(2));
  expect(Number.isFinite(equal.shape) && equal.scale > 0).toBe(true);
  const outlier = fitParetoByLikelihood(Float64Array.from([...new Array<number>(40).fill(1), 1e9]));
  expect(Number.isFinite(outlier.shape) && outlier.scale > 0).toBe(true);
});
