import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Image } from './image.js';
import { createRandom } from './random.js';
import { resizeBilinear, toChannels, toFloat } from './resize.js';

interface Case {
  from: [number, number];
  to: [number, number];
  input: number[];
  pillow: number[];
  onnx: number[];
}

const golden = JSON.parse(readFileSync(new URL('../../../fixtures/core.json', import.meta.url), 'utf8')) as {
  resize: Case[];
};
const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i]!)));

describe('resizeBilinear against Pillow and ONNX Runtime', () => {
  test.each(golden.resize)('$from to $to', ({ from, to, input, pillow, onnx }) => {
    const out = resizeBilinear(Float32Array.from(input), from, to);
    expect(out.length).toBe(pillow.length);
    // Values are of the order 100, so one unit of float32 is 8e-6; ONNX Runtime sums in float32.
    expect(apart(out, pillow)).toBeLessThan(1e-5);
    expect(apart(out, onnx)).toBeLessThan(1e-4);
  });
});

describe('resizeBilinear', () => {
  const random = createRandom(1);
  const noise = (n: number): Float32Array => Float32Array.from({ length: n }, () => random.uniform());

  test('interpolates on half-pixel centres and repeats the edge', () => {
    expect([...resizeBilinear([0, 1], [1, 2], [1, 4])]).toEqual([0, 0.25, 0.75, 1]);
    expect([...resizeBilinear([0, 1], [2, 1], [4, 1])]).toEqual([0, 0.25, 0.75, 1]);
  });

  test('halves with the weights 1 3 3 1, cut and renormalised at the edge', () => {
    const [first, second] = resizeBilinear([0, 8, 0, 0, 0, 0], [1, 6], [1, 3]);
    expect(first).toBeCloseTo((3 * 8) / 7, 6);
    expect(second).toBeCloseTo(1, 6);
  });

  test('keeps a picture of the same size exactly, NaN and infinity in their places', () => {
    const data = noise(35);
    data[3] = NaN;
    data[20] = Infinity;
    expect(resizeBilinear(data, [5, 7], [5, 7])).toEqual(data);
  });

  test('a NaN reaches only the outputs whose filter covers it', () => {
    const data = new Float32Array(8 * 12).fill(1);
    data[0] = NaN;
    const out = resizeBilinear(data, [8, 12], [4, 6]);
    expect([...out.keys()].filter((i) => Number.isNaN(out[i]!))).toEqual([0]);
  });

  test.each<[[number, number]]>([[[3, 4]], [[20, 9]], [[9, 40]], [[1, 1]]])('keeps a constant at %o', (to) => {
    const out = resizeBilinear(new Uint8Array(11 * 13).fill(77), [11, 13], to);
    expect(out.every((v) => Math.abs(v - 77) < 1e-4)).toBe(true);
  });

  test('is linear, and stays within the values it reads', () => {
    const [a, b] = [noise(11 * 6), noise(11 * 6)];
    const [ra, rb] = [a, b].map((x) => resizeBilinear(x, [11, 6], [4, 9]));
    const sum = resizeBilinear(
      a.map((x, i) => 2 * x - b[i]!),
      [11, 6],
      [4, 9],
    );
    expect(
      apart(
        sum,
        ra!.map((x, i) => 2 * x - rb![i]!),
      ),
    ).toBeLessThan(1e-6);
    expect(Math.min(...ra!)).toBeGreaterThanOrEqual(Math.min(...a));
    expect(Math.max(...ra!)).toBeLessThanOrEqual(Math.max(...a));
  });

  test('commutes with mirroring and transposing', () => {
    const [height, width] = [7, 10];
    const data = noise(height * width);
    const at = (y: number, x: number): number => data[y * width + x]!;
    const flipped = Float32Array.from(data, (_, i) => at(Math.floor(i / width), width - 1 - (i % width)));
    const turned = Float32Array.from(data, (_, i) => at(i % height, Math.floor(i / height)));
    const out = resizeBilinear(data, [height, width], [3, 16]);
    const mirror = resizeBilinear(flipped, [height, width], [3, 16]);
    const transposed = resizeBilinear(turned, [width, height], [16, 3]);
    out.forEach((v, i) => {
      const [y, x] = [Math.floor(i / 16), i % 16];
      expect(mirror[y * 16 + 15 - x]).toBeCloseTo(v, 5);
      expect(transposed[x * 3 + y]).toBeCloseTo(v, 5);
    });
  });

  test('treats interleaved channels each as a plane of its own', () => {
    const planes = [noise(6 * 5), noise(6 * 5), noise(6 * 5)];
    const mixed = Float32Array.from({ length: 90 }, (_, i) => planes[i % 3]![Math.floor(i / 3)]!);
    const out = resizeBilinear(mixed, [6, 5], [4, 11], 3);
    planes.forEach((plane, c) => {
      const alone = resizeBilinear(plane, [6, 5], [4, 11]);
      expect([...alone]).toEqual([...out].filter((_, i) => i % 3 === c));
    });
  });

  test('does not modify its input', () => {
    const data = noise(20);
    const before = data.slice();
    resizeBilinear(data, [4, 5], [2, 9]);
    expect(data).toEqual(before);
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      'too few values',
      () => resizeBilinear([1, 2, 3], [2, 2], [1, 1]),
      /^resizeBilinear: data must have 4 values \(2×2×1\), got 3\.$/,
    ],
    ['too many values', () => resizeBilinear([1, 2, 3], [1, 2], [1, 1]), /^resizeBilinear: data must have 2 values/],
    ['height 0', () => resizeBilinear([], [0, 2], [1, 1]), /^resizeBilinear: height must be an integer >= 1, got 0\./],
    ['half an output', () => resizeBilinear([1], [1, 1], [1, 1.5]), /^resizeBilinear: outWidth must be .* got 1\.5\./],
    ['no channels', () => resizeBilinear([1], [1, 1], [1, 1], 0), /^resizeBilinear: channels must be/],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });
});

