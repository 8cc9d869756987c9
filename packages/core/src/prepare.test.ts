import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Image } from './image.js';
import { ndarray } from './ndarray.js';
import type { ResizeMode } from './placePicture.js';
import { imagenetNormalisation, prepareImage, restoreMap, type PrepareOptions } from './prepare.js';
import { createRandom } from './random.js';
import { resizeBilinear } from './resize.js';

interface Golden {
  cases: { name: string; height: number; width: number; data: number[]; options: PrepareOptions; expected: number[] }[];
}
const golden = JSON.parse(readFileSync(new URL('../../../fixtures/prepare.json', import.meta.url), 'utf8')) as Golden;

function worst(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  let error = 0;
  for (let i = 0; i < actual.length; i++) error = Math.max(error, Math.abs(actual[i]! - expected[i]!));
  return error;
}

describe('prepareImage', () => {
  test.each(golden.cases)(
    'equals Pillow with torchvision geometry: $name',
    ({ height, width, data, options, expected }) => {
      const image: Image = { data: Uint8Array.from(data), width, height, channels: 3 };
      const { size } = options;
      const out = prepareImage(image, { ...options, ...imagenetNormalisation });
      expect([out.height, out.width, out.channels]).toEqual([...size, 3]);
      expect(worst(out.data, expected)).toBeLessThan(2e-5);
    },
  );

  test('the same values whatever the bit depth', () => {
    const grey = Array.from({ length: 15 }, (_, i) => i * 17);
    const options = { size: [4, 7], channels: 3 } as const;
    const eight = prepareImage({ data: Uint8Array.from(grey), width: 5, height: 3, channels: 1 }, options);
    const sixteen = prepareImage(
      { data: Uint16Array.from(grey, (v) => v * 257), width: 5, height: 3, channels: 1 },
      options,
    );
    const float = prepareImage(
      { data: Float32Array.from(grey, (v) => v / 255), width: 5, height: 3, channels: 1 },
      options,
    );
    expect(worst(eight.data, sixteen.data)).toBeLessThan(1e-6);
    expect(worst(eight.data, float.data)).toBeLessThan(1e-6);
    expect(eight.data.filter((_, i) => i % 3 === 0)).toEqual(eight.data.filter((_, i) => i % 3 === 2));
  });

  test('its own size, no normalisation: the picture itself, in a new array', () => {
    const data = Float32Array.from({ length: 6 }, (_, i) => i / 8);
    const out = prepareImage({ data, width: 3, height: 2, channels: 1 }, { size: [2, 3], mode: 'letterbox' });
    expect(out.data).toEqual(data);
    expect(out.data).not.toBe(data);
  });

  test('a one-pixel picture fills any target', () => {
    const image = { data: new Uint8Array([51]), width: 1, height: 1, channels: 1 } as const;
    for (const mode of ['stretch', 'crop', 'letterbox'] as const) {
      const out = prepareImage(image, { size: [3, 5], mode });
      expect(worst(out.data, new Array<number>(15).fill(0.2))).toBeLessThan(1e-6);
    }
  });

  test('refuses what it cannot mean', () => {
    const image = { data: new Uint8Array(12), width: 4, height: 3, channels: 1 } as const;
    const prepare = (options: object) => () => prepareImage(image, options as PrepareOptions);
    expect(prepare({ size: [2, 2], mod: 'crop' })).toThrow(/options must only have .*got mod/);
    expect(prepare({ size: [2, 2], mode: 'fit' })).toThrow(
      "placePicture: mode must be 'stretch', 'crop', or 'letterbox'",
    );
    expect(prepare({ size: [0, 2] })).toThrow('size[0] must be an integer >= 1');
    expect(prepare({ size: 8 })).toThrow(TypeError);
    expect(prepare({ size: [2, 2], std: 0 })).toThrow('std[0] must be above 0');
    expect(prepare({ size: [2, 2], mean: [0, 0, 0] })).toThrow('mean must have 1 values');
    expect(prepare({ size: [2, 2], mode: 'letterbox', pad: 114 })).toThrow('pad must be a finite number in [0, 1]');
    expect(prepare({ size: [2, 2], shorterSide: 4 })).toThrow("shorterSide must be left out with mode 'stretch'");
    expect(prepare({ size: [8, 8], mode: 'crop', shorterSide: 4 })).toThrow(
      /must cover the target 8×8.*scales 3×4 to 4×5/,
    );
  });
});

