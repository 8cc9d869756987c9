import { readFileSync } from 'node:fs';
import { createRandom } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { jensenShannon, ksTest, populationStabilityIndex, wasserstein1 } from './index.js';

interface Golden {
  drift: {
    name: string;
    a: number[];
    b: number[];
    ks: number;
    ksP: number;
    wasserstein: number;
    jensenShannon: number;
    psi: number;
  }[];
  kolmogorov: { n: number; shifts: number[]; tail: number[] };
}
const url = new URL('../../../fixtures/metrics_statistics.json', import.meta.url);
const golden = JSON.parse(readFileSync(url, 'utf8')) as Golden;

describe.each(golden.drift)('equal to scipy: $name', (g) => {
  test('Kolmogorov-Smirnov', () => {
    const { statistic, pValue, exact } = ksTest(g.a, g.b);
    expect(statistic).toBeCloseTo(g.ks, 13);
    expect(pValue).toBeCloseTo(g.ksP, 11);
    expect(exact).toBe(true);
  });

  test('Wasserstein, Jensen-Shannon, population stability', () => {
    expect(wasserstein1(g.a, g.b)).toBeCloseTo(g.wasserstein, 12);
    expect(jensenShannon(g.a, g.b)).toBeCloseTo(g.jensenShannon, 12);
    expect(populationStabilityIndex(g.a, g.b)).toBeCloseTo(g.psi, 12);
  });
});

test('no difference: 0 everywhere, p = 1', () => {
  const a = [5, 1, 4, 2, 3];
  expect(ksTest(a, [...a].reverse())).toEqual({ statistic: 0, pValue: 1, exact: true });
  expect(wasserstein1(a, a)).toBe(0);
  expect(jensenShannon(a, a)).toBe(0);
  expect(populationStabilityIndex(a, a)).toBe(0);
  expect(jensenShannon([2, 2], [2])).toBe(0);
});

test('no overlap: the greatest values', () => {
  expect(ksTest([1, 2], [8, 9]).statistic).toBe(1);
  expect(ksTest([1, 2], [8, 9]).pValue).toBeCloseTo(2 / 6, 14);
  expect(jensenShannon([1, 2], [8, 9])).toBeCloseTo(1, 14);
  expect(wasserstein1([1, 2], [8, 9])).toBe(7);
});

test('symmetric where they should be; a shift moves Wasserstein by itself', () => {
  const { a, b } = golden.drift[1]!;
  expect(ksTest(b, a).pValue).toBeCloseTo(ksTest(a, b).pValue, 12);
  expect(wasserstein1(b, a)).toBeCloseTo(wasserstein1(a, b), 12);
  expect(jensenShannon(b, a)).toBeCloseTo(jensenShannon(a, b), 12);
  expect(
    wasserstein1(
      a,
      a.map((v) => v - 2.5),
    ),
  ).toBeCloseTo(2.5, 12);
});

test("large samples: Kolmogorov's limit", () => {
  const { n, shifts, tail } = golden.kolmogorov;
  const ramp = Float64Array.from({ length: n }, (_, i) => i);
  shifts.forEach((shift, i) => {
    const { statistic, pValue, exact } = ksTest(
      ramp,
      ramp.map((v) => v + shift),
    );
    expect(exact).toBe(false);
    expect(statistic).toBeCloseTo(shift / n, 14);
    expect(pValue).toBeCloseTo(tail[i]!, 12);
  });
  // Both ways of computing it meet at the border.
  const random = createRandom(1);
  const [a, b] = [0, 0.05].map((mean) => Float64Array.from({ length: 3162 }, () => random.normal(mean)));
  const exact = ksTest(a!, b!);
  const limit = ksTest(Float64Array.of(...a!, 99, 100), Float64Array.of(...b!, 99, 100));
  expect([exact.exact, limit.exact]).toEqual([true, false]);
  expect(limit.pValue).toBeCloseTo(exact.pValue, 1);
});

test('refuses empty and infinite samples, and bad options', () => {
  for (const fn of [ksTest, wasserstein1, jensenShannon, populationStabilityIndex]) {
    expect(() => fn([], [1])).toThrow(`${fn.name}: reference must be at least one score, got 'none'.`);
    expect(() => fn([1], [])).toThrow(`${fn.name}: current must be`);
    expect(() => fn([1], [NaN])).toThrow(RangeError);
  }
  expect(() => wasserstein1([1, Infinity], [1])).toThrow(
    'wasserstein1: reference must be finite scores, got Infinity.',
  );
  expect(() => jensenShannon([1], [-Infinity])).toThrow(RangeError);
  expect(() => jensenShannon([1], [2], { bins: 0 })).toThrow(RangeError);
  expect(() => populationStabilityIndex([1], [2], { floor: 0 })).toThrow(RangeError);
});
