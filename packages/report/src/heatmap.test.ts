import { ndarray, type AnomalyMap, type Image } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { colorTable, LEVELS } from './colormap.js';
import {
  colorLevels,
  finiteRange,
  overlayHeatmap,
  renderHeatmap,
  type HeatmapOptions,
  type OverlayOptions,
} from './heatmap.js';

const map = (values: number[], height: number, width: number) => ndarray(new Float32Array(values), [height, width]);
const pixel = (image: Image, i: number) => [...image.data.slice(3 * i, 3 * i + 3)];
const color = (name: 'plasma' | 'viridis', level: number) => [...colorTable(name).slice(3 * level, 3 * level + 3)];

describe('renderHeatmap', () => {
  test('smallest value gets the first colour, largest the last, non-square', () => {
    const image = renderHeatmap(map([2, 3, 4, 5, 6, 12], 2, 3));
    expect([image.width, image.height, image.channels]).toEqual([3, 2, 3]);
    expect(pixel(image, 0)).toEqual(color('plasma', 0));
    expect(pixel(image, 5)).toEqual(color('plasma', LEVELS - 1));
    expect(pixel(image, 1)).toEqual(color('plasma', Math.round(0.1 * (LEVELS - 1))));
  });

  test('a range is shared between maps and cuts what lies outside', () => {
    const image = renderHeatmap(map([-5, 0.5, 9], 1, 3), { range: [0, 1], colormap: 'viridis' });
    expect([0, 1, 2].map((i) => pixel(image, i))).toEqual([0, 127, LEVELS - 1].map((level) => color('viridis', level)));
  });

  test('NaN is grey, infinities get the ends, and none of them moves the range', () => {
    const image = renderHeatmap(map([NaN, Infinity, -Infinity, 0, 1], 1, 5));
    expect(pixel(image, 0)).toEqual([128, 128, 128]);
    expect([1, 2, 3, 4].map((i) => pixel(image, i))).toEqual([254, 0, 0, 254].map((level) => color('plasma', level)));
  });

  test('a flat map and a map of NaN are drawn, in one colour', () => {
    expect(pixel(renderHeatmap(map([7, 7], 1, 2)), 1)).toEqual(color('plasma', 0));
    expect(pixel(renderHeatmap(map([NaN, NaN], 1, 2)), 1)).toEqual([128, 128, 128]);
  });

  test('reads strided views', () => {
    const view = map([1, 2, 3, 4, 5, 6], 2, 3).transpose(1, 0);
    expect(renderHeatmap(view)).toEqual(renderHeatmap(map([1, 4, 2, 5, 3, 6], 3, 2)));
  });

  test.each([
    ['no map', null, {}, TypeError, 'map must be a view'],
    ['one axis', ndarray(new Float32Array(3)), {}, TypeError, 'map must be a view'],
    ['an empty map', ndarray(new Float32Array(0), [0, 3]), {}, RangeError, 'two positive sizes'],
    ['an unknown scale', map([1], 1, 1), { colormap: 'jet' }, RangeError, "'viridis', 'inferno'"],
    ['a range upside down', map([1], 1, 1), { range: [2, 1] }, RangeError, 'low <= high'],
    ['a range with NaN', map([1], 1, 1), { range: [0, NaN] }, RangeError, 'finite'],
    ['a range that is none', map([1], 1, 1), { range: 3 }, TypeError, 'two finite numbers'],
    ['a misspelt option', map([1], 1, 1), { colourmap: 'magma' }, TypeError, 'colourmap'],
  ])('refuses %s', (_, bad, options, kind, text) => {
    const call = () => renderHeatmap(bad as AnomalyMap, options as HeatmapOptions);
    expect(call).toThrow(kind);
    expect(call).toThrow(text);
  });
});

describe('overlayHeatmap', () => {
  const image: Image = { data: new Uint8Array([200, 100, 50, 200, 100, 50]), width: 2, height: 1, channels: 3 };

  test('low values leave the picture, high values cover it by the opacity', () => {
    const out = overlayHeatmap(image, map([0, 1], 1, 2), { opacity: 0.5, greyPicture: false });
    expect(pixel(out, 0)).toEqual([200, 100, 50]);
    const top = color('plasma', LEVELS - 1);
    expect(pixel(out, 1)).toEqual([200, 100, 50].map((v, c) => Math.round(0.5 * top[c]! + 0.5 * v)));
  });

  test('the picture is made grey by default: ITU-R 601 luma', () => {
    const luma = Math.round(0.299 * 200 + 0.587 * 100 + 0.114 * 50);
    expect(pixel(overlayHeatmap(image, map([0, 0], 1, 2)), 0)).toEqual([luma, luma, luma]);
  });

  test('opacity 0 is the picture and opacity 1 at the top the heat map', () => {
    expect([...overlayHeatmap(image, map([0, 1], 1, 2), { opacity: 0, greyPicture: false }).data]).toEqual([...image.data]); // prettier-ignore
    expect(pixel(overlayHeatmap(image, map([0, 1], 1, 2), { opacity: 1 }), 1)).toEqual(color('plasma', LEVELS - 1));
  });

  test('grey, 16-bit and float pictures give the same as 8-bit ones', () => {
    const heat = map([0, 1, 2, 3, 4, 5], 2, 3);
    const eight = new Uint8Array([0, 51, 102, 153, 204, 255]);
    const expected = overlayHeatmap({ data: eight, width: 3, height: 2, channels: 1 }, heat);
    const others = [Uint16Array.from(eight, (v) => 257 * v), Float32Array.from(eight, (v) => v / 255)];
    for (const data of others)
      expect(overlayHeatmap({ data, width: 3, height: 2, channels: 1 }, heat)).toEqual(expected);
  });

  test('a map of another size is resized to the picture', () => {
    const wide: Image = { data: new Uint8Array(24), width: 6, height: 4, channels: 1 };
    const out = overlayHeatmap(wide, map([0, 0, 1], 1, 3), { range: [0, 1], opacity: 1 });
    expect([out.width, out.height]).toEqual([6, 4]);
    expect(pixel(out, 5)).toEqual(color('plasma', LEVELS - 1));
    expect(pixel(out, 0)).toEqual([0, 0, 0]);
  });

  test.each([
    ['opacity above 1', { opacity: 1.1 }, RangeError],
    ['opacity NaN', { opacity: NaN }, RangeError],
    ['an unknown scale', { colormap: 'jet' }, RangeError],
    ['an unknown option', { alpha: 0.5 }, TypeError],
  ])('refuses %s', (_, options, kind) => {
    expect(() => overlayHeatmap(image, map([0, 1], 1, 2), options as OverlayOptions)).toThrow(kind);
  });
});

test('finiteRange looks over all arrays and skips what is not finite', () => {
  expect(finiteRange([new Float32Array([3, NaN]), new Float32Array([-Infinity, 8])])).toEqual([3, 8]);
  expect(finiteRange([new Float32Array([NaN])])).toEqual([0, 0]);
});

test('colorLevels rounds to the nearest level', () => {
  const step = 1 / (LEVELS - 1);
  expect([...colorLevels(new Float32Array([0, 0.49 * step, 0.51 * step, 1]), [0, 1])]).toEqual([0, 0, 1, LEVELS - 1]);
});
