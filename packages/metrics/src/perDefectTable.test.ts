import { expect, test } from 'vitest';
import { PixelAccumulator } from './pixelAccumulator.js';
import { perDefectTable } from './perDefectTable.js';

const scores = [1, 3, 2, 4, 3.5, 8, 1];
const defects = ['good', 'good', 'good', 'scratch', 'scratch', 'dent', 'dent'];

test('rows by hand: good first, then by name', () => {
  expect(perDefectTable(scores, defects, { threshold: 3 })).toEqual([
    {
      defect: 'good',
      count: 3,
      meanScore: 2,
      separationRatio: 1,
      auroc: NaN,
      detectionRate: 0,
      pixelAuroc: NaN,
      aupro: NaN,
    },
    {
      defect: 'dent',
      count: 2,
      meanScore: 4.5,
      separationRatio: 2.25,
      auroc: 3.5 / 6,
      detectionRate: 0.5,
      pixelAuroc: NaN,
      aupro: NaN,
    },
    {
      defect: 'scratch',
      count: 2,
      meanScore: 3.75,
      separationRatio: 1.875,
      auroc: 1,
      detectionRate: 1,
      pixelAuroc: NaN,
      aupro: NaN,
    },
  ]);
});

test('pixel figures come from the maps of the type and of good images', () => {
  const mask = { data: [0, 1], width: 2, height: 1 };
  const pixels = new PixelAccumulator()
    .add({ data: [0, 5], width: 2, height: 1 }, undefined, 'good')
    .add({ data: [1, 9], width: 2, height: 1 }, mask, 'scratch')
    .add({ data: [1, 4], width: 2, height: 1 }, mask, 'dent');
  const [good, dent, scratch] = perDefectTable(scores, defects, { pixels });
  expect([good!.pixelAuroc, good!.aupro, good!.detectionRate]).toEqual([NaN, NaN, NaN]);
  expect(dent!.pixelAuroc).toBeCloseTo(2 / 3, 14);
  expect(dent!.aupro).toBe(0);
  expect([scratch!.pixelAuroc, scratch!.aupro]).toEqual([1, 1]);
  const [, dentAlone] = perDefectTable(scores, defects, { pixels, fprLimit: 1 });
  expect(dentAlone!.aupro).toBeCloseTo(2 / 3, 14);
});

test('without good images, without anything', () => {
  expect(perDefectTable([1], ['dent'])[0]).toMatchObject({ separationRatio: NaN, auroc: NaN, count: 1 });
  expect(perDefectTable([], [])).toEqual([]);
  expect(perDefectTable([1, 2], ['ok', 'dent'], { good: 'ok' })[1]!.auroc).toBe(1);
});

test('refuses what does not fit', () => {
  expect(() => perDefectTable([1, 2], ['good'])).toThrow(
    'perDefectTable: defects must have 2 values (one per score), got 1.',
  );
  expect(() => perDefectTable([1], [1] as unknown as string[])).toThrow(TypeError);
  expect(() => perDefectTable([NaN], ['good'])).toThrow(RangeError);
  expect(() => perDefectTable([1], ['good'], { threshold: NaN })).toThrow(RangeError);
});
