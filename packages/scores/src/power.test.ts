import { createRandom } from '@adlib/core';
import { expect, test } from 'vitest';
import { raise } from './power.js';

test.each([0.0448, 0.3001, 0.5, 1])('equals Math.pow to float32 precision: exponent %f', (exponent) => {
  const random = createRandom(1);
  const values = Float64Array.from({ length: 5000 }, (_, i) => random.uniform() * 10 ** ((i % 30) - 25));
  const raised = values.slice();
  raise(raised, exponent);
  const worst = raised.reduce((most, v, i) => Math.max(most, Math.abs(v / values[i]! ** exponent - 1)), 0);
  expect(worst).toBeLessThan(2e-7);
});

test('special values', () => {
  const values = Float64Array.of(1, 0, -0.5, -0, NaN, 0.25, 4, 1e-320);
  raise(values, 0.5);
  expect(values).toEqual(Float64Array.of(1, 0, 0, 0, NaN, 0.5, 2, 0));
});
