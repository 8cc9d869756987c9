import { createRandom } from '@adlib/core';
import { expect, test } from 'vitest';
import { gradientMagnitude, prewitt, sobel } from './gradient.js';

const kinds = { sobel, prewitt };
const sizes: [number, number][] = [
  [1, 1],
  [1, 6],
  [7, 4],
  [12, 9],
];

test.each(sizes.flatMap((size) => (['sobel', 'prewitt'] as const).map((name) => ({ name, size }))))(
  'equals the sums, with and without WebAssembly: $name $size',
  ({ name, size }) => {
    const [height, width] = size;
    const random = createRandom(5);
    const data = Float64Array.from({ length: height * width }, () => random.uniform());
    const { middle, scale, zeros } = kinds[name];
    const at = (y: number, x: number): number => {
      const [r, c] = [Math.min(Math.max(y, 0), height - 1), Math.min(Math.max(x, 0), width - 1)];
      return zeros && (r !== y || c !== x) ? 0 : data[r * width + c]!;
    };
    for (const plain of [false, true]) {
      gradientMagnitude({ data, size }, kinds[name], plain).forEach((value, i) => {
        const [y, x] = [Math.floor(i / width), i % width];
        const weighed = (f: (k: number) => number): number => f(-1) + middle * f(0) + f(1);
        const gx = weighed((k) => at(y + k, x - 1) - at(y + k, x + 1));
        const gy = weighed((k) => at(y - 1, x + k) - at(y + 1, x + k));
        expect(value).toBeCloseTo(scale * Math.hypot(gx, gy), 13);
      });
    }
  },
);
