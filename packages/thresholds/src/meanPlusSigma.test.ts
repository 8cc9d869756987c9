import { describe, expect, test } from 'vitest';
import { ndarray } from '@adlib/core';
import { meanPlusSigma } from './meanPlusSigma.js';

const S = [1, 2, 3, 4, 10];

describe('meanPlusSigma', () => {
  test('uses the sample standard deviation', () => {
    // numpy: np.mean(S) + 3 * np.std(S, ddof=1)
    expect(meanPlusSigma(S, { k: 3 }).value).toBeCloseTo(14.606601717798213, 12);
    expect(meanPlusSigma(S).value).toBeCloseTo(4 + 2 * 3.5355339059327378, 12);
  });

  test('states the predictive rate of a normal sample, 2.28 % in the limit', () => {
    // scipy: stats.t.sf(2 / np.sqrt(1 + 1 / 5), 4)
    expect(meanPlusSigma(S).expectedFalsePositiveRate).toBeCloseTo(0.07095, 4);
    const many = Float64Array.from({ length: 200_000 }, (_, i) => Math.sin(i));
    expect(meanPlusSigma(many).expectedFalsePositiveRate).toBeCloseTo(0.0227501, 5);
  });

  test('log works on the logarithms', () => {
    const logs = S.map(Math.log);
    expect(meanPlusSigma(S, { log: true }).value).toBeCloseTo(Math.exp(meanPlusSigma(logs).value), 12);
    expect(() => meanPlusSigma([1, 0, 2], { log: true })).toThrow(
      'meanPlusSigma: good[1] must be positive with log, got 0',
    );
  });

  test('takes typed arrays and ndarrays', () => {
    const data = Float32Array.from(S);
    expect(meanPlusSigma(data).value).toBe(meanPlusSigma(S).value);
    expect(meanPlusSigma(ndarray(data, [5])).value).toBe(meanPlusSigma(S).value);
    expect(meanPlusSigma(ndarray(new Float32Array([1, 9, 2, 9, 3, 9, 4, 9, 10, 9]), [5], [2])).value).toBe(
      meanPlusSigma(S).value,
    );
  });

  test('is plain JSON', () => {
    const threshold = meanPlusSigma(S);
    expect(JSON.parse(JSON.stringify(threshold))).toEqual(threshold);
    expect(threshold.fittedOn).toEqual({ n: 5, good: 5, defective: 0 });
  });

  test('constant scores give that score, with a warning', () => {
    const threshold = meanPlusSigma(new Array<number>(40).fill(0.1));
    expect(threshold.value).toBe(0.1);
    expect(threshold.warnings.join()).toContain('All good scores are equal');
  });

  test('survives extreme magnitudes and large offsets', () => {
    expect(meanPlusSigma([1e200, 2e200, 3e200]).value / 1e200).toBeCloseTo(4, 12);
    expect(meanPlusSigma([1e-200, 2e-200, 3e-200]).value / 1e-200).toBeCloseTo(4, 12);
    expect(meanPlusSigma([1e9 + 1, 1e9 + 2, 1e9 + 3]).value).toBeCloseTo(1e9 + 4, 6);
    expect(() => meanPlusSigma([-1.7e308, 1.7e308], { k: 10 })).toThrow(RangeError);
  });

  test('warns of a long right tail and of few scores', () => {
    const skewed = Array.from({ length: 100 }, (_, i) => -Math.log((i + 0.5) / 100));
    expect(meanPlusSigma(skewed).warnings.join()).toContain('long right tail');
    const even = Array.from({ length: 100 }, (_, i) => i);
    expect(meanPlusSigma(even).warnings).toEqual([]);
    expect(meanPlusSigma(S).warnings.join()).toContain('stands on 5 scores');
  });

  test('refuses what it cannot use, naming it', () => {
    expect(() => meanPlusSigma([1])).toThrow('meanPlusSigma: good must have at least 2 scores, got 1.');
    expect(() => meanPlusSigma([1, NaN])).toThrow('meanPlusSigma: good[1] must be a finite number, got NaN');
    expect(() => meanPlusSigma([Infinity, 1])).toThrow(RangeError);
    expect(() => meanPlusSigma(['1', 2] as unknown as number[])).toThrow(TypeError);
    expect(() => meanPlusSigma(null as unknown as number[])).toThrow(TypeError);
    expect(() => meanPlusSigma(S, { sigma: 2 } as object)).toThrow('got sigma. Check its spelling');
    expect(() => meanPlusSigma(S, { k: NaN })).toThrow(RangeError);
  });
});
