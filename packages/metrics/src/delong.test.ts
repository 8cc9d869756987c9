import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { auroc, delongInterval, delongTest } from './index.js';
import { normalQuantile, normalTail } from './normal.js';

interface Golden {
  normal: { z: number[]; tail: number[]; p: number[]; quantile: number[] };
  delong: {
    name: string;
    a: number[];
    b: number[];
    labels: number[];
    estimate: number;
    standardError: number;
    lower: number;
    upper: number;
    z: number;
    pValue: number;
  }[];
}
const url = new URL('../../../fixtures/metrics_statistics.json', import.meta.url);
const golden = JSON.parse(readFileSync(url, 'utf8')) as Golden;

test('normal distribution equals scipy to 1e-12, relative', () => {
  golden.normal.z.forEach((z, i) => expect(normalTail(z) / golden.normal.tail[i]!).toBeCloseTo(1, 12));
  golden.normal.p.forEach((p, i) => expect(normalQuantile(p)).toBeCloseTo(golden.normal.quantile[i]!, 11));
});

describe.each(golden.delong)('equal to the pairwise definition: $name', (g) => {
  test('interval', () => {
    const ours = delongInterval(g.a, g.labels);
    expect(ours.estimate).toBeCloseTo(auroc(g.a, g.labels), 14);
    for (const key of ['estimate', 'standardError', 'lower', 'upper'] as const)
      expect(ours[key]).toBeCloseTo(g[key], 12);
  });

  test('test of two detectors', () => {
    const ours = delongTest(g.a, g.b, g.labels);
    expect(ours.z).toBeCloseTo(g.z, 10);
    expect(ours.pValue).toBeCloseTo(g.pValue, 12);
    expect(delongTest(g.b, g.a, g.labels).z).toBeCloseTo(-g.z, 10);
  });
});

test('complete separation gives a point, the same detector p = 1', () => {
  expect(delongInterval([1, 2, 3, 4], [0, 0, 1, 1])).toMatchObject({
    estimate: 1,
    lower: 1,
    upper: 1,
    standardError: 0,
  });
  expect(delongTest([1, 3, 2, 4], [10, 30, 20, 40], [0, 0, 1, 1])).toMatchObject({ difference: 0, z: 0, pValue: 1 });
  // One perfect, one perfectly wrong: no variance at all, and no doubt.
  expect(delongTest([1, 2, 3, 4], [4, 3, 2, 1], [0, 0, 1, 1])).toMatchObject({ difference: 1, z: Infinity, pValue: 0 });
});

test('too few images: NaN ends; wrong input refused', () => {
  expect(delongInterval([1, 2, 3], [0, 0, 1])).toMatchObject({ estimate: 1, lower: NaN, upper: NaN });
  expect(delongInterval([1, 2], [1, 1]).estimate).toBeNaN();
  expect(delongTest([1, 2], [2, 1], [0, 1]).pValue).toBeNaN();
  expect(() => delongTest([1, 2], [1], [0, 1])).toThrow(RangeError);
  expect(() => delongInterval([1, 2], [0, 1], { confidence: 0 })).toThrow(/confidence/);
});
