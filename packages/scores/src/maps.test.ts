import { ndarray, type NdArray } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../test/golden.js';
import { attentionScore } from './attentionScore.js';
import { combineMaps } from './combineMaps.js';
import { largestResponse } from './largestResponse.js';
import { fitMapNormalizer, normalizeMap } from './mapNormalizer.js';
import { maxScore } from './maxScore.js';
import { meanScore } from './meanScore.js';
import { overlapAverage } from './overlapAverage.js';
import { upsampleMap, type UpsampleMapOptions } from './upsampleMap.js';

interface Golden {
  aggregate: { values: number[]; shape: number[] };
  responses: { threshold: number; connectivity: 4 | 8; sum: number; area: number }[];
}
interface Torch {
  upsample: {
    plane: number[];
    shape: number[];
    cases: (Required<UpsampleMapOptions> & { size: [number, number]; map: number[] })[];
  };
}
const { aggregate, responses } = golden('scores_maps') as Golden;
const { upsample } = golden('scores_torch') as Torch;
const map = ndarray(Float32Array.from(aggregate.values), aggregate.shape);
const plane = ndarray(Float32Array.from(upsample.plane), upsample.shape);
const row = (...values: number[]): NdArray => ndarray(Float32Array.from(values), [1, values.length]);

describe('upsampleMap', () => {
  test.each(upsample.cases)('equals torch interpolate, 3x5 to $size, $method, align $alignCorners', (expected) => {
    const { size, method, alignCorners } = expected;
    const out = upsampleMap(plane, size, { method, alignCorners });
    expect(out.shape).toEqual(size);
    expectClose(out.data, expected.map, { rtol: 1e-6, atol: 1e-7 });
  });

  test('reads strided views, keeps the input, refuses bad sizes', () => {
    const before = plane.data.slice();
    const turned = upsampleMap(plane.transpose(1, 0), [20, 12]);
    expect(turned.get(13, 4)).toBeCloseTo(upsampleMap(plane, [12, 20]).get(4, 13), 6);
    expect(plane.data).toEqual(before);
    expect(() => upsampleMap(plane, [0, 4])).toThrow('upsampleMap: size[0] must be an integer in [1, 1000000], got 0.');
    expect(() => upsampleMap(plane, 4 as never)).toThrow(TypeError);
    expect(() => upsampleMap(plane, [4, 4], { method: 'cubic' as never })).toThrow("got 'cubic'");
  });
});

describe('overlapAverage', () => {
  const patch = (v: number, h: number, w: number): NdArray => ndarray(new Float32Array(h * w).fill(v), [h, w]);

  test('is the mean over the patches that cover a pixel, cut at the edges', () => {
    const out = overlapAverage(
      [
        { map: patch(1, 2, 3), top: 0, left: 0 },
        { map: patch(5, 2, 3), top: 1, left: 2 },
        { map: patch(9, 2, 2), top: -1, left: 3 },
      ],
      [3, 4],
      { fill: -2 },
    );
    expectClose(out.data, [1, 1, 1, 9, 1, 1, 3, 5, -2, -2, 5, 5]);
  });

  test('tiles cut from a map give the map back', () => {
    const tiles = [0, 3, 4].flatMap((top) => [0, 4, 7].map((left) => ({ map: map.lo(top, left).hi(3, 4), top, left })));
    expectClose(overlapAverage(tiles, [7, 11]).data, map.data, { rtol: 1e-7 });
  });

  test('a pixel under no patch is an error unless fill is given', () => {
    expect(() => overlapAverage([{ map: patch(1, 2, 2), top: 0, left: 0 }], [2, 3])).toThrow(
      'overlapAverage: patches must cover every pixel, got none at row 0, column 2.',
    );
    expect([...overlapAverage([], [1, 2], { fill: 7 }).data]).toEqual([7, 7]);
    expect(() => overlapAverage([{ map: patch(1, 2, 2), top: 0.5, left: 0 }], [2, 2])).toThrow('patches[0].top');
  });
});

