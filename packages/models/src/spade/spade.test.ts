import { ndarray, prepareImage, type AnomalyMap, type Detection } from '@adlib/core';
import { compile, type HostTensor } from '@adlib/runtime';
import { gaussianSmooth, upsampleMap } from '@adlib/scores';
import { checkDetector, plantDefect, tinyParts } from '@adlib/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { loadBackbone } from '../backbones/loadBackbone.js';
import { backbones } from '../backbones/registry.js';
import { assertOnnxAgrees } from '../testing/onnxAgrees.js';
import type { SPADEOptions } from './options.js';
import { SPADE } from './spade.js';

const small: SPADEOptions = { backbone: 'filter-bank', size: [32, 48], neighbors: 2, sigma: 1 };

/** Vectors of a map `[1, rows, columns, channels]`. */
function positions({ data, shape }: HostTensor): number[][] {
  const channels = shape[3]!;
  return Array.from({ length: shape[1]! * shape[2]! }, (_, p) =>
    Array.from(data.subarray(p * channels, (p + 1) * channels), Number),
  );
}

const distance = (a: readonly number[], b: readonly number[]) => Math.hypot(...a.map((v, i) => v - b[i]!));

describe('SPADE', () => {
  test('keeps the contract of every detector', { timeout: 300_000 }, async () => {
    const passed = await checkDetector(() => new SPADE(small), {
      numTensors: () => tf.memory().numTensors,
      checkOnnx: assertOnnxAgrees,
    });
    expect(passed.length).toBeGreaterThan(15);
  });

  test('a picture that was learned has distance 0 to itself, in the score and all over the map', async () => {
    const images = tinyParts({ count: 5, seed: 1 });
    const detector = new SPADE({ ...small, neighbors: 1 });
    await detector.fit(images);
    for (const { score, map } of await detector.score(images)) {
      expect(score).toBeLessThan(1e-5);
      expect(Math.max(...map!.data)).toBeLessThan(0.01);
    }
    detector.dispose();
  });

  test('score and map by hand: nearest pictures, nearest positions of each layer, enlarged, averaged, smoothed', async () => {
    const images = tinyParts({ count: 6, seed: 1, height: 32, width: 48 });
    const probe = plantDefect(tinyParts({ count: 1, seed: 7, height: 32, width: 48 })[0]!, 1).image;
    const layers = ['layer1', 'layer3'];
    const options = { ...small, layers, imageLayer: 'layer2', neighbors: 3, sigma: 1.5 };
    const detector = await new SPADE(options).fit(images, { device: 'cpu' });
    const [{ score, map }] = (await detector.score([probe], { device: 'cpu' })) as [Detection & { map: AnomalyMap }];
    detector.dispose();
    // Features of every picture, the probe last, `[position][channel]`.
    const backbone = await loadBackbone({ backbone: 'filter-bank', layers: [...layers, 'layer2'] });
    const { mean, std } = backbones['filter-bank']!;
    const run = compile((x: tf.Tensor4D) => backbone.features(x), { device: 'cpu' });
    const features = [];
    for (const image of [...images, probe]) {
      const { data } = prepareImage(image, { size: [32, 48], channels: 3, mean, std });
      features.push((await run({ data, shape: [1, 32, 48, 3] })).map(positions));
    }
    await run.dispose();
    const vector = ([, , maps]: number[][][]) =>
      maps![0]!.map((_, c) => maps!.reduce((sum, at) => sum + at[c]!, 0) / maps!.length);
    const own = features.pop()!;
    const nearest = features
      .map((other) => ({ other, apart: distance(vector(own), vector(other)) }))
      .sort((a, b) => a.apart - b.apart)
      .slice(0, 3);
    expect(score).toBeCloseTo(nearest.reduce((sum, { apart }) => sum + apart, 0) / 3, 4);
    const grids = [
      [8, 12],
      [2, 3],
    ] as const;
    const sum = new Float32Array(32 * 48);
    grids.forEach((grid, layer) => {
      const gallery = nearest.flatMap(({ other }) => other[layer]!);
      const cells = own[layer]!.map((at) => Math.min(...gallery.map((other) => distance(at, other))));
      expect(cells).toHaveLength(grid[0] * grid[1]);
      const enlarged = upsampleMap(ndarray(Float32Array.from(cells), [...grid]), [32, 48]);
      enlarged.data.forEach((value, i) => (sum[i]! += value / 2));
    });
    const expected = gaussianSmooth(ndarray(sum, [32, 48]), { sigma: 1.5 }).data;
    const apart = Math.max(...map.data.map((value, i) => Math.abs(value - expected[i]!)));
    expect(apart / Math.max(...expected)).toBeLessThan(1e-4);
    expect(map.shape).toEqual([32, 48]);
  });

  test('more neighbours than pictures are all pictures; facts and options are checked when loaded', async () => {
    const images = tinyParts({ count: 2, seed: 1 });
    const all = await new SPADE({ ...small, neighbors: 50 }).fit(images, { device: 'cpu' });
    const two = await new SPADE(small).fit(images, { device: 'cpu' });
    const probe = tinyParts({ count: 1, seed: 3 });
    expect(await all.score(probe, { device: 'cpu' })).toEqual(await two.score(probe, { device: 'cpu' }));
    const state = two.save();
    expect(() => new SPADE({ ...small, imageLayer: 'layer1' }).load(state)).toThrow('state.options.imageLayer');
    const name = 'gallery.layer1';
    const { data, shape } = state.tensors[name]!;
    const half = { data: data.slice(0, data.length / 2), shape: [2, shape[1]! / 2, shape[2]!] };
    two.load({ ...state, tensors: { ...state.tensors, [name]: half } });
    await expect(two.score(probe)).rejects.toThrow('SPADE: the learned maps must have 96 positions, got 48');
    [all, two].forEach((detector) => detector.dispose());
  });

  test('options that cannot be are named', () => {
    expect(() => new SPADE({ ...small, neighbors: 0 })).toThrow('neighbors');
    expect(() => new SPADE({ ...small, imageLayer: 'layer9' })).toThrow('layer9');
    expect(new SPADE({ backbone: 'resnet18' }).options.imageLayer).toBe('avgpool');
  });
});
