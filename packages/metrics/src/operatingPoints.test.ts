import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { auroc, balancedAccuracyMax, confusion, fprAtTpr, partialAuroc, tprAtFpr } from './index.js';

interface Golden {
  image: {
    name: string;
    scores: number[];
    labels: number[];
    partialMcClish: Record<string, number>;
    fprAtTpr: Record<string, number>;
    tprAtFpr: Record<string, number>;
    bestBalancedAccuracy: number;
  }[];
}
const golden = JSON.parse(readFileSync(new URL('../../../fixtures/metrics.json', import.meta.url), 'utf8')) as Golden;

describe.each(golden.image)('equal to scikit-learn: $name', (g) => {
  test('partialAuroc', () => {
    for (const [limit, value] of Object.entries(g.partialMcClish)) {
      const ours = partialAuroc(g.scores, g.labels, { fprLimit: Number(limit), scale: 'mcclish' });
      expect(ours).toBeCloseTo(value, 12);
    }
  });

  test('fprAtTpr, tprAtFpr', () => {
    for (const [tpr, fpr] of Object.entries(g.fprAtTpr)) expect(fprAtTpr(g.scores, g.labels, Number(tpr))).toBe(fpr);
    for (const [fpr, tpr] of Object.entries(g.tprAtFpr)) expect(tprAtFpr(g.scores, g.labels, Number(fpr))).toBe(tpr);
  });

  test('balancedAccuracyMax, and its threshold reaches it', () => {
    const best = balancedAccuracyMax(g.scores, g.labels);
    expect(best.balancedAccuracy).toBeCloseTo(g.bestBalancedAccuracy, 12);
    expect(confusion(g.scores, g.labels, best.threshold).balancedAccuracy).toBeCloseTo(best.balancedAccuracy, 12);
  });
});

test('partialAuroc up to 1 is auroc; scales agree with each other', () => {
  const [scores, labels] = [
    [3, 1, 4, 1, 5, 9, 2, 6, 5, 3],
    [0, 0, 1, 0, 1, 1, 1, 0, 0, 1],
  ];
  expect(partialAuroc(scores, labels, { fprLimit: 1 })).toBeCloseTo(auroc(scores, labels), 14);
  const area = partialAuroc(scores, labels, { fprLimit: 0.3, scale: 'none' });
  expect(partialAuroc(scores, labels, { fprLimit: 0.3 })).toBeCloseTo(area / 0.3, 14);
  expect(partialAuroc([1, 2], [0, 1])).toBeCloseTo(1, 15);
  expect(partialAuroc([2, 1], [0, 1])).toBe(0);
});

test('constant scores', () => {
  expect(partialAuroc([1, 1], [0, 1], { fprLimit: 0.5, scale: 'mcclish' })).toBe(0.5);
  expect(fprAtTpr([1, 1], [0, 1], 0.5)).toBe(1);
  expect(tprAtFpr([1, 1], [0, 1], 0.5)).toBe(0);
  expect(balancedAccuracyMax([1, 1], [0, 1])).toEqual({ balancedAccuracy: 0.5, threshold: 1 });
});

test('NaN when a class is missing', () => {
  for (const labels of [
    [0, 0],
    [1, 1],
  ]) {
    expect(partialAuroc([1, 2], labels)).toBeNaN();
    expect(fprAtTpr([1, 2], labels, 0.5)).toBeNaN();
    expect(tprAtFpr([1, 2], labels, 0.5)).toBeNaN();
    expect(balancedAccuracyMax([1, 2], labels)).toEqual({ balancedAccuracy: NaN, threshold: NaN });
  }
  expect(fprAtTpr([], [], 0.5)).toBeNaN();
});

test('refuses rates out of range and misspelt options', () => {
  expect(() => fprAtTpr([1], [1], 1.5)).toThrow('fprAtTpr: tpr must be a finite number in [0, 1], got 1.5.');
  expect(() => tprAtFpr([1], [1], -0.1)).toThrow(RangeError);
  expect(() => partialAuroc([1], [1], { fprLimit: 0 })).toThrow('partialAuroc: fprLimit must be in (0, 1], got 0.');
  expect(() => partialAuroc([1], [1], { scale: 'mean' as 'none' })).toThrow(RangeError);
  expect(() => partialAuroc([1], [1], { limit: 0.3 } as object)).toThrow(/options must only have fprLimit, scale/);
});
