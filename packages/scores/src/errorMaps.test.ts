import type { Image } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { expectClose, golden } from '../test/golden.js';
import { absoluteErrorMap } from './absoluteErrorMap.js';
import { squaredErrorMap } from './squaredErrorMap.js';

const { pair } = golden('scores_maps') as { pair: { x: number[]; y: number[]; squared: number[]; absolute: number[] } };
const image: Image = { data: Uint8Array.from(pair.x), width: 7, height: 5, channels: 3 };
const reconstruction: Image = { data: Float32Array.from(pair.y), width: 7, height: 5, channels: 3 };

describe.each([
  { name: 'squaredErrorMap', map: squaredErrorMap, expected: pair.squared },
  { name: 'absoluteErrorMap', map: absoluteErrorMap, expected: pair.absolute },
])('$name', ({ name, map, expected }) => {
  test('is the mean over channels of the error on 0..1, 8 bit against float', () => {
    const out = map(image, reconstruction);
    expect(out.shape).toEqual([5, 7]);
    expectClose(out.data, expected, { rtol: 1e-6, atol: 1e-9 });
  });

  test('is symmetric and zero for equal images', () => {
    expectClose(map(reconstruction, image).data, map(image, reconstruction).data);
    expect(Math.max(...map(image, image).data)).toBe(0);
  });

  test('agrees between 8 bit, 16 bit and float', () => {
    const wide: Image = { ...image, data: Uint16Array.from(pair.x, (v) => v * 257) };
    expectClose(map(wide, reconstruction).data, map(image, reconstruction).data, { rtol: 1e-6 });
    expectClose(map(image, wide).data, new Float32Array(35), { atol: 1e-15 });
  });

  test('marks a NaN pixel as NaN and no other', () => {
    const broken = { ...reconstruction, data: Float32Array.from(pair.y) };
    broken.data[3 * 4 + 1] = NaN;
    const out = map(image, broken).data;
    expect([...out.keys()].filter((i) => Number.isNaN(out[i]))).toEqual([4]);
  });

  test('refuses images of different sizes', () => {
    expect(() => map(image, { ...reconstruction, width: 5, height: 7 })).toThrow(
      `${name}: reconstruction must have the size of image (5×7×3), got 7×5×3.`,
    );
    expect(() => map(image, null as never)).toThrow(TypeError);
  });
});
