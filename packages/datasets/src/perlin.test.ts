import { createRandom } from '@adlib/core';
import { expect, test } from 'vitest';
import { gradientNoise, perlin } from './perlin.js';

const noise = perlin(createRandom(4));

test('is 0 on the grid and repeats every 256 units', () => {
  for (const [x, y] of [
    [0, 0],
    [3, 7],
    [-5, 300],
  ] as const)
    expect(noise(x, y)).toBeCloseTo(0, 12);
  expect(noise(2.3 + 256, -1.7)).toBeCloseTo(noise(2.3, -1.7), 9);
});

test('about 0 on average, within [-1, 1], smooth', () => {
  let [sum, squares, most, jump] = [0, 0, 0, 0];
  for (let i = 0; i < 40_000; i++) {
    const [x, y] = [(i % 200) * 0.37, Math.floor(i / 200) * 0.41];
    const value = noise(x, y);
    sum += value;
    squares += value * value;
    most = Math.max(most, Math.abs(value));
    jump = Math.max(jump, Math.abs(noise(x + 1e-4, y) - value));
  }
  expect(Math.abs(sum / 40_000)).toBeLessThan(0.02);
  expect(Math.sqrt(squares / 40_000)).toBeGreaterThan(0.2);
  expect(most).toBeLessThanOrEqual(1);
  expect(jump).toBeLessThan(1e-3);
});

test('another seed, another noise; the same seed, the same', () => {
  expect(perlin(createRandom(5))(0.4, 0.6)).not.toBe(noise(0.4, 0.6));
  expect(perlin(createRandom(4))(0.4, 0.6)).toBe(noise(0.4, 0.6));
});

test('equals the reference of DRAEM (rand_perlin_2d_np) for given gradients', () => {
  // DRAEM 2dbf673: a 4 x 4 picture of one cell, angles [[0, pi], [pi / 2, 3 pi / 2]]; there the cosine goes with the row.
  const ways = [
    [0, 128],
    [64, 192],
  ];
  const fixed = gradientNoise((row, column) => ways[row]![column]!);
  const expected = [
    [0, 0, 0, 0],
    [0.3169550904, 0.2955107739, 0.0731966004, -0.2071601898],
    [0.3535533906, 0.4937317857, 0.3535533906, -0.0669817947],
    [0.1097949006, 0.469638624, 0.6339101808, 0.2955107739],
  ];
  expected.forEach((row, y) => {
    row.forEach((value, x) => expect(fixed(y / 4, x / 4)).toBeCloseTo(value, 8));
  });
});
