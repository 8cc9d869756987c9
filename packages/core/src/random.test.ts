import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRandom, type Random } from './random.js';

interface Stream {
  seed: number;
  words: number[];
  normals: number[];
  integers: number[];
  permutation: number[];
  split: Record<string, number>;
  nested: number;
}

const golden = JSON.parse(readFileSync(new URL('../../../fixtures/core.json', import.meta.url), 'utf8')) as {
  random: Stream[];
};
const word = (random: Random): number => random.uniform() * 2 ** 32;
const draw = (n: number, next: () => number): number[] => Array.from({ length: n }, next);

function moments(values: number[]): { mean: number; sd: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return { mean, sd: Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length) };
}

function correlation(a: number[], b: number[]): number {
  const [ma, mb] = [moments(a), moments(b)];
  return a.reduce((sum, x, i) => sum + (x - ma.mean) * (b[i]! - mb.mean), 0) / (a.length * ma.sd * mb.sd);
}

/** Pearson's chi-squared of counts that should be equal. */
function chiSquared(counts: number[]): number {
  const expected = counts.reduce((a, b) => a + b, 0) / counts.length;
  return counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
}

describe.each(golden.random)('seed $seed against the implementation in fixtures/generate_core.py', (expected) => {
  test('words', () => {
    const random = createRandom(expected.seed);
    expect(draw(8, () => word(random))).toEqual(expected.words);
  });

  test('normal numbers', () => {
    const random = createRandom(expected.seed);
    const normals = draw(8, () => random.normal());
    normals.forEach((z, i) => expect(z).toBeCloseTo(expected.normals[i]!, 14));
  });

  test('integers', () => {
    const random = createRandom(expected.seed);
    expect([1, 2, 3, 7, 1000, 3_000_000_000, 2 ** 32].map((n) => random.integer(n))).toEqual(expected.integers);
  });

  test('permutation', () => {
    expect([...createRandom(expected.seed).permutation(11)]).toEqual(expected.permutation);
  });

  test('streams by name, number and nesting', () => {
    const random = createRandom(expected.seed);
    for (const [name, first] of Object.entries(expected.split)) expect(word(random.split(name))).toBe(first);
    expect(word(random.split(7))).toBe(expected.split['7']);
    expect(word(random.split('a').split('b'))).toBe(expected.nested);
  });
});

describe('statistics of 200,000 numbers (limits are five standard errors)', () => {
  const n = 200_000;

  test('uniform: mean, spread, equal cells, no correlation with the next', () => {
    const random = createRandom(11);
    const u = draw(n, () => random.uniform());
    const { mean, sd } = moments(u);
    expect(Math.abs(mean - 0.5)).toBeLessThan((5 * Math.sqrt(1 / 12)) / Math.sqrt(n));
    expect(Math.abs(sd - Math.sqrt(1 / 12))).toBeLessThan(0.001);
    expect(Math.min(...u.slice(0, 50_000))).toBeGreaterThanOrEqual(0);
    expect(u.every((x) => x < 1)).toBe(true);
    const cells = new Array<number>(100).fill(0);
    for (const x of u) cells[Math.floor(x * 100)]!++;
    expect(chiSquared(cells)).toBeLessThan(99 + 5 * Math.sqrt(2 * 99));
    expect(Math.abs(correlation(u.slice(1), u.slice(0, -1)))).toBeLessThan(5 / Math.sqrt(n));
  });

  test('normal: mean, spread, skewness, kurtosis, tail', () => {
    const random = createRandom(12);
    const z = draw(n, () => random.normal());
    const { mean, sd } = moments(z);
    const power = (k: number): number => z.reduce((sum, x) => sum + ((x - mean) / sd) ** k, 0) / n;
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(sd - 1)).toBeLessThan(5 / Math.sqrt(2 * n));
    expect(Math.abs(power(3))).toBeLessThan(5 * Math.sqrt(6 / n));
    expect(Math.abs(power(4) - 3)).toBeLessThan(5 * Math.sqrt(24 / n));
    const beyond = z.filter((x) => Math.abs(x) > 1.959964).length / n;
    expect(Math.abs(beyond - 0.05)).toBeLessThan(5 * Math.sqrt((0.05 * 0.95) / n));
  });

  test('integer: equal counts, also where 2^32 is no multiple of n', () => {
    const random = createRandom(13);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < n; i++) counts[random.integer(7)]!++;
    expect(chiSquared(counts)).toBeLessThan(6 + 5 * Math.sqrt(12));
    // Taken modulo 3 * 2^30, words would fall into the first third twice as often.
    let low = 0;
    for (let i = 0; i < 30_000; i++) if (random.integer(3 * 2 ** 30) < 2 ** 30) low++;
    expect(Math.abs(low / 30_000 - 1 / 3)).toBeLessThan(5 * Math.sqrt(2 / 9 / 30_000));
  });

  test('permutation: every order of three equally often', () => {
    const random = createRandom(14);
    const counts = new Map<string, number>();
    for (let i = 0; i < 60_000; i++) {
      const order = random.permutation(3).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    expect(chiSquared([...counts.values()])).toBeLessThan(5 + 5 * Math.sqrt(10));
  });
});

