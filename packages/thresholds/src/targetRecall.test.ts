import { expect, test } from 'vitest';
import { targetRecall } from './targetRecall.js';

const good = [1, 2, 3, 6];
const defective = [5, 8, 9, 10];

test('lies midway below the lowest score it must flag', () => {
  expect(targetRecall(good, defective).value).toBe(4);
  expect(targetRecall(good, defective, { recall: 0.75 }).value).toBe(7);
  expect(targetRecall(good, defective, { recall: 0.7 }).value).toBe(7);
  expect(targetRecall(good, defective, { recall: 0.5 }).value).toBe(8.5);
});

test('counts what it misses and how sure that is', () => {
  const threshold = targetRecall(good, defective);
  expect(threshold.parameters).toMatchObject({ recall: 1, falsePositiveRate: 0.25 });
  expect(threshold.parameters['missRateUpper95']).toBeCloseTo(1 - 0.025 ** 0.25, 12);
  expect(threshold.warnings.join()).toContain('the true rate may be up to 60.2 %');
});

test('is below a defective score that is the lowest of all, and handles ties', () => {
  expect(targetRecall([5, 6], [5]).value).toBeLessThan(5);
  const tied = targetRecall([1], [4, 4, 4, 9], { recall: 0.5 });
  expect(tied.value).toBe(2.5);
  expect(tied.parameters['recall']).toBe(1);
});

test('marks test labels and refuses what it cannot use', () => {
  expect(targetRecall(good, defective, { oracle: true }).oracle).toBe(true);
  expect(() => targetRecall(good, [])).toThrow(RangeError);
  expect(() => targetRecall(good, defective, { recall: 0 })).toThrow('in (0, 1]');
});
