import { createRandom } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { asFloat32, openRows } from './workspace.js';

const close = (actual: Float64Array, expected: (i: number) => number): void => {
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected(i), 13);
  });
};

describe.each([false, true])('row by row, plain: %s', (plain) => {
  const filled = (lengths: number[]) => {
    const random = createRandom(lengths[0]!);
    const { rows, math } = openRows(lengths, plain);
    for (const row of rows) for (let i = 0; i < row.length; i++) row[i] = random.uniform();
    return { rows, math, before: rows.map((row) => row.slice()) };
  };

  test.each([1, 2, 7, 24])('products of %i', (n) => {
    const { rows, math, before } = filled([n, n, n, n]);
    math.products(rows[0]!, rows[1]!, rows[2]!, rows[3]!, [2, 0.5]);
    const [x, y] = before as [Float64Array, Float64Array];
    close(rows[0]!, (i) => 2 * x[i]!);
    close(rows[1]!, (i) => y[i]! / 2);
    close(rows[2]!, (i) => 4 * x[i]! ** 2 + y[i]! ** 2 / 4);
    close(rows[3]!, (i) => x[i]! * y[i]!);
  });

  test.each([
    { n: 1, luminance: 1, covariance: 1.5 },
    { n: 9, luminance: 0, covariance: 1 },
    { n: 10, luminance: 1, covariance: 0 },
  ])('similarity of $n, terms $luminance and $covariance', ({ n, luminance, covariance }) => {
    const { rows, math, before } = filled([n, n, n, n]);
    const [x, y, squares, product] = before as [Float64Array, Float64Array, Float64Array, Float64Array];
    const [c1, c2] = [luminance === 0 ? 1 : 0.1, covariance === 0 ? 1 : 3];
    math.similarity(rows[0]!, rows[1]!, rows[2]!, rows[3]!, { luminance, c1, covariance, c2 });
    close(rows[0]!, (i) => {
      const [a, b] = [x[i]!, y[i]!];
      const l = luminance === 0 ? 1 : (2 * a * b + c1) / (a * a + b * b + c1);
      const deviations = covariance * (squares[i]! - a * a - b * b) + c2;
      return covariance === 0 ? l : (l * (2 * covariance * (product[i]! - a * b) + c2)) / deviations;
    });
    for (const k of [1, 2, 3]) expect(rows[k]).toEqual(before[k]);
  });

  test.each([1, 6, 13])('gradient of %i', (n) => {
    const { rows, math, before } = filled([n + 2, n + 2, n + 2, n]);
    math.gradient(rows[0]!, rows[1]!, rows[2]!, rows[3]!, 2, 0.25);
    const at = (row: number, i: number): number => before[row]![i]!;
    close(rows[3]!, (i) => {
      const column = (x: number): number => at(0, x) + 2 * at(1, x) + at(2, x);
      const line = (row: number): number => at(row, i) + 2 * at(row, i + 1) + at(row, i + 2);
      return Math.hypot(column(i) - column(i + 2), line(0) - line(2)) / 4;
    });
  });

  test.each([1, 4, 11])('grey and halves of %i', (n) => {
    const { rows, math, before } = filled([3 * n, 3 * n, n, n]);
    math.grey(rows[0]!, rows[2]!, [0.2, 0.3, 0.5]);
    math.halve(rows[0]!, rows[1]!, rows[3]!);
    const [a, b] = before as [Float64Array, Float64Array];
    close(rows[2]!, (i) => 0.2 * a[3 * i]! + 0.3 * a[3 * i + 1]! + 0.5 * a[3 * i + 2]!);
    close(rows[3]!, (i) => (a[2 * i]! + a[2 * i + 1]! + b[2 * i]! + b[2 * i + 1]!) / 4);
  });

  test('squared differences of float32, to 3e-7', () => {
    const { rows, math } = filled([24, 24]);
    const [a, b] = rows.map((row) => asFloat32(row).fill(0)) as [Float32Array, Float32Array];
    const random = createRandom(4);
    let sum = 0;
    for (let i = 0; i < 47; i++) {
      a[i] = random.normal();
      b[i] = random.normal();
      sum += (a[i]! - b[i]!) ** 2;
    }
    expect(Math.abs(math.squaredDifferences(a, b) / sum - 1)).toBeLessThan(3e-7);
    b[46] = NaN;
    expect(math.squaredDifferences(a, b)).toBeNaN();
  });

  test('numbers that are not below a limit', () => {
    const { rows, math } = filled([24, 25]);
    const [values, found] = rows.map(asFloat32) as [Float32Array, Float32Array];
    values.fill(0.2);
    values.set([0.5, NaN, 0.7, 0.1], 30);
    values[47] = 9;
    expect(math.notBelow(values, 0.5, found)).toBe(4);
    expect([...found.subarray(0, 4)]).toEqual([...Float32Array.of(0.5, NaN, 0.7, 9)]);
    expect(math.notBelow(values.subarray(0, 16), 0.5, found)).toBe(0);
    expect(math.notBelow(values.subarray(0, 16), -Infinity, found)).toBe(16);
  });
});
