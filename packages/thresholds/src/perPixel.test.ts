import { expect, test } from 'vitest';
import { ndarray } from '@adlib/core';
import type { View } from '@adlib/core';
import { perPixel } from './perPixel.js';

const map = (height: number, width: number, value: (i: number) => number): View<Float32Array> =>
  ndarray(
    Float32Array.from({ length: height * width }, (_, i) => value(i)),
    [height, width],
  );

test('pools the pixels of maps of different sizes', () => {
  const threshold = perPixel([map(2, 3, (i) => i), map(1, 5, (i) => 6 + i)], { options: { q: 0.5 } });
  expect(threshold.value).toBe(5);
  expect(threshold.fittedOn.n).toBe(11);
  expect(threshold.parameters).toMatchObject({ unit: 'pixel', maps: 2, everyNthPixel: 1 });
  expect(threshold.warnings.join()).toContain('come from 2 maps and are not independent');
});

test('counts images by their largest pixel', () => {
  const maps = Array.from({ length: 39 }, (_, m) => map(3, 2, (i) => m + i / 10));
  const threshold = perPixel(maps, { rule: 'conformal', unit: 'image' });
  expect(threshold.value).toBeCloseTo(37.5, 5); // rank ceil(40 * 0.95) = 38 of the maxima m + 0.5
  expect(threshold.fittedOn.n).toBe(39);
});

test('learns from masks where the rule does', () => {
  const scores = map(2, 3, (i) => [1, 2, 3, 8, 9, 3][i]!);
  const mask = ndarray(new Uint8Array([0, 0, 0, 255, 1, 0]), [2, 3]);
  const threshold = perPixel([scores], { rule: 'maxF1', masks: [mask] });
  expect(threshold.value).toBe(5.5);
  expect(threshold.fittedOn).toEqual({ n: 6, good: 4, defective: 2 });
});

test('a view of another order gives the same limit', () => {
  const scores = map(3, 4, (i) => (i * 7) % 12);
  const mask = map(3, 4, (i) => (i % 3 === 0 ? 1 : 0));
  const straight = perPixel([scores], { rule: 'maxAccuracy', masks: [mask] });
  const turned = perPixel([scores.transpose(1, 0)], { rule: 'maxAccuracy', masks: [mask.transpose(1, 0)] });
  expect(turned.value).toBe(straight.value);
});

test('takes plain maps too', () => {
  const plain = { data: [1, 2, 3, 8, 9, 3], width: 3, height: 2 };
  expect(perPixel([plain], { options: { q: 1 } }).value).toBe(9);
  expect(perPixel([plain], { rule: 'maxF1', masks: [{ ...plain, data: [0, 0, 0, 1, 1, 0] }] }).value).toBe(5.5);
  expect(() => perPixel([{ ...plain, width: 2 }])).toThrow('maps[0].data must have 4 values (2×2), got 6');
});

test('takes every n-th pixel beyond the bound', () => {
  const threshold = perPixel([map(100, 30, (i) => i)], { maxPixels: 1000 });
  expect(threshold.parameters['everyNthPixel']).toBe(3);
  expect(threshold.fittedOn.n).toBe(1000);
  expect(threshold.value).toBeCloseTo(0.95 * 2997, 0);
});

test('refuses maps it cannot use', () => {
  expect(() => perPixel([])).toThrow('perPixel: maps must be at least one map');
  expect(() => perPixel([ndarray(new Float32Array(4))])).toThrow('maps[0] must be an ndarray of shape [height, width]');
  expect(() => perPixel([map(2, 3, () => 1)], { masks: [] })).toThrow('perPixel: masks must be at least one map');
  expect(() => perPixel([map(2, 3, () => 1)], { masks: [map(2, 3, () => 0), map(2, 3, () => 0)] })).toThrow(
    'masks must have 1 masks',
  );
  expect(() => perPixel([map(2, 3, () => 1)], { masks: [map(3, 2, () => 0)] })).toThrow(
    'masks[0] must be of shape [2, 3]',
  );
  expect(() => perPixel([map(1, 1, () => NaN)])).toThrow('good[0] must be a finite number');
  expect(() => perPixel([map(1, 2, (i) => (i === 0 ? NaN : 1))], { unit: 'image' })).toThrow('good[0]');
  expect(() => perPixel([map(1, 1, () => 1)], { rule: 'maxF1' })).toThrow('scores.defective');
});
