import { readFileSync } from 'node:fs';
import { createRandom, type Image } from '@adlib/core';
import { describe, expect, test } from 'vitest';
import {
  augmentedImages,
  augmentImage,
  augmentMask,
  augmentRegimes,
  drawAugmentation,
  drawTransforms,
  type Augmentation,
} from './augment.js';
import { moveMatrix, warpImage, warpMask, type Fill, type Move } from './warp.js';

const golden = JSON.parse(
  readFileSync(new URL('../../../fixtures/datasets_augment.json', import.meta.url), 'utf8'),
) as {
  warps: {
    height: number;
    width: number;
    channels: 1 | 3;
    data: number[];
    move: Required<Move>;
    fill: Fill;
    expected: number[];
  }[];
  light: { channels: 1 | 3; data: number[]; brightness: number; contrast: number; expected: number[] }[];
};
const still: Augmentation = { rotation: 0, scale: 1, shift: [0, 0], flip: false, brightness: 1, contrast: 1 };
const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0);

describe('warpImage', () => {
  test.each(golden.warps)(
    'equals scikit-image: $height x $width x $channels, $move.rotation degrees, fill $fill',
    (c) => {
      const image: Image = { data: Float32Array.from(c.data), width: c.width, height: c.height, channels: c.channels };
      const out = warpImage(image, moveMatrix([c.height, c.width], c.move), { fill: c.fill });
      expect(worst(out.data, c.expected)).toBeLessThan(2e-5);
    },
  );

  test('whole pixels and quarter turns are exact, in integers too', () => {
    const data = Uint16Array.from({ length: 15 }, (_, i) => i * 4000);
    const image: Image = { data, width: 5, height: 3, channels: 1 };
    expect(warpImage(image, moveMatrix([3, 5], {})).data).toEqual(data);
    expect(warpImage(image, moveMatrix([3, 5], { rotation: 180 })).data).toEqual(data.slice().reverse());
    expect([...warpImage(image, moveMatrix([3, 5], { shift: [1, 0] }), { fill: 1 }).data.slice(0, 5)]).toEqual(
      new Array<number>(5).fill(65535),
    );
    const square: Image = { data: Uint8Array.of(1, 2, 3, 4), width: 2, height: 2, channels: 1 };
    expect([...warpImage(square, moveMatrix([2, 2], { rotation: 90 })).data]).toEqual([2, 4, 1, 3]);
  });

  test('a mask follows its picture', () => {
    const random = createRandom(2);
    for (let i = 0; i < 20; i++) {
      const change = drawAugmentation('strong', random.split(i));
      const mask = { data: new Uint8Array(40 * 60), width: 60, height: 40 };
      for (let y = 10; y < 25; y++) mask.data.fill(1, y * 60 + 20, y * 60 + 35);
      const image: Image = { ...mask, data: Float32Array.from(mask.data), channels: 1 };
      const moved = augmentImage(image, { ...change, brightness: 1, contrast: 1 }, 0).data;
      const differing = augmentMask(mask, change).data.filter((v, k) => v !== (moved[k]! >= 0.5 ? 1 : 0)).length;
      expect(differing).toBeLessThan(6);
    }
  });

  test('refuses what it cannot mean', () => {
    const image: Image = { data: new Uint8Array(6), width: 3, height: 2, channels: 1 };
    expect(() => moveMatrix([2, 3], { scale: 0 })).toThrow('scale must be above 0');
    expect(() => moveMatrix([2, 3], { angle: 3 } as Move)).toThrow('got angle');
    expect(() => warpImage(image, [1, 0, 0, 0, Number.NaN, 0])).toThrow('matrix[4] must be a finite number');
    expect(() => warpImage(image, [1, 0, 0, 0, 1, 0], { fill: 'wrap' as Fill })).toThrow(TypeError);
    expect(() => warpMask({ data: new Uint8Array(1), width: 1, height: 1 }, [1] as never)).toThrow(
      'matrix must have 6',
    );
  });
});

