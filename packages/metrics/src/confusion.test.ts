import { expect, test } from 'vitest';
import { confusion } from './confusion.js';

test('a score equal to the threshold is good', () => {
  expect(confusion([1, 2, 3], [0, 1, 1], 2)).toMatchObject({ tp: 1, fp: 0, tn: 1, fn: 1 });
});

test('rates by hand', () => {
  const c = confusion([0.9, 0.8, 0.7, 0.2, 0.6, 0.1, 0.1, 0.1, 0.1, 0.1], [1, 1, 1, 1, 0, 0, 0, 0, 0, 0], 0.5);
  expect(c).toMatchObject({ tp: 3, fp: 1, tn: 5, fn: 1, accuracy: 0.8, precision: 0.75, recall: 0.75, f1: 0.75 });
  expect(c.specificity).toBeCloseTo(5 / 6, 15);
  expect(c.balancedAccuracy).toBeCloseTo((0.75 + 5 / 6) / 2, 15);
  expect(c.mcc).toBeCloseTo((3 * 5 - 1) / Math.sqrt(4 * 4 * 6 * 6), 15);
});

test('undefined rates are NaN, never 0', () => {
  const nothingFlagged = confusion([1, 2], [0, 1], Infinity);
  expect(nothingFlagged).toMatchObject({ precision: NaN, mcc: NaN, recall: 0, specificity: 1, f1: 0 });
  expect(confusion([1, 2], [0, 1], -Infinity)).toMatchObject({ tp: 1, fp: 1, recall: 1, specificity: 0 });
  expect(confusion([1, 2], [0, 0], 1.5)).toMatchObject({ recall: NaN, f1: 0, specificity: 0.5, balancedAccuracy: NaN });
  expect(confusion([], [], 0)).toMatchObject({ tp: 0, accuracy: NaN, f1: NaN });
});

test('refuses a threshold that is no number', () => {
  expect(() => confusion([1], [1], NaN)).toThrow(RangeError);
  expect(() => confusion([1], [1], '2' as unknown as number)).toThrow('confusion: threshold must be a number');
});