describe('streams', () => {
  const n = 50_000;
  const limit = 5 / Math.sqrt(n);

  test.each<[string, (random: Random) => [Random, Random]]>([
    ['parent and child', (random) => [random, random.split('child')]],
    ['two names', (random) => [random.split('a'), random.split('b')]],
    ['neighbouring numbers', (random) => [random.split(0), random.split(1)]],
    ['the same path in another order', (random) => [random.split('a').split('b'), random.split('b').split('a')]],
    ['neighbouring seeds', () => [createRandom(5), createRandom(6)]],
    ['one name under neighbouring seeds', () => [createRandom(5).split('a'), createRandom(6).split('a')]],
  ])('are uncorrelated: %s', (_, make) => {
    const [a, b] = make(createRandom(5));
    const [u, v] = [draw(n, () => a.uniform()), draw(n, () => b.uniform())];
    expect(Math.abs(correlation(u, v))).toBeLessThan(limit);
    expect(u.filter((x) => v[0] === x).length).toBeLessThan(3);
  });

  test('do not depend on how far the parent has run, and do not move it', () => {
    const random = createRandom(9);
    const before = word(random.split('noise'));
    const twin = createRandom(9);
    draw(100, () => random.normal());
    draw(100, () => twin.normal());
    expect(word(random.split('noise'))).toBe(before);
    expect(word(random)).toBe(word(twin));
  });

  test('ten thousand names give ten thousand streams', () => {
    const random = createRandom(0);
    const first = Array.from({ length: 10_000 }, (_, i) => random.split(i)).map((s) => `${word(s)} ${word(s)}`);
    expect(new Set(first).size).toBe(10_000);
  });
});

describe('manners', () => {
  test('limits, mean and spread are applied', () => {
    const [a, b] = [createRandom(1), createRandom(1)];
    expect(a.uniform(-3, 5)).toBe(-3 + 8 * b.uniform());
    const [c, d] = [createRandom(1), createRandom(1)];
    expect([c.normal(10, 2), c.normal(10, 2)]).toEqual([10 + 2 * d.normal(), 10 + 2 * d.normal()]);
  });

  test('a permutation holds every number once, also of none and of one', () => {
    const order = createRandom(2).permutation(1000);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(createRandom(2).permutation(0).length).toBe(0);
    expect([...createRandom(2).permutation(1)]).toEqual([0]);
  });

  test.each([[-1], [1.5], [2 ** 32], [NaN]])('refuses seed %s', (seed) => {
    expect(() => createRandom(seed)).toThrow(RangeError);
  });

  test('refuses a seed that is no number', () => {
    expect(() => createRandom('7' as never)).toThrow(TypeError);
  });

  test.each([[0], [-1], [2 ** 32 + 1], [0.5]])('refuses integer(%s)', (n) => {
    expect(() => createRandom(0).integer(n)).toThrow(RangeError);
  });

  test('refuses a negative permutation', () => {
    expect(() => createRandom(0).permutation(-1)).toThrow(RangeError);
  });
});
