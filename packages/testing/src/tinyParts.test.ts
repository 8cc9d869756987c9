import { assertImage } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { plantDefect, storeAs, tinyParts } from './tinyParts.js';

describe('tinyParts', () => {
  test.each([
    ['uint8', 1],
    ['uint16', 3],
    ['float32', 3],
  ] as const)('draws well-formed %s images with %i channels', (kind, channels) => {
    const images = tinyParts({ count: 2, width: 17, height: 9, kind, channels });
    for (const image of images) assertImage('test', 'image', image);
    expect(images[0]!.data).not.toEqual(images[1]!.data);
    expect(tinyParts({ count: 2, width: 17, height: 9, kind, channels })).toEqual(images);
    expect(tinyParts({ count: 2, width: 17, height: 9, kind, channels, seed: 1 })).not.toEqual(images);
  });

  test('refuses bad sizes and unknown options', () => {
    expect(() => tinyParts({ count: 0 })).toThrow(RangeError);
    expect(() => tinyParts({ size: 3 } as never)).toThrow('tinyParts: options must only have');
  });
});

describe('plantDefect', () => {
  test('changes exactly pixels of the mask', () => {
    const [part] = tinyParts({ count: 1, width: 33, height: 20 });
    const { image, mask } = plantDefect(part!, 4);
    expect(mask.data.reduce((a, b) => a + b)).toBe(8 * 5);
    for (let p = 0; p < mask.data.length; p++) {
      const same = [0, 1, 2].every((c) => image.data[3 * p + c] === part!.data[3 * p + c]);
      expect(same || mask.data[p] === 1).toBe(true);
    }
    expect(image.data).not.toEqual(part!.data);
  });
});

test('storeAs keeps brightness exactly between 8 and 16 bit', () => {
  const [part] = tinyParts({ count: 1 });
  expect(storeAs(storeAs(part!, 'uint16'), 'uint8').data).toEqual(part!.data);
  expect(storeAs(storeAs(part!, 'float32'), 'uint8').data).toEqual(part!.data);
});