describe('toFloat', () => {
  test('maps full brightness to 1 and keeps the shape', () => {
    const bytes = toFloat({ data: Uint8Array.of(0, 51, 255), width: 3, height: 1, channels: 1 });
    expect(bytes).toEqual({ data: Float32Array.of(0, 0.2, 1), width: 3, height: 1, channels: 1 });
    const words = toFloat({ data: Uint16Array.of(0, 13107, 65535), width: 1, height: 1, channels: 3 });
    expect(words).toEqual({ data: Float32Array.of(0, 0.2, 1), width: 1, height: 1, channels: 3 });
  });

  test('returns a float image as it is, also beyond [0, 1]', () => {
    const image: Image = { data: Float32Array.of(-1, 7), width: 1, height: 2, channels: 1 };
    expect(toFloat(image)).toBe(image);
  });

  test('refuses what is no image', () => {
    expect(() => toFloat({ data: [1] } as never)).toThrow(TypeError);
  });
});

describe('toChannels', () => {
  const red: Image = { data: Uint8Array.of(255, 0, 0, 10, 20, 31), width: 1, height: 2, channels: 3 };

  test('takes the luma of ITU-R 601, rounded for integers', () => {
    expect(toChannels(red, 1)).toEqual({ data: Uint8Array.of(76, 18), width: 1, height: 2, channels: 1 });
    const float = toChannels({ ...red, data: Float32Array.of(1, 0, 0, 0, 1, 0) }, 1);
    expect([...float.data]).toEqual([Math.fround(0.299), Math.fround(0.587)]);
  });

  test('white stays white', () => {
    const white = (data: Image['data']): Image => ({ data, width: 1, height: 1, channels: 3 });
    expect(toChannels(white(Uint8Array.of(255, 255, 255)), 1).data[0]).toBe(255);
    expect(toChannels(white(Uint16Array.of(65535, 65535, 65535)), 1).data[0]).toBe(65535);
    expect(toChannels(white(Float32Array.of(1, 1, 1)), 1).data[0]).toBeCloseTo(1, 7);
  });

  test('repeats grey, keeping the kind of data', () => {
    const grey: Image = { data: Uint16Array.of(1, 65535), width: 2, height: 1, channels: 1 };
    expect(toChannels(grey, 3)).toEqual({
      data: Uint16Array.of(1, 1, 1, 65535, 65535, 65535),
      width: 2,
      height: 1,
      channels: 3,
    });
  });

  test('a Buffer becomes a plain Uint8Array', () => {
    const grey: Image = { data: Buffer.from([9]), width: 1, height: 1, channels: 1 };
    expect(toChannels(grey, 3).data).toEqual(Uint8Array.of(9, 9, 9));
  });

  test('returns the image itself when it fits', () => {
    expect(toChannels(red, 3)).toBe(red);
  });

  test('refuses other numbers of channels', () => {
    expect(() => toChannels(red, 2 as never)).toThrow(/^toChannels: channels must be 1 or 3, got 2\./);
  });
});
