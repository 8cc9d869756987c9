import { describe, expect, test } from 'vitest';
import { createRandom, ndarray } from '@adlib/core';
import { classifier, classifierScore } from './classifier.js';
import type { ClassifierOptions } from './classifier.js';
import { decide } from './threshold.js';

/** Two rings: no single score and no line tells them apart. */
function rings(n: number, radius: number, seed: number): number[][] {
  const random = createRandom(seed);
  return Array.from({ length: n }, () => {
    const angle = random.uniform(0, 2 * Math.PI);
    const r = radius + random.normal(0, 0.15);
    return [r * Math.cos(angle), 100 * r * Math.sin(angle), random.normal()];
  });
}
const good = rings(80, 1, 1);
const defective = rings(30, 2, 2);

const kinds: NonNullable<ClassifierOptions['kind']>[] = ['logisticRegression', 'svm', 'randomForest'];

describe.each(kinds)('%s', (kind) => {
  const fitted = classifier(good, defective, { kind });

  test('is plain JSON that scores the same', () => {
    const copy = JSON.parse(JSON.stringify(fitted)) as typeof fitted;
    expect(copy).toEqual(fitted);
    expect(classifierScore(copy, [1, 50, 0])).toBe(classifierScore(fitted, [1, 50, 0]));
  });

  test('repeats with the seed, and takes ndarrays and typed rows', () => {
    const asArray = ndarray(Float64Array.from(good.flat()), [80, 3]);
    const again = classifier(
      asArray,
      defective.map((row) => Float64Array.from(row)),
      { kind },
    );
    expect(again).toEqual(fitted);
  });

  test('the threshold states held-out figures', () => {
    const { threshold } = fitted;
    expect(threshold.rule).toBe('classifier');
    expect(threshold.parameters).toMatchObject({ kind, scores: 3, folds: 5 });
    expect(threshold.fittedOn).toEqual({ n: 110, good: 80, defective: 30 });
    expect(classifier(good, defective, { kind, oracle: true }).threshold.oracle).toBe(true);
  });

  test('a score that never changes does no harm', () => {
    const flat = classifier(
      good.map((row) => [...row, 5]),
      defective.map((row) => [...row, 5]),
      { kind },
    );
    expect(Number.isFinite(classifierScore(flat, [1, 50, 0, 5]))).toBe(true);
  });

  test('learns what can be learned', () => {
    const balanced = fitted.threshold.parameters['balancedAccuracy'] as number;
    if (kind === 'logisticRegression') expect(balanced).toBeLessThan(0.75);
    else expect(balanced).toBeGreaterThan(0.93);
    if (kind === 'logisticRegression') return;
    const fresh = { good: rings(200, 1, 3), defective: rings(200, 2, 4) };
    const right = (rows: number[][], decision: string): number =>
      rows.filter((row) => decide(fitted.threshold, classifierScore(fitted, row)) === decision).length / rows.length;
    expect(right(fresh.good, 'good')).toBeGreaterThan(0.9);
    expect(right(fresh.defective, 'defective')).toBeGreaterThan(0.9);
  });
});

test('nothing to learn: held-out figures show chance, not memory', () => {
  const noise = { good: rings(60, 1, 5), defective: rings(60, 1, 6) };
  const { threshold } = classifier(noise.good, noise.defective, { kind: 'randomForest', trees: 20 });
  expect(threshold.parameters['balancedAccuracy']).toBeLessThan(0.7);
});

test('balanced weights lift the smaller kind', () => {
  const few = defective.slice(0, 6);
  const score = (balanced: boolean): number => classifierScore(classifier(good, few, { balanced }), [2, 0, 0]);
  expect(score(true)).toBeGreaterThan(score(false));
});

test('refuses what it cannot use', () => {
  expect(() => classifier(good, defective.slice(0, 4))).toThrow(
    'defective must have at least 5 rows (one per fold), got 4.',
  );
  expect(() => classifier(good, [[1, 2]])).toThrow('classifier: defective[0] must have 3 scores');
  expect(() => classifier([[1], [NaN]], defective)).toThrow('good[1][0] must be a finite number');
  expect(() => classifier([], defective)).toThrow('at least 1 row');
  expect(() => classifier(good, defective, { kind: 'knn' as 'svm' })).toThrow("'svm'");
  expect(() => classifier(good, defective, { C: 0 })).toThrow('above 0');
  expect(() => classifierScore(classifier(good, defective), [1, 2])).toThrow('must have 3 scores');
});

test('says so when an SVM was not solved', () => {
  const random = createRandom(9);
  const overlapping = (by: number): number[][] =>
    Array.from({ length: 30 }, () => [random.normal(by), random.normal()]);
  const [low, high] = [overlapping(0), overlapping(0.5)];
  const options: ClassifierOptions = { kind: 'svm', kernel: 'linear', folds: 2 };
  const warned = (C: number): boolean =>
    classifier(low, high, { ...options, C }).threshold.warnings.some((text) => text.includes('ran out of steps'));
  expect(warned(1)).toBe(false);
  expect(warned(1e9)).toBe(true);
});
