import { describe, expect, test } from 'vitest';
import { resample, triangleTaps } from './resample.js';

const rounded = (weights: Float64Array): number[] => [...weights].map((w) => Math.round(w * 1e6) / 1e6);

describe('triangleTaps', () => {
  test('copies when nothing changes: one tap of weight 1', () => {
    const taps = triangleTaps(4, 4);
    expect(taps.map(({ first, weights }) => [first, ...weights])).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
      [3, 1],
    ]);
  });

  test('halves with 1 3 3 1, cut at the edge', () => {
    const taps = triangleTaps(6, 3);
    expect(taps.map(({ first }) => first)).toEqual([0, 1, 3]);
    expect(rounded(taps[0]!.weights)).toEqual([3 / 7, 3 / 7, 1 / 7].map((w) => Math.round(w * 1e6) / 1e6));
    expect(rounded(taps[1]!.weights)).toEqual([0.125, 0.375, 0.375, 0.125]);
  });

  test.each([
    [5, 13],
    [13, 5],
    [1, 4],
    [9, 1],
    [100, 99],
  ])('%i to %i: weights are positive, sum to 1 and stay inside', (from, to) => {
    const taps = triangleTaps(from, to);
    expect(taps.length).toBe(to);
    for (const { first, weights } of taps) {
      expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      expect(weights.every((w) => w > 0)).toBe(true);
      expect(first).toBeGreaterThanOrEqual(0);
      expect(first + weights.length).toBeLessThanOrEqual(from);
    }
  });

  test('scale, start and range take a window of the axis', () => {
    const whole = triangleTaps(12, 6);
    const window = triangleTaps(12, 2, { scale: 2, start: 4, low: 0, high: 11 });
    expect(window).toEqual(whole.slice(2, 4));
    const cut = triangleTaps(12, 1, { scale: 2, start: 4, low: 4, high: 5 });
    expect([cut[0]!.first, ...cut[0]!.weights]).toEqual([4, 0.5, 0.5]);
  });
});

describe('resample', () => {
  test('is the product of the weights along both axes', () => {
    const [rows, columns] = [triangleTaps(5, 3), triangleTaps(4, 7)];
    const data = Float32Array.from({ length: 20 }, (_, i) => Math.sin(i));
    const out = resample(data, 4, rows, columns, 1);
    rows.forEach((row, y) => {
      columns.forEach((column, x) => {
        let sum = 0;
        row.weights.forEach((wy, i) => {
          column.weights.forEach((wx, j) => {
            sum += wy * wx * data[(row.first + i) * 4 + column.first + j]!;
          });
        });
        expect(out[y * 7 + x]).toBeCloseTo(sum, 6);
      });
    });
  });

  test('reads only the rows it needs', () => {
    const data = new Float32Array(8 * 2).fill(NaN);
    data.set([1, 2, 3, 4], 4);
    const rows = triangleTaps(8, 2, { scale: 1, start: 2 });
    expect([...resample(data, 2, rows, triangleTaps(2, 2), 1)]).toEqual([1, 2, 3, 4]);
  });
});

describe('resample with an affine', () => {
  const rows = triangleTaps(9, 4);
  const columns = triangleTaps(5, 11);

  test.each([
    [1, 1],
    [3, 3],
    [1, 3],
  ] as const)('%i to %i channels: scaled and shifted, channel by channel', (channels, to) => {
    const data = Uint16Array.from({ length: 45 * channels }, (_, i) => (i * 911) % 65536);
    const factor = [0.5, 2, -1].slice(0, to);
    const shift = [1, 0, 7].slice(0, to);
    const plain = resample(data, 5, rows, columns, channels);
    const into = new Float32Array(44 * to);
    expect(resample(data, 5, rows, columns, channels, { channels: to, factor, shift }, into)).toBe(into);
    for (let i = 0; i < into.length; i++) {
      const from = channels === to ? i : Math.floor(i / to);
      expect(into[i]).toBeCloseTo(plain[from]! * factor[i % to]! + shift[i % to]!, 2);
    }
  });

  test('any kind of array, any number of channels, rows in any order: the same sums', () => {
    const values = Array.from({ length: 45 * 2 }, (_, i) => Math.cos(i));
    const two = resample(values, 5, rows, columns, 2);
    expect(resample(Float64Array.from(values), 5, rows, columns, 2)).toEqual(two);
    const first = resample(
      values.filter((_, i) => i % 2 === 0),
      5,
      rows,
      columns,
      1,
    );
    expect([...first]).toEqual([...two].filter((_, i) => i % 2 === 0));
    const upsideDown = resample(values, 5, [...rows].reverse(), columns, 2);
    for (let y = 0; y < 4; y++)
      expect(upsideDown.slice(y * 22, y * 22 + 22)).toEqual(two.slice((3 - y) * 22, (4 - y) * 22));
  });
});
