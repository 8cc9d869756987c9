import { createRandom } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { fitSupportVectors, supportVectorMargin } from './supportVectors.js';

const rows = [
  [0, 0],
  [1, 0],
  [3, 0],
  [4, 1],
].map((row) => Float64Array.from(row));
const labels = Int8Array.of(-1, -1, 1, 1);

test('linear machine of four points', () => {
  const { model } = fitSupportVectors(rows, labels, new Float64Array(4).fill(1), { type: 'linear' });
  expect(model.vectors).toEqual([
    [1, 0],
    [3, 0],
  ]);
  expect(model.coefficients[0]).toBeCloseTo(-0.5, 9);
  expect(model.coefficients[1]).toBeCloseTo(0.5, 9);
  expect(model.bias).toBeCloseTo(-2, 9);
  expect(supportVectorMargin(model, Float64Array.of(2, 0))).toBeCloseTo(0, 9);
});

test('rbf machine of four points', () => {
  const { model } = fitSupportVectors(rows, labels, new Float64Array(4).fill(10), { type: 'rbf', gamma: 0.5 });
  [0.5819645, 0.8466001, 0.8054177, 0.6231469].forEach((alpha, i) => {
    expect(Math.abs(model.coefficients[i]!)).toBeCloseTo(alpha, 4);
  });
  expect(model.bias).toBeCloseTo(0.0863793, 4);
  expect(supportVectorMargin(model, Float64Array.of(2, 0.5))).toBeCloseTo(0.0692544, 4);
});

test('equal points of both kinds end, with a bias between them', () => {
  const same = [0, 0, 0, 0].map(() => Float64Array.of(1, 1));
  const { model } = fitSupportVectors(same, labels, new Float64Array(4).fill(1), { type: 'rbf', gamma: 1 });
  expect(Math.abs(supportVectorMargin(model, Float64Array.of(1, 1)))).toBeLessThanOrEqual(1);
});

test('coefficients balance and stay in their box', () => {
  const many = Array.from({ length: 60 }, (_, i) => Float64Array.of(Math.sin(i), Math.cos(3 * i)));
  const mixed = Int8Array.from(many, (_, i) => (i % 3 === 0 ? 1 : -1));
  const { model } = fitSupportVectors(many, mixed, new Float64Array(60).fill(2), { type: 'rbf', gamma: 0.5 });
  expect(model.coefficients.reduce((sum, c) => sum + c, 0)).toBeCloseTo(0, 9);
  expect(Math.max(...model.coefficients.map(Math.abs))).toBeLessThanOrEqual(2);
});

describe('two kinds that overlap, C = 100, linear', () => {
  const random = createRandom(3);
  const overlapping = Array.from({ length: 80 }, (_, i) => Float64Array.of(random.normal(i % 2), random.normal()));
  const kinds = Int8Array.from(overlapping, (_, i) => (i % 2 === 1 ? 1 : -1));
  const limits = new Float64Array(80).fill(100);

  test('is solved', () => {
    expect(fitSupportVectors(overlapping, kinds, limits, { type: 'linear' }).violation).toBeLessThan(1e-7);
  });

  test('says what is left when the steps run out', () => {
    const { violation } = fitSupportVectors(overlapping, kinds, limits, { type: 'linear' }, { steps: 50 });
    expect(violation).toBeGreaterThan(1e-3);
  });
});
