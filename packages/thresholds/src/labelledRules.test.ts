import { describe, expect, test } from 'vitest';
import { decide, maxAccuracy, maxBalancedAccuracy, maxF1 } from './index.js';

const rules = { maxAccuracy, maxBalancedAccuracy, maxF1 };

test('known limits', () => {
  // 6/7 at 4 and at 7, both in a gap of 2: the lower one wins. A wider gap above moves it there.
  expect(maxAccuracy([1, 2, 3, 6], [5, 8, 9]).value).toBe(4);
  expect(maxAccuracy([1, 2, 3, 6], [5, 9, 10]).value).toBe(7.5);
  expect(maxBalancedAccuracy([1, 2, 3, 6], [5, 8, 9]).value).toBe(4);
  const f1 = maxF1([0.1, 0.3, 0.35, 0.5, 0.62], [0.3, 0.55, 0.7, 0.9]);
  expect(f1.parameters['f1']).toBeCloseTo(0.75, 12);
  expect(f1.value).toBeCloseTo(0.525, 12); // score >= 0.55
});

describe.each(Object.entries(rules))('%s', (name, rule) => {
  test('separated kinds: midway in the gap, with full figures', () => {
    const threshold = rule([1, 2, 3], [7, 9]);
    expect(threshold.value).toBe(5);
    expect(threshold.parameters).toMatchObject({ recall: 1, falsePositiveRate: 0 });
    expect(threshold.expectedFalsePositiveRate).toBeCloseTo(0.125, 12); // (0 + 1/2) / (3 + 1)
    expect(threshold.fittedOn).toEqual({ n: 5, good: 3, defective: 2 });
  });

  test('the decision reproduces what it counted', () => {
    const good = [0.3, 0.1, 0.5, 0.5, 0.7];
    const defective = [0.5, 0.7, 0.9, 0.8];
    const threshold = rule(good, defective);
    const flagged = (scores: number[]): number => scores.filter((s) => decide(threshold, s) === 'defective').length;
    expect(flagged(good) / 5).toBe(threshold.parameters['falsePositiveRate']);
    expect(flagged(defective) / 4).toBe(threshold.parameters['recall']);
  });

  test('order, increasing maps and doubled data keep the decisions', () => {
    const good = [4, 1, 7, 2, 2, 3];
    const defective = [8, 3, 9, 6];
    const threshold = rule(good, defective);
    expect(rule([...good].reverse(), [...defective].reverse()).value).toBe(threshold.value);
    const moved = rule(
      good.map((s) => 100 * s - 7),
      defective.map((s) => 100 * s - 7),
    );
    expect(moved.value).toBeCloseTo(100 * threshold.value - 7, 9);
    expect(rule([...good, ...good], [...defective, ...defective]).value).toBe(threshold.value);
  });

  test('test labels are marked, few parts are warned of', () => {
    const threshold = rule([1, 2, 3], [7, 9], { oracle: true });
    expect(threshold.oracle).toBe(true);
    expect(rule([1, 2, 3], [7, 9])).not.toHaveProperty('oracle');
    expect(threshold.warnings.join(' ')).toContain('stands on 2 defective scores');
    const many = Array.from({ length: 40 }, (_, i) => i);
    expect(
      rule(
        many,
        many.map((s) => s + 100),
      ).warnings,
    ).toEqual([]);
  });

  test('measures on held-out folds how much is luck', () => {
    // The same scores for both kinds: nothing to learn.
    const same = Array.from({ length: 25 }, (_, i) => (i * 7) % 25);
    const threshold = rule(same, same);
    const figure = { maxAccuracy: 'accuracy', maxBalancedAccuracy: 'balancedAccuracy', maxF1: 'f1' }[name]!;
    expect(threshold.parameters[`${figure}CrossValidated`]).toBeLessThanOrEqual(threshold.parameters[figure] as number);
    expect(rule([1, 2], [3, 4]).parameters).not.toHaveProperty(`${figure}CrossValidated`);
  });

  test('equal scores give no false hope; one kind missing is refused', () => {
    expect(Number.isFinite(rule([2, 2], [2]).value)).toBe(true);
    expect(() => rule([], [1])).toThrow(`${name}: good must have at least 1 score, got 0.`);
    expect(() => rule([1], [])).toThrow(`${name}: defective must have at least 1 score, got 0.`);
    expect(() => rule([1, NaN], [2])).toThrow('good[1]');
    expect(() => rule([1], [2, Infinity])).toThrow('defective[1]');
    expect(() => rule([1], [2], { Oracle: true } as object)).toThrow(TypeError);
  });
});