describe('restoreMap', () => {
  test('stretch is a plain resize', () => {
    const data = Float32Array.from({ length: 20 }, () => 0);
    data[7] = 3;
    const map = ndarray(data, [4, 5]);
    expect(restoreMap(map, [9, 8], { size: [4, 5] }).data).toEqual(resizeBilinear(data, [4, 5], [9, 8]));
  });

  test('is 0, or what is asked for, where the crop cut the picture, whole columns', () => {
    const map = ndarray(new Float32Array(16).fill(5), [4, 4]);
    const restored = restoreMap(map, [4, 8], { size: [4, 4], mode: 'crop' });
    expect([...restored.data.subarray(0, 8)]).toEqual([0, 0, 5, 5, 5, 5, 0, 0]);
    expect(restored.shape).toEqual([4, 8]);
    const other = restoreMap(map, [8, 4], { size: [4, 4], mode: 'crop' }, -3);
    expect([...other.data.subarray(0, 12)]).toEqual([...new Array<number>(8).fill(-3), 5, 5, 5, 5]);
  });

  test('never reads letterbox padding', () => {
    const data = new Float32Array(8 * 8).fill(100);
    for (let y = 2; y < 6; y++) data.fill(1, y * 8, y * 8 + 8);
    const restored = restoreMap(ndarray(data, [8, 8]), [10, 20], { size: [8, 8], mode: 'letterbox' });
    expect(worst(restored.data, new Array<number>(200).fill(1))).toBeLessThan(1e-6);
  });

  test.each(['stretch', 'crop', 'letterbox'] as const)('brings a blob back to its place: %s', (mode: ResizeMode) => {
    const random = createRandom(5);
    for (const [height, width] of [
      [90, 60],
      [60, 90],
      [75, 75],
    ] as const) {
      const cy = random.uniform(0.35, 0.65) * height;
      const cx = random.uniform(0.35, 0.65) * width;
      const data = Float32Array.from({ length: height * width }, (_, i) => {
        const [dy, dx] = [Math.floor(i / width) + 0.5 - cy, (i % width) + 0.5 - cx];
        return Math.exp(-(dy * dy + dx * dx) / 50);
      });
      const place = { size: [48, 32], mode } as const;
      const input = prepareImage({ data, width, height, channels: 1 }, place);
      const restored = restoreMap(ndarray(input.data, [48, 32]), [height, width], place);
      let [sum, y, x] = [0, 0, 0];
      restored.data.forEach((v, i) => {
        sum += v;
        y += v * (Math.floor(i / width) + 0.5);
        x += v * ((i % width) + 0.5);
      });
      expect(Math.abs(y / sum - cy)).toBeLessThan(0.5);
      expect(Math.abs(x / sum - cx)).toBeLessThan(0.5);
    }
  });

  test('a coarse grid lands where the fine one does', () => {
    const place = { size: [64, 64], mode: 'crop', shorterSide: 72 } as const;
    const fine = ndarray(
      Float32Array.from({ length: 64 * 64 }, (_, i) => ((i % 64) + 0.5) / 64),
      [64, 64],
    );
    const coarse = ndarray(
      Float32Array.from({ length: 64 }, (_, i) => ((i % 8) + 0.5) / 8),
      [8, 8],
    );
    const a = restoreMap(fine, [100, 140], place);
    const b = restoreMap(coarse, [100, 140], place);
    for (let x = 35; x < 105; x++) expect(Math.abs(a.get(50, x) - b.get(50, x))).toBeLessThan(1e-5);
  });

  test('refuses a map that is not two-dimensional', () => {
    const map = ndarray(new Float32Array(8), [2, 2, 2]);
    expect(() => restoreMap(map, [4, 4], { size: [2, 2] })).toThrow(
      'map must be of shape [height, width], got [2, 2, 2]',
    );
  });
});

test('out: written in place, the same values, and refused where it does not fit', () => {
  const image = {
    data: Uint8Array.from({ length: 7 * 5 * 3 }, (_, i) => (i * 37) % 256),
    width: 7,
    height: 5,
    channels: 3,
  } as const;
  const options = { size: [4, 6], mode: 'letterbox', pad: 0.25, mean: [0.1, 0.2, 0.3], std: [1, 2, 3] } as const;
  const batch = new Float32Array(3 * 4 * 6 * 3).fill(9);
  const out = batch.subarray(72, 144);
  expect(prepareImage(image, { ...options, out }).data).toBe(out);
  expect(out).toEqual(prepareImage(image, options).data);
  expect([batch[71], batch[144]]).toEqual([9, 9]);
  expect(() => prepareImage(image, { ...options, out: batch })).toThrow('out must have 72 values (4×6×3), got 216');
  expect(() => prepareImage(image, { ...options, out: [] as unknown as Float32Array })).toThrow(
    'out must be a Float32Array',
  );
});
