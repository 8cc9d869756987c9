import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRandom } from '@adlib/core';
import {
  andersonDarling,
  fitParetoByLikelihood,
  fitParetoByMoments,
  paretoLogLikelihood,
  paretoQuantile,
} from './generalisedPareto.js';
import {
  classifier,
  classifierScore,
  conformal,
  maxAccuracy,
  maxBalancedAccuracy,
  maxF1,
  meanPlusSigma,
  medianPlusMad,
  otsu,
  quantile,
} from './index.js';
import { growTree, treeData, treeShare } from './randomForest.js';
import { clopperPearsonUpper, incompleteBeta, normalTail, studentTail } from './special.js';

type Numbers = number[];
interface Golden {
  special: Record<'normalTail' | 'studentTail' | 'incompleteBeta' | 'clopperPearsonUpper', Numbers[]>;
  goodRules: {
    scores: Numbers;
    meanPlusSigma: Numbers[];
    skewness: number;
    medianPlusMad: Numbers[];
    quantile: Numbers[];
    conformal: Numbers[];
    otsu: Numbers[];
  }[];
  toleranceRanks: Numbers[];
  pareto: {
    excesses: Numbers;
    likelihood: Numbers;
    logLikelihood: number;
    moments: Numbers;
    andersonDarling: number;
    quantile: Numbers[];
  }[];
  labelled: { good: Numbers; defective: Numbers; maxAccuracy: number; maxBalancedAccuracy: number; maxF1: number }[];
  classifiers: {
    good: Numbers[];
    defective: Numbers[];
    query: Numbers[];
    logistic: Numbers;
    rbf: Numbers;
    linear: Numbers;
    treeLeaves: number;
    treeRoot: [number, number];
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL('../../../fixtures/thresholds.json', import.meta.url), 'utf8'),
) as Golden;

/** Largest deviation so far from the golden values, relative to their size. */
let worst = 0;
function close(actual: number, expected: number, tolerance: number): void {
  const deviation = Math.abs(actual - expected) / Math.max(Math.abs(expected), 1e-12);
  worst = Math.max(worst, deviation);
  expect(deviation, `${actual} against ${expected}`).toBeLessThanOrEqual(tolerance);
}

describe('special functions equal scipy', () => {
  const { special } = golden;
  test('normal tail', () => special.normalTail.forEach(([z, p]) => close(normalTail(z!), p!, 1e-12)));
  test('Student tail', () => special.studentTail.forEach(([t, df, p]) => close(studentTail(t!, df!), p!, 1e-11)));
  test('incomplete beta', () =>
    special.incompleteBeta.forEach(([x, a, b, p]) => close(incompleteBeta(x!, a!, b!), p!, 1e-11)));
  test('Clopper-Pearson', () =>
    special.clopperPearsonUpper.forEach(([k, n, p]) => close(clopperPearsonUpper(k!, n!), p!, 1e-11)));
});

describe.each(golden.goodRules)('rules over good scores, sample %#', (row) => {
  test('equal numpy and scipy', () => {
    for (const [k, value, rate] of row.meanPlusSigma) {
      const threshold = meanPlusSigma(row.scores, { k: k! });
      close(threshold.value, value!, 1e-12);
      close(threshold.expectedFalsePositiveRate!, rate!, 1e-11);
      close(threshold.parameters['skewness'] as number, row.skewness, 1e-10);
    }
    for (const [k, value, rate] of row.medianPlusMad) {
      const threshold = medianPlusMad(row.scores, { k: k! });
      close(threshold.value, value!, 1e-12);
      close(threshold.expectedFalsePositiveRate!, rate!, 1e-11);
    }
    for (const [q, value] of row.quantile) close(quantile(row.scores, { q: q! }).value, value!, 1e-12);
    for (const [fpr, value] of row.conformal) close(conformal(row.scores, { fpr: fpr! }).value, value!, 0);
  });

  test('otsu finds the first maximum that scikit-image finds', () => {
    for (const [bins, value] of row.otsu) {
      const threshold = otsu(row.scores, { bins: bins! });
      close(threshold.parameters['firstMaximum'] as number, value!, 1e-9);
      expect(threshold.value).toBeGreaterThanOrEqual(value! - 1e-9 * Math.abs(value!));
    }
  });
});

