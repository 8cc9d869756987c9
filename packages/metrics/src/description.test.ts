import { expect, test } from 'vitest';
import { defectStatistics, overlapZone, sampleWarnings, seedSpread } from './index.js';

test('overlapZone: limits, counts, share; ends included', () => {
  expect(overlapZone([1, 2, 3, 4, 5, 6], [0, 0, 1, 0, 1, 1])).toEqual({
    lower: 3,
    upper: 4,
    good: 1,
    defective: 1,
    share: 2 / 6,
  });
  expect(overlapZone([3, 3], [0, 1])).toEqual({ lower: 3, upper: 3, good: 1, defective: 1, share: 1 });
});

test('overlapZone: none when the classes separate or one is missing', () => {
  const none = { lower: NaN, upper: NaN, good: 0, defective: 0, share: 0 };
  expect(overlapZone([1, 2, 3], [0, 0, 1])).toEqual(none);
  expect(overlapZone([1, 2], [1, 1])).toEqual(none);
  expect(overlapZone([], [])).toEqual(none);
});

test('seedSpread', () => {
  const { mean, sd, standardError, ...rest } = seedSpread([1, 2, 3, 4, 10]);
  expect(rest).toEqual({ n: 5, min: 1, max: 10 });
  expect([mean, sd]).toEqual([4, Math.sqrt(12.5)]);
  expect(standardError).toBeCloseTo(Math.sqrt(2.5), 14);
  expect(seedSpread([7])).toMatchObject({ n: 1, mean: 7, sd: NaN });
  expect(seedSpread([])).toMatchObject({ n: 0, mean: NaN, min: NaN, max: NaN });
});

test('sampleWarnings under 30 good and 60 defective', () => {
  expect(sampleWarnings(30, 60)).toEqual([]);
  expect(sampleWarnings(29, 60)[0]).toMatch(/^Only 29 good test images \(30 or more advised\).*3\.4 points/);
  expect(sampleWarnings(10, 53)).toHaveLength(2);
  expect(sampleWarnings(0, 60)[0]).toMatch(/no good test image/);
  expect(() => sampleWarnings(-1, 3)).toThrow(RangeError);
});

test('defectStatistics by hand, images of different sizes', async () => {
  const bar = { data: [1, 1, 1, 1, 0, 0, 0, 0], width: 4, height: 2 };
  const two = { data: [1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0], width: 5, height: 3 };
  const empty = { data: [0], width: 1, height: 1 };
  const found = await defectStatistics([bar, empty, two]);
  expect(found).toMatchObject({ images: 2, empty: 1, regions: 3 });
  expect(found.regionsPerImage).toEqual({ min: 1, q1: 1.25, median: 1.5, q3: 1.75, max: 2, mean: 1.5 });
  expect(found.area).toMatchObject({ min: 1, median: 4, max: 4, mean: 3 });
  expect(found.aspect).toMatchObject({ min: 1, max: 4 });
  expect(found.smallestExtent).toMatchObject({ min: 1, max: 2 });
  expect(found.areaShare.max).toBe(0.5);
  expect(found.scaleNeeded).toEqual({ for8Pixels: 8, for10Pixels: 10 });
  const split = await defectStatistics([{ data: [1, 0, 0, 1], width: 2, height: 2 }], { connectivity: 4 });
  expect(split.regions).toBe(2);
});

test('defectStatistics of nothing is NaN, not 0', async () => {
  const none = await defectStatistics([]);
  expect(none).toMatchObject({ images: 0, regions: 0 });
  expect([none.area.median, none.scaleNeeded.for8Pixels]).toEqual([NaN, NaN]);
});
