import { expect, test } from 'vitest';
import { betaQuantile, clopperPearsonUpper, incompleteBeta, logGamma, normalTail, studentTail } from './special.js';

test('closed forms', () => {
  expect(normalTail(0)).toBeCloseTo(0.5, 15);
  expect(studentTail(1, 1)).toBeCloseTo(0.25, 14); // Cauchy
  expect(incompleteBeta(0.3, 1, 1)).toBeCloseTo(0.3, 14);
  expect(incompleteBeta(0.3, 3, 1)).toBeCloseTo(0.027, 14);
  expect(logGamma(5)).toBeCloseTo(Math.log(24), 13);
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 13);
  // No event in n: 1 - 0.025^(1 / n).
  expect(clopperPearsonUpper(0, 40)).toBeCloseTo(1 - 0.025 ** (1 / 40), 13);
});

test('symmetry, limits and inverse', () => {
  expect(normalTail(-1.3) + normalTail(1.3)).toBeCloseTo(1, 15);
  expect(studentTail(1.5, 1e7)).toBeCloseTo(normalTail(1.5), 7);
  expect(incompleteBeta(0.2, 4, 9)).toBeCloseTo(1 - incompleteBeta(0.8, 9, 4), 14);
  expect(incompleteBeta(betaQuantile(0.7, 3, 8), 3, 8)).toBeCloseTo(0.7, 13);
  expect([incompleteBeta(0, 2, 2), incompleteBeta(1, 2, 2)]).toEqual([0, 1]);
});
