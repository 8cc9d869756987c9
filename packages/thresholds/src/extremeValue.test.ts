import { expect, test } from 'vitest';
import { extremeValue } from './extremeValue.js';

/** Quantiles of the exponential distribution: its limit for rate p is -ln p. */
const exponential = (n: number): number[] => Array.from({ length: n }, (_, i) => -Math.log((i + 0.5) / n));

test.each(['likelihood', 'moments'] as const)('%s finds the limit of exponential scores', (method) => {
  const threshold = extremeValue(exponential(2000), { fpr: 0.001, method });
  expect(threshold.value).toBeGreaterThan(6.4);
  expect(threshold.value).toBeLessThan(7.4);
  const { low, high, pValue, excesses, level } = threshold.parameters;
  expect(excesses).toBe(200);
  expect(level).toBeCloseTo(Math.log(10), 2);
  expect(pValue).toBeGreaterThan(0.5);
  expect(low).toBeLessThan(threshold.value);
  expect(high).toBeGreaterThan(threshold.value);
  expect(threshold.expectedFalsePositiveRate).toBeGreaterThan(0.001);
  expect(threshold.expectedFalsePositiveRate).toBeLessThan(0.0016);
});

test('refuses too few scores in the tail, saying how many are needed', () => {
  expect(() => extremeValue(exponential(299))).toThrow(
    'extremeValue: good must have at least 30 scores in its upper 10 %, got 29 of 299. Give 300 or more scores',
  );
  expect(extremeValue(exponential(382)).parameters['excesses']).toBe(38);
  // A tail of 2 %, as usual for streams, leaves 7 of 382.
  expect(() => extremeValue(exponential(382), { tail: 0.02 })).toThrow('got 7 of 382');
  const ties = [...new Array<number>(280).fill(0), ...new Array<number>(120).fill(1)];
  expect(() => extremeValue(ties)).toThrow('Too many scores are equal');
});

test('refuses a rate that can be counted', () => {
  expect(() => extremeValue(exponential(500), { fpr: 0.1 })).toThrow(
    "fpr must be below the tail's share 0.1, got 0.1. Try quantile",
  );
  expect(() => extremeValue(exponential(500), { fpr: 0 })).toThrow(RangeError);
  expect(() => extremeValue(exponential(500), { tail: 0.6 })).toThrow(RangeError);
  expect(() => extremeValue(exponential(500), { method: 'mle' as 'moments' })).toThrow("'likelihood' or 'moments'");
});

test('sees that a tail has another form', () => {
  // Two clumps above the level: no generalised Pareto distribution has a hole.
  const clumps = Array.from({ length: 1000 }, (_, i) => (i < 900 ? i / 900 : i < 950 ? 2 + i / 1e4 : 9 + i / 1e4));
  const threshold = extremeValue(clumps);
  expect(threshold.parameters['pValue']).toBeLessThan(0.05);
  expect(threshold.warnings.join()).toContain('does not look like a generalised Pareto distribution');
});

test('warns of a rate far beyond the scores and of heavy tails', () => {
  expect(extremeValue(exponential(400), { fpr: 1e-5 }).warnings.join()).toContain('lies far beyond 400 scores');
  const heavy = Array.from({ length: 1000 }, (_, i) => 1000 / (i + 0.5));
  expect(extremeValue(heavy).warnings.join()).toContain('very heavy');
});

test('moves with the scores and repeats with the seed', () => {
  const scores = exponential(600);
  const { value } = extremeValue(scores);
  expect(extremeValue(scores.map((s) => 1e-6 * s + 3)).value).toBeCloseTo(1e-6 * value + 3, 9);
  expect(extremeValue(scores, { seed: 5 })).toEqual(extremeValue(scores, { seed: 5 }));
  expect(extremeValue(scores, { seed: 5 }).parameters['low']).not.toBe(extremeValue(scores).parameters['low']);
});
