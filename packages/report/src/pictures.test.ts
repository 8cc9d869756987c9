import { createRandom, ndarray, type Image } from '@adlib/core';
import type { EvaluationSample } from '@adlib/pipeline';
import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { drawSample, sharedRange } from './pictures.js';

const result = { id: 'a', label: 'good', defect: 'good', score: 1, decision: 'good' } as const;
const random = createRandom(1);

function noise(width: number, height: number): EvaluationSample {
  const image: Image = {
    data: Uint8Array.from({ length: 3 * width * height }, () => random.integer(256)),
    width,
    height,
    channels: 3,
  };
  const map = ndarray(Float32Array.from({ length: width * height }, () => random.uniform()), [height, width]); // prettier-ignore
  const mask = { data: new Uint8Array(width * height), width, height };
  return { kind: 'worst', result, image, map, mask };
}

const png = (address: string | undefined) => decode(Buffer.from(address!.split(',')[1]!, 'base64'));

describe('drawSample', () => {
  test('pure noise, which nothing can pack, keeps within its share of 4.2 MB', () => {
    const sample = noise(500, 300);
    for (const samples of [8, 24]) {
      const { image, heat, mask, width, height } = drawSample(sample, samples, [0, 1], 'plasma');
      expect(image.length + heat!.length + mask!.length).toBeLessThanOrEqual(4_200_000 / samples);
      expect(width / height).toBeCloseTo(5 / 3, 1);
    }
  });

  test('small pictures keep their size and every value', () => {
    const sample = noise(7, 5);
    const { image, width, height } = drawSample(sample, 3, [0, 1], 'plasma');
    expect([width, height]).toEqual([7, 5]);
    expect([...png(image).data]).toEqual([...sample.image.data]);
  });

  test('extreme shapes keep at least one pixel', () => {
    const data = new Uint8Array(5000);
    const { width, height } = drawSample({ image: { data, width: 5000, height: 1, channels: 1 } }, 1, [0, 1], 'plasma'); // prettier-ignore
    expect([width, height]).toEqual([400, 1]);
  });

  test('a defect thinner than a pixel of the report is still seen in the mask', () => {
    const sample = noise(1600, 800);
    for (let x = 0; x < 1600; x++) sample.mask!.data[400 * 1600 + x] = 1;
    const drawn = png(drawSample(sample, 24, [0, 1], 'plasma').mask);
    const white = [...drawn.data].filter((v) => v === 255).length;
    expect(white).toBeGreaterThanOrEqual(drawn.width);
    expect(new Set(drawn.data)).toEqual(new Set([0, 255]));
  });

  test('16-bit and float pictures are drawn as 8-bit', () => {
    const draw = (data: Image['data']) => png(drawSample({ image: { data, width: 3, height: 1, channels: 1 } }, 1, [0, 1], 'plasma').image); // prettier-ignore
    expect([...draw(new Uint16Array([0, 32896, 65535])).data]).toEqual([0, 128, 255]);
    expect([...draw(new Float32Array([-1, 0.5, 1.5])).data]).toEqual([0, 128, 255]);
  });
});

describe('sharedRange', () => {
  const view = (values: number[]) => ndarray(new Float32Array(values), [1, values.length]);

  test('runs from the smallest value to the 99.9th percentile over all maps', () => {
    const many = view(Array.from({ length: 10_000 }, (_, i) => i / 10_000));
    const { range, clipped } = sharedRange([many, view([-1, 500])]);
    expect(range[0]).toBe(-1);
    expect(range[1]).toBeCloseTo(0.9992, 3);
    expect(clipped).toBe(true);
  });

  test('skips what is not finite; flat, empty and no maps have a range too', () => {
    expect(sharedRange([view([NaN, 2, Infinity, 2])])).toEqual({ range: [2, 2], clipped: false });
    expect(sharedRange([view([NaN])])).toEqual({ range: [0, 0], clipped: false });
    expect(sharedRange([])).toEqual({ range: [0, 0], clipped: false });
  });

  test('refuses what is not a map', () => {
    expect(() => sharedRange([null as never])).toThrow('renderReport: map must be a view');
  });
});
