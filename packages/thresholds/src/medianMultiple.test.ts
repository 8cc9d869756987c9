import { expect, test } from 'vitest';
import { medianMultiple } from './medianMultiple.js';

test('lambda times the median', () => {
  const threshold = medianMultiple([10, 1, 2, 4, 3], { lambda: 2.5 });
  expect(threshold.value).toBe(7.5);
  expect(threshold.parameters).toEqual({ lambda: 2.5, median: 3, shareAbove: 0.2 });
  expect(threshold.expectedFalsePositiveRate).toBeUndefined();
  expect(medianMultiple([1, 2], { lambda: 2 }).value).toBe(3);
});

test('needs lambda and scores of zero or more', () => {
  expect(() => medianMultiple([1, 2], {} as { lambda: number })).toThrow(
    'medianMultiple: lambda must be a finite number',
  );
  expect(() => medianMultiple([1, 2], { lambda: 0 })).toThrow('above 0');
  expect(() => medianMultiple([1, -2], { lambda: 2 })).toThrow('scores[1] must be zero or more, got -2');
  expect(() => medianMultiple([], { lambda: 2 })).toThrow(RangeError);
});

test('warns where the limit means little', () => {
  expect(medianMultiple([0, 0, 5], { lambda: 2 }).warnings.join()).toContain('The median is 0');
  expect(medianMultiple(new Array<number>(30).fill(1), { lambda: 2 }).warnings).toEqual([]);
});
