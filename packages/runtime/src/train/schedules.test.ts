import { expect, test } from 'vitest';
import { cosineSchedule, stepSchedule } from './schedules.js';

test('cosine: warm-up, half way, end, after the end', () => {
  const rate = cosineSchedule({ from: 0.1, to: 0.02, steps: 12, warmup: 2 });
  expect(rate(0)).toBeCloseTo(0.05);
  expect(rate(1)).toBeCloseTo(0.1);
  expect(rate(2)).toBeCloseTo(0.1);
  expect(rate(7)).toBeCloseTo(0.06);
  expect(rate(12)).toBeCloseTo(0.02);
  expect(rate(500)).toBeCloseTo(0.02);
});

test('steps', () => {
  const rate = stepSchedule({ from: 1, factor: 0.5, every: 10 });
  expect([0, 9, 10, 25].map(rate)).toEqual([1, 1, 0.5, 0.25]);
});

test('refuse impossible schedules', () => {
  expect(() => cosineSchedule({ from: -1, steps: 3 })).toThrow('cosineSchedule: from must be');
  expect(() => cosineSchedule({ from: 1, steps: 0 })).toThrow('steps must be');
  expect(() => cosineSchedule({ from: 1, steps: 3, warmup: 4 })).toThrow('warmup must be');
  expect(() => stepSchedule({ from: 1, factor: NaN, every: 1 })).toThrow('factor must be');
});
