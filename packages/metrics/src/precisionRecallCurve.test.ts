import { expect, test } from 'vitest';
import { averagePrecision } from './averagePrecision.js';
import { confusion } from './confusion.js';
import { precisionRecallCurve } from './precisionRecallCurve.js';

const scores = [0.1, 0.3, 0.35, 0.5, 0.62, 0.3, 0.55, 0.7, 0.9];
const labels = [0, 0, 0, 0, 0, 1, 1, 1, 1];

test('every threshold but the first gives its point under the rule score > threshold', () => {
  const { precision, recall, thresholds } = precisionRecallCurve(scores, labels);
  expect([precision[0], recall[0]]).toEqual([1, 0]);
  thresholds.slice(1).forEach((t, k) => {
    expect(confusion(scores, labels, t)).toMatchObject({ precision: precision[k + 1], recall: recall[k + 1] });
  });
});

test('its steps add up to the average precision', () => {
  const { precision, recall } = precisionRecallCurve(scores, labels);
  const area = precision.reduce((sum, p, k) => (k === 0 ? 0 : sum + p * (recall[k]! - recall[k - 1]!)), 0);
  expect(area).toBeCloseTo(averagePrecision(scores, labels), 14);
});

test('recall is NaN without defective images', () => {
  expect([...precisionRecallCurve([1, 2], [0, 0]).recall]).toEqual([NaN, NaN, NaN]);
});
