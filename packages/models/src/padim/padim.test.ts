import { createRandom } from '@adlib/core';
import { checkDetector, tinyParts } from '@adlib/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { assertOnnxAgrees } from '../testing/onnxAgrees.js';
import type { PaDiMOptions } from './options.js';
import { PaDiM } from './padim.js';
import { PositionGaussians } from './positionGaussians.js';

const small: PaDiMOptions = { backbone: 'filter-bank', size: [32, 48], features: 12, sigma: 1 };

describe('PaDiM', () => {
  test.each(['anomalib', 'reference'] as const)(
    'keeps the contract of every detector: %s',
    { timeout: 300_000 },
    async (variant) => {
      const passed = await checkDetector(() => new PaDiM({ ...small, variant }), {
        numTensors: () => tf.memory().numTensors,
        checkOnnx: assertOnnxAgrees,
      });
      expect(passed.length).toBeGreaterThan(15);
    },
  );

  test('one picture is too few, and so are options that cannot be', async () => {
    await expect(new PaDiM(small).fit(tinyParts({ count: 1 }))).rejects.toThrow('images must be 2 or more images');
    expect(() => new PaDiM({ ...small, features: 1000 })).toThrow('features');
    expect(() => new PaDiM({ ...small, layers: ['layer3', 'layer1'] })).toThrow('in order, the finest first');
    expect(() => new PaDiM({ ...small, size: [16, 48] })).toThrow('size[0]');
    expect(() => new PaDiM({ ...small, sigmas: 1 } as never)).toThrow('sigmas');
    await expect(new PaDiM({ size: [32, 32] }).fit(tinyParts({ count: 2 }))).rejects.toThrow('weights');
  });

  test('a single channel of one layer is enough', async () => {
    const images = tinyParts({ count: 9, seed: 1 });
    const detector = await new PaDiM({ ...small, features: 1 }).fit(images, { device: 'cpu', seed: 3 });
    const { tensors } = detector.save();
    expect(tensors['factor']!.shape).toEqual([96, 1]);
    expect(tensors['mean']!.shape).toEqual([96, 1]);
    // |x - mean| / sd of a picture that was learned is at most (n - 1) / sqrt(n).
    for (const { score, map } of await detector.score(images, { device: 'cpu' })) {
      expect(score).toBeGreaterThan(0);
      expect(score).toBeLessThan(8 / 3);
      expect(map!.shape).toEqual([28, 40]);
    }
    detector.dispose();
  });

  test('a state of other features is refused, and so are channels and positions that cannot be', async () => {
    const images = tinyParts({ count: 3, seed: 1 });
    const detector = await new PaDiM(small).fit(images, { device: 'cpu' });
    const state = detector.save();
    expect(() => new PaDiM({ ...small, layers: ['layer1', 'layer2'] }).load(state)).toThrow('state.options.layers');
    expect(() => new PaDiM({ ...small, features: 11 }).load(state)).toThrow(
      'state.options.features must be 11, got 12',
    );
    const channels = (...values: number[]) => ({ data: Float32Array.from(values), shape: [12] });
    const load = (tensor: { data: Float32Array; shape: number[] }) =>
      detector.load({ ...state, tensors: { ...state.tensors, channels: tensor } });
    expect(() => load(channels(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 9999))).toThrow('tensors.channels[11]');
    expect(() => load(channels(0, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11))).toThrow('tensors.channels[1]');
    const first = (name: string) => {
      const { data, shape } = state.tensors[name]!;
      return { data: data.slice(0, shape[1]), shape: [1, shape[1]!] };
    };
    const { tensors } = state;
    detector.load({ ...state, tensors: { ...tensors, mean: first('mean'), factor: first('factor') } });
    await expect(detector.score(images)).rejects.toThrow('PaDiM: the learned mean must have 8x12 positions, got 1');
    detector.dispose();
  });
});

describe('PositionGaussians', () => {
  test('the worked example: distance of (4, 0) from five points, at each of two positions', async () => {
    const rows = [1, 2, 2, 1, 3, 5, 0, 1, 2, 2];
    const gaussians = new PositionGaussians(2, 2);
    for (let n = 0; n < 5; n++) {
      const own = rows.slice(2 * n, 2 * n + 2);
      gaussians.add(Float32Array.of(...own, ...own), 1);
    }
    const { mean, factor } = await gaussians.finish(0.01);
    for (const p of [0, 1]) {
      const [a, b] = [4 - mean[2 * p]!, 0 - mean[2 * p + 1]!];
      const [f, g, h] = factor.subarray(3 * p);
      expect(Math.hypot(f! * a, g! * a + h! * b)).toBeCloseTo(4.577925026224, 5);
    }
  });

  test('the last step tells how far it is and can be cancelled', async () => {
    const gaussians = new PositionGaussians(400, 60);
    const random = createRandom(1);
    gaussians.add(
      Float32Array.from({ length: 3 * 400 * 60 }, () => random.normal()),
      3,
    );
    const told: number[] = [];
    await gaussians.finish(0.01, { onProgress: ({ done }) => told.push(done) });
    expect(told.length).toBeGreaterThan(1);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(400);
    const controller = new AbortController();
    const cancelled = gaussians.finish(0.01, { onProgress: () => controller.abort(), signal: controller.signal });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('eight at once, in parts, or one by one: the same', async () => {
    const random = Float32Array.from({ length: 16 * 3 * 5 }, (_, i) => Math.sin(i * i) * 3 + 100);
    const whole = new PositionGaussians(3, 5);
    whole.add(random.subarray(0, 120), 8);
    whole.add(random.subarray(120), 8);
    const parts = new PositionGaussians(3, 5);
    for (let n = 0; n < 16; n++) parts.add(random.slice(15 * n, 15 * (n + 1)), 1);
    const [a, b] = [await whole.finish(0.01), await parts.finish(0.01)];
    a.factor.forEach((v, i) => expect(v).toBeCloseTo(b.factor[i]!, 5));
    a.mean.forEach((v, i) => expect(v).toBeCloseTo(b.mean[i]!, 4));
  });
});
