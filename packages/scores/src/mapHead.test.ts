import { createRandom, ndarray, NotFittedError, type NdArray } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../test/golden.js';
import { MapHead } from './mapHead.js';
import { maxScore } from './maxScore.js';

interface Golden {
  head: { maps: number[][]; labels: number[]; ridge: number; weights: number[]; bias: number };
}
const { head: expected } = golden('scores_head') as Golden;
const maps = expected.maps.map((values) => ndarray(Float32Array.from(values), [6, 8]));
const good = maps.filter((_, i) => expected.labels[i] === 0);
const synthetic = maps.filter((_, i) => expected.labels[i] === 1);

describe('MapHead', () => {
  test('equals ridge logistic regression of scikit-learn on the same figures, classes balanced', () => {
    const { weights, bias } = new MapHead({ ridge: expected.ridge }).fit(good, synthetic).save();
    expectClose(weights, expected.weights, { rtol: 1e-5, atol: 1e-6 });
    expect(bias).toBeCloseTo(expected.bias, 5);
  });

  test('is not led by single pixels where the maximum is', () => {
    const random = createRandom(4);
    const make = (blob: number, spike: number): NdArray => {
      const values = Float32Array.from({ length: 40 * 50 }, () => Math.abs(random.normal()));
      for (let y = 10; y < 20; y++) for (let x = 20; x < 32; x++) values[y * 50 + x]! += blob;
      values[7] = spike;
      return ndarray(values, [40, 50]);
    };
    const spikes = (n: number): number[] => Array.from({ length: n }, () => random.uniform(3, 9));
    const fitted = new MapHead().fit(
      spikes(30).map((s) => make(0, s)),
      spikes(30).map((s) => make(2, s)),
    );
    const calm = spikes(20).map((s) => make(0, s));
    const defect = spikes(20).map((s) => make(2, s));
    const wins = (score: (m: NdArray) => number): number =>
      defect.flatMap((d) => calm.map((c) => Number(score(d) > score(c)))).reduce((a, b) => a + b) / 400;
    expect(wins((m) => fitted.score(m))).toBe(1);
    expect(wins(maxScore)).toBeLessThan(0.8);
  });

  test('separable classes converge; save and load keep the scores', () => {
    const flat = (v: number): NdArray => ndarray(new Float32Array(6).fill(v), [2, 3]);
    const fitted = new MapHead().fit([flat(0), flat(0.1)], [flat(1), flat(1.1), flat(1.2)]);
    expect(fitted.score(flat(0))).toBeLessThan(0);
    expect(fitted.score(flat(1.1))).toBeGreaterThan(0);
    const copy = new MapHead().load(JSON.parse(JSON.stringify(fitted.save())) as ReturnType<MapHead['save']>);
    expect(copy.score(flat(0.4))).toBe(fitted.score(flat(0.4)));
    expect(fitted.score(ndarray(new Float32Array([NaN, 1]), [1, 2]))).toBeNaN();
  });

  test('refuses too few maps, NaN, and use before fitting', () => {
    expect(() => new MapHead().score(maps[0]!)).toThrow(NotFittedError);
    expect(() => new MapHead().fit(good, synthetic.slice(0, 1))).toThrow(
      'synthetic must be an array of at least 2 maps',
    );
    expect(() => new MapHead().fit([good[0]!, ndarray(new Float32Array([NaN]), [1, 1])], synthetic)).toThrow('good[1]');
    expect(() => new MapHead({ ridge: 0 })).toThrow(RangeError);
    expect(() => new MapHead().load({ mean: [1], scale: [1], weights: [1], bias: 0 })).toThrow('must have 6 values');
  });
});