test('conformal with confidence finds the ranks of the Beta distribution', () => {
  for (const [n, fpr, confidence, rank] of golden.toleranceRanks) {
    const scores = Array.from({ length: n! }, (_, i) => i + 1);
    expect(conformal(scores, { fpr: fpr!, confidence: confidence! }).value).toBe(rank);
  }
});

describe.each(golden.pareto)('generalised Pareto, sample %#', (row) => {
  const excesses = Float64Array.from(row.excesses);
  const [shape, scale] = row.likelihood as [number, number];

  test('maximum likelihood, not below the likelihood of the search in Python', () => {
    const fit = fitParetoByLikelihood(excesses);
    close(fit.shape, shape, 1e-6);
    close(fit.scale, scale, 1e-6);
    expect(paretoLogLikelihood(excesses, fit)).toBeGreaterThanOrEqual(row.logLikelihood - 1e-9);
    close(paretoLogLikelihood(excesses, { shape, scale }), row.logLikelihood, 1e-12);
  });

  test('probability-weighted moments', () => {
    const fit = fitParetoByMoments(excesses);
    close(fit.shape, row.moments[0]!, 1e-11);
    close(fit.scale, row.moments[1]!, 1e-11);
  });

  test('Anderson-Darling distance and quantiles', () => {
    close(andersonDarling(excesses, { shape, scale }), row.andersonDarling, 1e-9);
    for (const [p, y] of row.quantile) close(paretoQuantile(p!, { shape, scale }), y!, 1e-11);
  });
});

test('rules over labelled scores reach the best figure that scikit-learn measures at any limit', () => {
  for (const row of golden.labelled) {
    close(maxAccuracy(row.good, row.defective).parameters['accuracy'] as number, row.maxAccuracy, 1e-12);
    close(
      maxBalancedAccuracy(row.good, row.defective).parameters['balancedAccuracy'] as number,
      row.maxBalancedAccuracy,
      1e-12,
    );
    close(maxF1(row.good, row.defective).parameters['f1'] as number, row.maxF1, 1e-12);
  }
});

test('logistic regression and SVM decide as those of scikit-learn', () => {
  for (const row of golden.classifiers) {
    const margins = (options: Parameters<typeof classifier>[2]): Numbers => {
      const fitted = classifier(row.good, row.defective, options);
      return row.query.map((query) => classifierScore(fitted, query));
    };
    margins({ kind: 'logisticRegression' }).forEach((m, i) => close(m, row.logistic[i]!, 1e-6));
    // Our solver stops at 1e-7 of the optimality conditions, scikit-learn's was run to 1e-9.
    margins({ kind: 'svm' }).forEach((m, i) => expect(Math.abs(m - row.rbf[i]!)).toBeLessThan(1e-6));
    margins({ kind: 'svm', kernel: 'linear', C: 0.5 }).forEach((m, i) =>
      expect(Math.abs(m - row.linear[i]!)).toBeLessThan(1e-6),
    );
  }
});

test('a tree over all rows and features splits as that of scikit-learn', () => {
  for (const { good, defective, treeLeaves, treeRoot } of golden.classifiers) {
    const rows = [...good, ...defective].map((row) => Float64Array.from(row));
    const labels = Int8Array.from(rows, (_, i) => (i < good.length ? -1 : 1));
    const all = Uint32Array.from(rows.keys());
    const data = treeData(rows, labels, new Float64Array(rows.length).fill(1));
    const tree = growTree(data, all, { maxFeatures: rows[0]!.length, minLeaf: 1 }, createRandom(0));
    expect(tree.feature[0]).toBe(treeRoot[0]);
    close(tree.threshold[0]!, treeRoot[1], 1e-6); // scikit-learn holds the scores as float32
    expect(tree.feature.filter((feature) => feature < 0)).toHaveLength(treeLeaves);
    rows.forEach((row, i) => expect(treeShare(tree, row)).toBe(labels[i]! > 0 ? 1 : 0));
  }
});

test('the largest deviation is small', () => {
  expect(worst).toBeLessThan(1e-6);
});
