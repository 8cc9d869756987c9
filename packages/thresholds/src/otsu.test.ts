import { expect, test } from 'vitest';
import { otsu } from './otsu.js';

const S = [0.1, 0.12, 0.15, 0.2, 0.22, 0.25, 0.7, 0.75, 0.9, 0.95];

test('takes the middle of the plateau between two groups', () => {
  const threshold = otsu(S);
  expect(threshold.parameters['firstMaximum']).toBeCloseTo(0.2510742188, 9);
  // 135 equally good splits, from the last bin of the lower group to the one before the upper group.
  expect(threshold.value).toBeCloseTo(0.2510742188 + (134 / 2) * (0.85 / 256), 6);
  expect(threshold.fittedOn).toEqual({ n: 10, good: 6, defective: 4 });
});

test('order and scale have no influence', () => {
  const { value } = otsu(S);
  expect(otsu([...S].reverse()).value).toBe(value);
  expect(otsu(S.map((s) => 1000 * s - 5)).value).toBeCloseTo(1000 * value - 5, 6);
});

test('two scores are split in the middle', () => {
  expect(otsu([0, 1]).value).toBeCloseTo(0.5, 2);
});

test('says that both groups are needed, and refuses one', () => {
  expect(otsu(S).warnings.join()).toContain('both good and defective');
  expect(otsu([...new Array<number>(50).fill(0), 1]).warnings.join()).toContain('1 of 51 above');
  expect(() => otsu([2, 2, 2])).toThrow('otsu: scores must be of two or more distinct values');
  expect(() => otsu([2])).toThrow(RangeError);
  expect(() => otsu([1, NaN])).toThrow('scores[1]');
  expect(() => otsu(S, { bins: 1 })).toThrow(RangeError);
});
