import { expect, test } from 'vitest';
import { confusion } from './confusion.js';
import { f1Max } from './f1Max.js';

test('the threshold lies half way to the next lower score', () => {
  const scores = [0.1, 0.3, 0.35, 0.5, 0.62, 0.3, 0.55, 0.7, 0.9];
  const best = f1Max(scores, [0, 0, 0, 0, 0, 1, 1, 1, 1]);
  expect(best.f1).toBe(0.75);
  expect(best.threshold).toBeCloseTo(0.525, 15);
});

test('of several best thresholds the highest', () => {
  // {3}: 2/3 with threshold 2.5; {3, 2, 1, 0}: 2 * 2 / (4 + 2) = 2/3 as well.
  expect(f1Max([3, 2, 1, 0], [1, 0, 0, 1])).toMatchObject({ f1: 2 / 3, threshold: 2.5 });
});

test('flagging everything needs a threshold below the least score', () => {
  const best = f1Max([2, 2, 2], [1, 1, 0]);
  expect(best.f1).toBeCloseTo(0.8, 15);
  expect(best.threshold).toBeLessThan(2);
  expect(confusion([2, 2, 2], [1, 1, 0], best.threshold).f1).toBe(best.f1);
});

test('neighbouring floats: the threshold still separates', () => {
  const scores = [1, 1 + Number.EPSILON];
  const best = f1Max(scores, [0, 1]);
  expect(confusion(scores, [0, 1], best.threshold).f1).toBe(1);
  const infinite = f1Max([1, Infinity], [0, 1]);
  expect(confusion([1, Infinity], [0, 1], infinite.threshold).f1).toBe(1);
});

test('undefined without defective images', () => {
  expect(f1Max([1, 2], [0, 0])).toEqual({ f1: NaN, threshold: NaN, precision: NaN, recall: NaN });
  expect(f1Max([], []).f1).toBeNaN();
});
