import { createRandom } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { symmetricEigen } from './symmetricEigen.js';

describe.each([1, 2, 3, 8, 40])('symmetricEigen of %ix%i', (n) => {
  const random = createRandom(n);
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = random.normal();
  const { values, vectors } = symmetricEigen(a, n);

  test('A v = lambda v, sorted', () => {
    for (let e = 0; e < n; e++) {
      for (let i = 0; i < n; i++) {
        let av = 0;
        for (let j = 0; j < n; j++) av += a[i * n + j]! * vectors[e * n + j]!;
        expect(av).toBeCloseTo(values[e]! * vectors[e * n + i]!, 10);
      }
      if (e > 0) expect(values[e]!).toBeLessThanOrEqual(values[e - 1]!);
    }
  });

  test('vectors are orthonormal and the trace is kept', () => {
    for (let e = 0; e < n; e++) {
      for (let f = 0; f <= e; f++) {
        let dot = 0;
        for (let j = 0; j < n; j++) dot += vectors[e * n + j]! * vectors[f * n + j]!;
        expect(dot).toBeCloseTo(e === f ? 1 : 0, 10);
      }
    }
    let trace = 0;
    for (let i = 0; i < n; i++) trace += a[i * n + i]!;
    expect(values.reduce((s, v) => s + v, 0)).toBeCloseTo(trace, 9);
  });
});

test('repeated eigenvalues, zeros, and a NaN', () => {
  expect([...symmetricEigen(new Float64Array(9), 3).values]).toEqual([0, 0, 0]);
  expect([...symmetricEigen(Float64Array.from([2, 0, 0, 0, 2, 0, 0, 0, 2]), 3).values]).toEqual([2, 2, 2]);
  expect(() => symmetricEigen(Float64Array.from([1, NaN, 0, NaN, 1, 1, 0, 1, 2]), 3)).toThrow(RangeError);
});