describe('augmentImage', () => {
  test.each(golden.light)('light as in Pillow: brightness $brightness, contrast $contrast, $channels channels', (c) => {
    const image: Image = { data: Uint8Array.from(c.data), width: 9, height: 6, channels: c.channels };
    const out = augmentImage(image, { ...still, brightness: c.brightness, contrast: c.contrast });
    // Pillow cuts off fractions and rounds the mean to a whole number.
    expect(worst(out.data, c.expected)).toBeLessThanOrEqual(1.2 + c.contrast);
  });

  test('float pictures stay within [0, 1], bit depth does not matter', () => {
    const values = Array.from({ length: 30 }, (_, i) => (i * 37) % 256);
    const change = { ...still, brightness: 1.4, contrast: 1.3 };
    const eight = augmentImage({ data: Uint8Array.from(values), width: 6, height: 5, channels: 1 }, change);
    const float = augmentImage(
      { data: Float32Array.from(values, (v) => v / 255), width: 6, height: 5, channels: 1 },
      change,
    );
    expect(Math.max(...float.data)).toBeLessThanOrEqual(1);
    expect(Math.min(...float.data)).toBeGreaterThanOrEqual(0);
    expect(
      worst(
        eight.data,
        Array.from(float.data, (v) => v * 255),
      ),
    ).toBeLessThanOrEqual(1.5);
  });

  test('no change is a copy', () => {
    const image: Image = { data: Uint8Array.of(1, 2, 3), width: 3, height: 1, channels: 1 };
    const out = augmentImage(image, still);
    expect(out).toEqual(image);
    expect(out.data).not.toBe(image.data);
  });
});

describe('drawing', () => {
  test('stays within the ranges and reaches towards them', () => {
    const random = createRandom(1);
    const drawn = Array.from({ length: 2000 }, (_, i) => drawAugmentation('strong', random.split(i)));
    const reach = (of: (a: Augmentation) => number): number => Math.max(...drawn.map((a) => Math.abs(of(a))));
    for (const [of, limit] of [
      [(a: Augmentation) => a.rotation, 15],
      [(a: Augmentation) => a.shift[0], 0.05],
      [(a: Augmentation) => a.shift[1], 0.05],
      [(a: Augmentation) => a.scale - 1, 0.1],
      [(a: Augmentation) => a.brightness - 1, 0.15],
      [(a: Augmentation) => a.contrast - 1, 0.15],
    ] as const) {
      expect(reach(of)).toBeLessThanOrEqual(limit);
      expect(reach(of)).toBeGreaterThan(0.98 * limit);
    }
    expect(Math.abs(drawn.filter(({ flip }) => flip).length - 1000)).toBeLessThan(120);
    const mild = drawAugmentation('mild', random);
    expect([mild.rotation, mild.scale, mild.shift, mild.flip].map(String)).toEqual(['0', '1', '0,0', 'false']);
    expect(drawAugmentation('none', random)).toEqual(still);
    expect(Object.keys(augmentRegimes)).toEqual(['none', 'mild', 'strong']);
  });

  test('a set of transforms begins with none and is the same for the same seed', () => {
    const set = drawTransforms('strong', 5, { seed: 3 });
    expect(set[0]).toEqual(still);
    expect(drawTransforms('strong', 9, { seed: 3 }).slice(0, 5)).toEqual(set);
    expect(drawTransforms('strong', 5, { seed: 4 })[1]).not.toEqual(set[1]);
  });

  test('refuses wrong ranges', () => {
    const random = createRandom(1);
    expect(() => drawAugmentation('heavy' as 'mild', random)).toThrow(
      "ranges must be 'none', 'mild', 'strong' or an object, got 'heavy'",
    );
    expect(() => drawAugmentation({ rotate: 5 } as object, random)).toThrow('got rotate');
    expect(() => drawAugmentation({ scale: 1 }, random)).toThrow('scale must be a finite number in [0, 0.99]');
    expect(() => drawTransforms('mild', 0)).toThrow('count must be an integer');
  });
});

describe('augmentedImages', () => {
  const images: Image[] = Array.from({ length: 3 }, (_, i) => ({
    data: Uint8Array.from({ length: 80 }, (__, k) => (k * 7 + i * 50) % 256),
    width: 10,
    height: 8,
    channels: 1,
  }));

  test('each reading is another version, the same in every run', async () => {
    const [one, two] = [augmentedImages(images, 'strong', { seed: 5 }), augmentedImages(images, 'strong', { seed: 5 })];
    const read = async (index: number): Promise<Image[]> => [await one.get(index), await one.get(index)];
    const [first, second] = await read(1);
    expect(first!.data).not.toEqual(second!.data);
    await two.get(0);
    expect([await two.get(1), await two.get(1)]).toEqual([first, second]);
    expect(images[1]!.data[1]).toBe(57);
  });

  test('copies are versions of their own', async () => {
    const copies = augmentedImages(images, 'strong', { copies: 2 });
    expect(copies.length).toBe(6);
    expect((await copies.get(1)).data).not.toEqual((await copies.get(4)).data);
    expect((await augmentedImages(images, 'none', { copies: 2 }).get(4)).data).toEqual(images[1]!.data);
  });
});
