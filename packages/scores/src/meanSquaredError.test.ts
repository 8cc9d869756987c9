import { createRandom, type Image } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import { meanSquaredError } from './meanSquaredError.js';
import { squaredErrors } from './squaredErrorMap.js';

const random = createRandom(7);
const width = 211;
const height = 173; // more values than a block, and no multiple of 16
const floats = (scale: number): Image => ({
  data: Float32Array.from({ length: width * height * 3 }, () => scale * random.uniform()),
  width,
  height,
  channels: 3,
});
const eight = (): Image => ({ ...floats(1), data: Uint8Array.from(floats(255).data) });
const sixteen = (): Image => ({ ...floats(1), data: Uint16Array.from(floats(65535).data) });

describe.each([false, true])('plain: %s', (plain) => {
  test.each([
    { kinds: 'float', pair: [floats(1), floats(1)] },
    { kinds: '8 bit', pair: [eight(), eight()] },
    { kinds: '16 bit', pair: [sixteen(), sixteen()] },
    { kinds: '8 bit and float', pair: [eight(), floats(1)] },
    { kinds: 'squares below float32', pair: [floats(1e-25), floats(1e-25)] },
    { kinds: 'squares above float32', pair: [floats(1e25), floats(1e25)] },
  ] as const)('equals the sum in float64: $kinds', ({ pair }) => {
    const { mean } = squaredErrors(...pair);
    expect(Math.abs(meanSquaredError(...pair, plain) / mean - 1)).toBeLessThan(3e-7);
  });

  test('of equal images is 0; NaN and Infinity stay', () => {
    const [x, y] = [floats(1), floats(1)];
    expect(meanSquaredError(x, x, plain)).toBe(0);
    y.data[height * width] = Infinity;
    expect(meanSquaredError(x, y, plain)).toBe(Infinity);
    y.data[5] = NaN;
    expect(meanSquaredError(x, y, plain)).toBeNaN();
  });
});
