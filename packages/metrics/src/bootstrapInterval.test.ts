import { createRandom } from '@adlib/core';
import { expect, test } from 'vitest';
import { auroc } from './auroc.js';
import { bootstrapInterval } from './bootstrapInterval.js';
import { delongInterval } from './delongInterval.js';
import { f1Max } from './f1Max.js';

function sample(n: number, seed: number): { scores: number[]; labels: number[] } {
  const random = createRandom(seed);
  const labels = Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 0 : 1));
  return { labels, scores: labels.map((l) => random.normal(1.2 * l)) };
}

test('agrees with the interval in closed form on a large sample', () => {
  const { scores, labels } = sample(600, 1);
  const drawn = bootstrapInterval(auroc, scores, labels);
  const exact = delongInterval(scores, labels);
  expect(drawn.estimate).toBe(exact.estimate);
  expect(drawn.standardError / exact.standardError).toBeCloseTo(1, 1);
  expect(drawn.lower).toBeCloseTo(exact.lower, 2);
  expect(drawn.upper).toBeCloseTo(exact.upper, 2);
});

test('the same seed gives the same interval, another one another', () => {
  const { scores, labels } = sample(40, 2);
  const at = (seed: number) => bootstrapInterval(auroc, scores, labels, { resamples: 100, seed });
  expect(at(5)).toEqual(at(5));
  expect(at(5).lower).not.toBe(at(6).lower);
});

test('keeps the classes as large as they are', () => {
  const seen = new Set<string>();
  const count = (s: Float64Array, l: Uint8Array): number => {
    seen.add(`${s.length} ${l.reduce((a, b) => a + b, 0)}`);
    return 0;
  };
  bootstrapInterval(count, [1, 2, 3, 4, 5], [0, 0, 1, 0, 0], { resamples: 20 });
  expect([...seen]).toEqual(['5 1']);
});

test('any metric; a wider confidence gives a wider interval', () => {
  const { scores, labels } = sample(60, 3);
  const at = (confidence: number) =>
    bootstrapInterval((s, l) => f1Max(s, l).f1, scores, labels, { resamples: 300, confidence });
  expect(at(0.99).upper - at(0.99).lower).toBeGreaterThan(at(0.5).upper - at(0.5).lower);
});

test('holds the true value about as often as it claims', () => {
  // AUROC of N(0, 1) against N(1, 1) is Phi(1 / sqrt 2).
  const truth = 0.7602499389;
  let inside = 0;
  for (let seed = 0; seed < 150; seed++) {
    const random = createRandom(seed);
    const labels = Array.from({ length: 80 }, (_, i) => i % 2);
    const { lower, upper } = bootstrapInterval(
      auroc,
      labels.map((l) => random.normal(l)),
      labels,
      { resamples: 200, seed },
    );
    if (lower <= truth && truth <= upper) inside++;
  }
  expect(inside / 150).toBeGreaterThan(0.88);
  expect(inside / 150).toBeLessThan(0.99);
});

test('undefined metric, wrong options', () => {
  expect(bootstrapInterval(auroc, [1, 2], [0, 0]).lower).toBeNaN();
  const sometimes = (s: Float64Array): number => (new Set(s).size < 3 ? NaN : 1);
  expect(() => bootstrapInterval(sometimes, [1, 2, 3], [0, 0, 1])).toThrow(/defined on every resample/);
  expect(() => bootstrapInterval(auroc, [1, 2], [0, 1], { confidence: 1 })).toThrow(
    /confidence must be between 0 and 1/,
  );
  expect(() => bootstrapInterval('auroc' as never, [1, 2], [0, 1])).toThrow(TypeError);
  expect(() => bootstrapInterval(auroc, [1, 2], [0, 1], { n: 3 } as object)).toThrow(TypeError);
});
