import { expect, test } from 'vitest';
import { auroc } from './auroc.js';
import { confusion } from './confusion.js';
import { rocCurve } from './rocCurve.js';

const scores = [0.1, 0.3, 0.35, 0.5, 0.62, 0.3, 0.55, 0.7, 0.9];
const labels = [0, 0, 0, 0, 0, 1, 1, 1, 1];

test('runs from (0, 0) to (1, 1), one point per distinct score', () => {
  const { fpr, tpr, thresholds } = rocCurve(scores, labels);
  expect(fpr.length).toBe(9);
  expect([fpr[0], tpr[0], fpr.at(-1), tpr.at(-1)]).toEqual([0, 0, 1, 1]);
  expect([...thresholds].every((t, k) => k === 0 || t < thresholds[k - 1]!)).toBe(true);
});

test('every threshold gives its point under the rule score > threshold', () => {
  const { fpr, tpr, thresholds } = rocCurve(scores, labels);
  thresholds.forEach((t, k) => {
    const { recall, specificity } = confusion(scores, labels, t);
    expect(recall).toBe(tpr[k]);
    expect(1 - specificity).toBeCloseTo(fpr[k]!, 15);
  });
});

test('its trapezoid area is auroc', () => {
  const { fpr, tpr } = rocCurve(scores, labels);
  let area = 0;
  for (let k = 1; k < fpr.length; k++) area += ((fpr[k]! - fpr[k - 1]!) * (tpr[k]! + tpr[k - 1]!)) / 2;
  expect(area).toBeCloseTo(auroc(scores, labels), 14);
});

test('constant, negative, empty and one-class input', () => {
  expect(rocCurve([-2, -2], [0, 1])).toMatchObject({ fpr: Float64Array.of(0, 1), tpr: Float64Array.of(0, 1) });
  expect(rocCurve([0, 0], [0, 1]).thresholds).toEqual(Float64Array.of(0, -Number.MIN_VALUE));
  expect(rocCurve([], [])).toEqual({
    fpr: Float64Array.of(NaN),
    tpr: Float64Array.of(NaN),
    thresholds: Float64Array.of(-Infinity),
  });
  expect([...rocCurve([1, 2], [0, 0]).tpr]).toEqual([NaN, NaN, NaN]);
  expect([...rocCurve([1, 2], [0, 0]).fpr]).toEqual([0, 0.5, 1]);
});
