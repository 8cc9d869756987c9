import { expect, test } from 'vitest';
import { createRandom } from '@adlib/core';
import { conformal } from './conformal.js';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

test('takes the rank ceil((n + 1)(1 - fpr))', () => {
  expect(conformal(upTo(99)).value).toBe(95);
  expect(conformal(upTo(100)).value).toBe(96);
  expect(conformal(upTo(19)).value).toBe(19);
  // 0.07 * 100 and 0.29 * 100 are not whole in floating point.
  expect(conformal(upTo(99), { fpr: 0.07 }).value).toBe(93);
  expect(conformal(upTo(99), { fpr: 0.29 }).value).toBe(71);
});

test('refuses too few scores, saying how many are needed', () => {
  expect(() => conformal(upTo(18))).toThrow('conformal: good must have at least 19 scores');
  expect(() => conformal(upTo(98), { fpr: 0.01 })).toThrow('at least 99 scores');
  expect(() => conformal(upTo(58), { confidence: 0.95 })).toThrow('at least 59 scores');
  expect(conformal(upTo(59), { confidence: 0.95 }).value).toBe(59);
  expect(() => conformal(upTo(30), { fpr: 0 })).toThrow('conformal: fpr must be in (0, 1), got 0.');
  expect(() => conformal(upTo(30), { confidence: 1 })).toThrow(RangeError);
  expect(() => conformal([])).toThrow(RangeError);
});

test('keeps the rate on average, and with confidence in nearly every set', () => {
  const random = createRandom(1);
  let sum = 0;
  let kept = 0;
  const sets = 2000;
  for (let i = 0; i < sets; i++) {
    const good = Float64Array.from({ length: 100 }, () => random.uniform());
    sum += 1 - conformal(good, { fpr: 0.1 }).value; // the true rate of a limit on uniform scores
    if (1 - conformal(good, { fpr: 0.1, confidence: 0.9 }).value <= 0.1) kept++;
  }
  expect(sum / sets).toBeCloseTo(10 / 101, 2);
  expect(kept / sets).toBeGreaterThan(0.88);
});

test('ties only lower the rate', () => {
  const scores = [...new Array<number>(90).fill(1), ...new Array<number>(10).fill(2)];
  const { value } = conformal(scores, { fpr: 0.05 });
  expect(value).toBe(2);
});
