import { describe, expect, test } from 'vitest';
import { golden, unpackMask } from '../testing/annotations.js';
import { cocoRleMask, kaggleRleMask } from './rle.js';

describe('cocoRleMask', () => {
  test.each(golden.coco)('as pycocotools: $name', ({ size, text, counts, mask }) => {
    const expected = { data: unpackMask(mask, size), height: size[0], width: size[1] };
    expect(cocoRleMask({ size, counts: text })).toEqual(expected);
    expect(cocoRleMask({ size, counts })).toEqual(expected);
  });

  test.each<[string, number[] | string, string]>([
    ['too few', [1, 2], 'counts must sum to 6 (2×3), got 3'],
    ['too many', [1, 2, 4], 'counts must sum to 6 (2×3), got 7'],
    ['none', [], 'counts must sum to 6 (2×3), got 0'],
    ['empty text', '', 'counts must sum to 6 (2×3), got 0'],
    ['negative', [9, -3], 'counts must sum to 6 (2×3), got 6'],
    ['negative first', [-1, 7], 'counts[0] must be an integer >= 0, got -1'],
    ['broken', [1.5, 4.5], 'counts[0] must be an integer >= 0, got 1.5'],
    ['not a number', [NaN], 'counts[0] must be an integer >= 0, got NaN'],
    ['text in numbers', ['6'] as never, "counts[0] must be an integer >= 0, got '6'"],
    [
      'text cut off',
      '1'.repeat(2) + 'o',
      "counts must be COCO's compressed text, which it is not at character 4, got '11o'",
    ],
    ['other text', '12 3', "counts must be COCO's compressed text, which it is not at character 3, got '12 3'"],
    ['text without end', 'o'.repeat(40), "counts must be COCO's compressed text, which it is not at character 8"],
    ['huge', [1e300], 'counts must sum to 6'],
  ])('refuses counts: %s', (_, counts, message) => {
    expect(() => cocoRleMask({ size: [2, 3], counts })).toThrow(RangeError);
    expect(() => cocoRleMask({ size: [2, 3], counts })).toThrow(`cocoRleMask: ${message}`);
  });

  test('runs of no pixel are allowed', () => {
    expect([...cocoRleMask({ size: [2, 3], counts: [0, 2, 0, 1, 3, 0] }).data]).toEqual([1, 1, 0, 1, 0, 0]);
  });

  test('wrong kinds', () => {
    expect(() => cocoRleMask(null as never)).toThrow(TypeError);
    expect(() => cocoRleMask({ size: [2, 3], counts: 6 as never })).toThrow('counts must be an array or a string');
    expect(() => cocoRleMask({ size: [2, -3], counts: [6] })).toThrow('size[1] must be an integer in [1, 65535]');
    expect(() => cocoRleMask({ size: 6 as never, counts: [6] })).toThrow('size must be an array of 2 values');
  });
});

describe('kaggleRleMask', () => {
  test.each(golden.kaggle)('as the usual encoder: $name', ({ size, text, mask }) => {
    const found = kaggleRleMask(text, size);
    expect([found.height, found.width]).toEqual(size);
    expect(Buffer.compare(found.data, unpackMask(mask, size))).toBe(0);
  });

  test('nothing', () => {
    for (const text of ['', '  ', '-1', ' -1\n']) expect(kaggleRleMask(text, [2, 3]).data).toEqual(new Uint8Array(6));
  });

  test.each([
    ['odd', '1 2 3', 'pairs of whole numbers'],
    ['words', '1 two', 'pairs of whole numbers'],
    ['decimals', '1.5 2', 'pairs of whole numbers'],
    ['negative', '-3 2', 'pairs of whole numbers'],
    ['too large to hold', '1 99999999999', 'pairs of whole numbers'],
    ['pixel 0', '0 2', "runs in order, each within 6 pixels, got '0 2'"],
    ['no length', '1 0', 'runs in order'],
    ['over the end', '6 2', "runs in order, each within 6 pixels, got '6 2'"],
    ['out of order', '5 1 1 2', "runs in order, each within 6 pixels, got '1 2'"],
    ['overlapping', '1 3 3 2', "runs in order, each within 6 pixels, got '3 2'"],
  ])('refuses %s', (_, text, message) => {
    expect(() => kaggleRleMask(text, [2, 3])).toThrow(RangeError);
    expect(() => kaggleRleMask(text, [2, 3])).toThrow(message);
  });

  test('wrong kinds', () => {
    expect(() => kaggleRleMask(12 as never, [2, 3])).toThrow(TypeError);
    expect(() => kaggleRleMask('1 2', [0, 3])).toThrow(RangeError);
  });
});
