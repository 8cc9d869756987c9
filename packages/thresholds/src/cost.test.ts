import { expect, test } from 'vitest';
import { createRandom } from '@adlib/core';
import { cost } from './cost.js';

const good = [1, 2, 3, 6];
const defective = [5, 8, 9];

test('dear misses lower the limit, dear false alarms raise it', () => {
  expect(cost(good, defective, { miss: 100 }).value).toBe(4);
  expect(cost(good, defective, { miss: 1, falseAlarm: 100 }).value).toBe(7);
});

test('states the cost per part at the line rate of defects', () => {
  const threshold = cost(good, defective, { miss: 100, defectRate: 0.1 });
  expect(threshold.parameters['costPerPart']).toBeCloseTo(0.9 * 0.25, 12);
  expect(threshold.parameters).toMatchObject({ miss: 100, falseAlarm: 1, defectRate: 0.1 });
  // With a defect in a million parts a false alarm is all that counts.
  expect(cost(good, defective, { miss: 100, defectRate: 1e-6 }).value).toBe(7);
});

test('equal costs at the rate of the sample are accuracy', () => {
  const threshold = cost(good, defective, { miss: 1, falseAlarm: 1 });
  expect(threshold.parameters['costPerPart']).toBeCloseTo(1 / 7, 12);
});

test('warns where held-out parts cost more', () => {
  const random = createRandom(3);
  const noise = (n: number): Float64Array => Float64Array.from({ length: n }, () => random.normal());
  const threshold = cost(noise(12), noise(12), { miss: 1 });
  expect(threshold.parameters['costPerPartCrossValidated']).toBeGreaterThan(
    threshold.parameters['costPerPart'] as number,
  );
  expect(threshold.warnings.join()).toContain('On held-out folds costPerPart is');
});

test('free misses flag nothing', () => {
  const threshold = cost(good, defective, { miss: 0 });
  expect(threshold.parameters['costPerPart']).toBe(0);
  expect(threshold.parameters['falsePositiveRate']).toBe(0);
});

test('refuses costs that decide nothing', () => {
  expect(() => cost(good, defective, { miss: 0, falseAlarm: 0 })).toThrow('not both 0');
  expect(() => cost(good, defective, { miss: -1 })).toThrow(RangeError);
  expect(() => cost(good, defective, {} as { miss: number })).toThrow('cost: miss must be a finite number');
  expect(() => cost(good, defective, { miss: 1, defectRate: 2 })).toThrow(RangeError);
});