describe('combining maps', () => {
  test('normalisers: mean and deviation, range, median and upper quantile', () => {
    const good = [row(1, 2, 3), ndarray(Float32Array.from([4, 5, 6]), [3, 1])];
    expect(fitMapNormalizer(good)).toEqual({ offset: 3.5, scale: Math.sqrt(35 / 12) });
    expect(fitMapNormalizer(good, { method: 'minMax' })).toEqual({ offset: 1, scale: 5 });
    expect(fitMapNormalizer(good, { method: 'robust' })).toEqual({ offset: 3, scale: 3 });
    expect(fitMapNormalizer([row(2, 2)])).toEqual({ offset: 2, scale: 1 });
    const normal = normalizeMap(map, fitMapNormalizer([map]));
    expect(meanScore(normal)).toBeCloseTo(0, 6);
    expect(() => fitMapNormalizer([])).toThrow(TypeError);
    expect(() => fitMapNormalizer([row(1, NaN)])).toThrow('finite values');
    expect(() => normalizeMap(map, { offset: 0, scale: 0 })).toThrow(RangeError);
  });

  test('mean, weighted mean, maximum, product', () => {
    const a = row(1, 2, -3);
    const b = row(3, 0, 5);
    expect([...combineMaps([a, b]).data]).toEqual([2, 1, 1]);
    expect([...combineMaps([a, b], { weights: [3, 1] }).data]).toEqual([1.5, 1.5, -1]);
    expect([...combineMaps([a, b], { method: 'max' }).data]).toEqual([3, 2, 5]);
    expect([...combineMaps([a, b], { method: 'product' }).data]).toEqual([3, 0, 0]);
    const normalizers = [
      { offset: 1, scale: 1 },
      { offset: 0, scale: 2 },
    ];
    expect([...combineMaps([a, b], { normalizers }).data]).toEqual([0.75, 0.5, -0.75]);
  });

  test('a NaN stays, other shapes and numbers of weights are refused', () => {
    for (const method of ['mean', 'max', 'product'] as const) {
      expect(combineMaps([row(NaN, 1), row(0, 1)], { method }).get(0, 0)).toBeNaN();
    }
    expect(() => combineMaps([row(1, 2), row(1)])).toThrow('maps[1] must have the shape of maps[0] (1×2), got 1×1.');
    expect(() => combineMaps([row(1)], { weights: [1, 2] })).toThrow(
      'weights must have 1 values (one per map), got 2.',
    );
    expect(() => combineMaps([row(1)], { weights: [0] })).toThrow('not all 0');
    expect(() => combineMaps([row(1)], { method: 'max', weights: [1] })).toThrow("absent unless method is 'mean'");
    expect(() => combineMaps([])).toThrow(TypeError);
  });
});

describe('largestResponse', () => {
  test.each(responses)('equals scipy.ndimage.label above $threshold, $connectivity neighbours', (expected) => {
    const { threshold, connectivity, sum, area } = expected;
    expect(largestResponse(map, { threshold, connectivity })).toBeCloseTo(sum, 9);
    expect(largestResponse(map, { threshold, connectivity, measure: 'area' })).toBe(area);
  });

  test('NaN, and bad options', () => {
    expect(largestResponse(row(NaN, 3), { threshold: 1 })).toBeNaN();
    expect(() => largestResponse(map, {} as never)).toThrow('largestResponse: threshold must be a finite number');
    expect(() => largestResponse(map, { threshold: 0, connectivity: 6 as never })).toThrow('4 or 8');
  });
});

describe('attentionScore', () => {
  test('lies between mean and maximum and meets them', () => {
    const values = [0.01, 0.5, 1, 2, 1e6].map((temperature) => attentionScore(map, { temperature }));
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(values[0]).toBeCloseTo(maxScore(map), 6);
    expect(values.at(-1)).toBeCloseTo(meanScore(map), 4);
  });

  test('scales and shifts with the map', () => {
    const moved = ndarray(
      map.data.map((v) => 10 * v + 3),
      map.shape,
    );
    expect(attentionScore(moved)).toBeCloseTo(10 * attentionScore(map) + 3, 4);
    expect(attentionScore(row(2, 2, 2))).toBe(2);
  });

  test('takes weights, and refuses wrong ones', () => {
    expect(attentionScore(row(1, 5, 9), { attention: row(1, 3, 0) })).toBe(4);
    expect(() => attentionScore(row(1, 5), { attention: row(1) })).toThrow('must have 2 values (as the map), got 1.');
    expect(() => attentionScore(row(1, 5), { attention: row(0, 0) })).toThrow('not all 0');
    expect(() => attentionScore(row(1), { temperature: 0 })).toThrow(RangeError);
    expect(attentionScore(row(1, NaN))).toBeNaN();
  });
});
