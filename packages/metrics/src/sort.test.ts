import { createRandom } from '@adlib/core';
import { expect, test } from 'vitest';
import { keyOfNumber, numberBelowKey, numberOfKey, sortFloat64, sortKeys, sortKeysWithValues } from './sort.js';

const random = createRandom(11);

test.each([0, 1, 5, 1023, 1024, 5000])('sortKeys of %i keys, any bits', (n) => {
  const keys = Uint32Array.from({ length: n }, () => random.integer(4294967296));
  const padded = Uint32Array.of(...keys, 7);
  sortKeys(padded, n, new Uint32Array(n));
  expect([...padded]).toEqual([...keys.sort(), 7]);
});

test('sortKeys when digits are shared: one, two or three passes', () => {
  for (const spread of [1, 100, 2 ** 11, 2 ** 15, 2 ** 24]) {
    const keys = Uint32Array.from({ length: 3000 }, () => 0xc0000000 + random.integer(spread));
    const expected = keys.slice().sort();
    sortKeys(keys, 3000, new Uint32Array(3000));
    expect(keys).toEqual(expected);
  }
});

test('sortKeysWithValues keeps pairs together and equal keys in order', () => {
  const keys = Uint32Array.from({ length: 4000 }, () => random.integer(50) * 90_000_000);
  const values = keys.map((_, i) => i);
  const expected = [...keys.keys()].sort((i, j) => keys[i]! - keys[j]! || i - j);
  sortKeysWithValues(keys, values);
  expect([...values]).toEqual(expected);
});

test.each([
  ['normal', () => random.normal()],
  ['few distinct', () => random.integer(3) - 1],
  ['equal upper words', () => 1 + random.uniform() * 2 ** -33],
  ['all magnitudes', () => random.normal() * 10 ** (random.integer(600) - 300)],
  ['with infinities', () => [Infinity, -Infinity, 1, -1][random.integer(4)]!],
])('sortFloat64: %s', (_, draw) => {
  const values = Float64Array.from({ length: 6000 }, () => draw() + 0);
  const expected = values.slice().sort();
  sortFloat64(values);
  expect(values).toEqual(expected);
});

test('keys keep the order of float32 numbers and come back', () => {
  const numbers = [-Infinity, -3.4e38, -1, -1e-45, 0, 1e-45, 0.1, 1, 3.4e38, Infinity].map(Math.fround);
  const keys = numbers.map(keyOfNumber);
  expect([...keys].sort((a, b) => a - b)).toEqual(keys);
  expect(keys.map(numberOfKey)).toEqual(numbers);
  expect(keyOfNumber(-0)).toBe(keyOfNumber(0));
});

test('numberBelowKey is the next float32 down', () => {
  for (const x of [1, -1, 0, 0.1, 1e-45, Infinity, -3e38].map(Math.fround)) {
    const below = numberBelowKey(keyOfNumber(x));
    expect(below).toBeLessThan(x);
    if (Number.isFinite(x))
      expect(Math.fround((x + below) / 2) === x || Math.fround((x + below) / 2) === below).toBe(true);
  }
  expect(numberBelowKey(keyOfNumber(-Infinity))).toBe(-Infinity);
});
