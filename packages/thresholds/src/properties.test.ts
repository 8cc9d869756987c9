import { describe, expect, test } from 'vitest';
import { createRandom } from '@adlib/core';
import { fitThreshold, thresholdRules } from './rules.js';

const random = createRandom(11);
const good = Float64Array.from({ length: 400 }, () => Math.exp(random.normal(0, 0.4)));
const defective = Float64Array.from({ length: 50 }, () => Math.exp(random.normal(1, 0.5)));
const optionsOf = (name: string): object => ({ medianMultiple: { lambda: 2 }, cost: { miss: 20 } })[name] ?? {};
const fit = (name: string, map = (s: number): number => s, order = (s: Float64Array): Float64Array => s): number =>
  fitThreshold(name, { good: order(good).map(map), defective: order(defective).map(map) }, optionsOf(name)).value;

describe.each(thresholdRules.map(({ name }) => name))('%s', (name) => {
  test('does not depend on the order of the scores, and leaves them as they are', () => {
    const before = good.slice();
    const permutation = createRandom(5).permutation(400);
    const shuffled = (s: Float64Array): Float64Array =>
      Float64Array.from(
        permutation.filter((i) => i < s.length),
        (i) => s[i]!,
      );
    expect(fit(name, undefined, shuffled)).toBeCloseTo(fit(name), 9);
    expect(good).toEqual(before);
  });

  test('moves with the unit of the scores', () => {
    const factor = 1 / 512; // exact in floating point, so that ties and bins stay where they are
    expect(fit(name, (s) => s * factor)).toBeCloseTo(fit(name) * factor, 9);
    if (name !== 'medianMultiple') expect(fit(name, (s) => s + 64)).toBeCloseTo(fit(name) + 64, 6);
  });
});

const byRank = ['conformal', 'targetFpr', 'maxAccuracy', 'maxBalancedAccuracy', 'maxF1', 'targetRecall', 'reviewBand'];
test.each(byRank)('%s: an increasing map of the scores changes no decision', (name) => {
  const limit = fit(name);
  // Of equally good gaps the widest wins, and a map may change which is widest: the figures must not change.
  const figures = (map: (s: number) => number): unknown => {
    const scores = { good: good.map(map), defective: defective.map(map) };
    const { parameters, expectedFalsePositiveRate } = fitThreshold(name, scores);
    return [expectedFalsePositiveRate, parameters['falsePositiveRate'] ?? 0, parameters['recall'] ?? 0];
  };
  const direct = figures((s) => s) as number[];
  const mapped = figures((s) => s ** 3 + s) as number[];
  if (['maxAccuracy', 'maxF1', 'maxBalancedAccuracy'].includes(name)) {
    const { parameters } = fitThreshold(name, { good, defective });
    const other = fitThreshold(name, {
      good: good.map((s) => s ** 3 + s),
      defective: defective.map((s) => s ** 3 + s),
    });
    const figure = Object.keys(parameters).find((key) => ['accuracy', 'balancedAccuracy', 'f1'].includes(key))!;
    expect(other.parameters[figure]).toBe(parameters[figure]);
  } else expect(mapped).toEqual(direct);
  expect(Number.isFinite(limit)).toBe(true);
});
