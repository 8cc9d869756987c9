import { expect, test } from 'vitest';
import { ndarray } from '@adlib/core';
import { countAtMost, quantileOfSorted, readScores, readSorted, shareAbove } from './scores.js';

test('reads any array-like without changing it', () => {
  const data = new Float32Array([3, 1, 2]);
  expect([...readSorted('f', 'good', data)]).toEqual([1, 2, 3]);
  expect([...data]).toEqual([3, 1, 2]);
  expect([...readScores('f', 'good', { length: 2, 0: 5, 1: 4 })]).toEqual([5, 4]);
  expect([...readScores('f', 'good', ndarray(data, [3], [-1], 2))]).toEqual([2, 1, 3]);
  expect([...readScores('f', 'good', ndarray(new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3]).transpose(1, 0))]).toEqual([
    1, 4, 2, 5, 3, 6,
  ]);
});

test('refuses holes, text, NaN and what is no array, naming the index', () => {
  expect(() => readScores('f', 'good', new Array<number>(2))).toThrow('f: good[0] must be a number, got undefined');
  expect(() => readScores('f', 'good', 'abc' as unknown as number[])).toThrow(TypeError);
  expect(() => readScores('f', 'good', {} as unknown as number[])).toThrow(TypeError);
  expect(() => readScores('f', 'good', [0, 1, -Infinity])).toThrow('f: good[2] must be a finite number, got -Infinity');
});

test('counts and quantiles of sorted values', () => {
  const sorted = Float64Array.of(1, 2, 2, 3);
  expect([0, 1, 2, 2.5, 3].map((limit) => countAtMost(sorted, limit))).toEqual([0, 1, 3, 3, 4]);
  expect(shareAbove(sorted, 2)).toBe(0.25);
  expect(quantileOfSorted(sorted, 1)).toBe(3);
  // Interpolating between equal scores gives that score to the last bit.
  expect(quantileOfSorted(Float64Array.of(0.1, 0.1, 0.1), 0.37)).toBe(0.1);
});
