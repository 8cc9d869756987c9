import { createRandom } from '@adlib/core';
import type * as tf from '@tensorflow/tfjs';
import { compile, type HostTensor } from '@adlib/runtime';
import { expect, test } from 'vitest';
import { averagingBins, pooledPatches } from './patchEmbedding.js';

const random = createRandom(3);
const drawn = (shape: number[]): HostTensor => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
  shape,
});

/** One layer's vectors by the definition: neighbourhoods written out channel by channel, then averaged. */
function written({ data, shape }: HostTensor, size: number, dimension: number): number[] {
  const [batch, rows, columns, channels] = shape as [number, number, number, number];
  const out: number[] = [];
  for (let n = 0; n < batch * rows * columns; n++) {
    const [image, y, x] = [Math.floor(n / (rows * columns)), Math.floor(n / columns) % rows, n % columns];
    const flat = Array.from({ length: channels * size * size }, (_, i) => {
      const [c, at] = [Math.floor(i / (size * size)), i % (size * size)];
      const [v, u] = [y + Math.floor(at / size) - (size - 1) / 2, x + (at % size) - (size - 1) / 2];
      const inside = v >= 0 && v < rows && u >= 0 && u < columns;
      return inside ? data[((image * rows + v) * columns + u) * channels + c]! : 0;
    });
    for (const [start, end] of averagingBins(flat.length, dimension)) {
      out.push(flat.slice(start, end).reduce((a, b) => a + b, 0) / (end - start));
    }
  }
  return out;
}

// Each value from one channel, from several, from bins that overlap; several values per channel; and none in common.
test.each([
  [8, 8, 3],
  [4, 12, 3],
  [6, 9, 3],
  [8, 6, 3],
  [12, 4, 1],
  [7, 5, 5],
  [3, 20, 3],
])('%i channels to %i values, neighbourhoods of side %i', async (channels, dimension, size) => {
  const map = drawn([2, 3, 5, channels]);
  const run = compile((x: tf.Tensor4D) => pooledPatches([x], size, dimension), { device: 'cpu' });
  const { data, shape } = await run(map);
  await run.dispose();
  expect(shape).toEqual([2, 3, 5, dimension]);
  const expected = written(map, size, dimension);
  expect(data.length).toBe(expected.length);
  expect(Math.max(...expected.map((v, i) => Math.abs(v - data[i]!)))).toBeLessThan(1e-6);
});

test('layers one after the other are averaged again, bins over the border of two among them', async () => {
  const maps = [drawn([1, 3, 5, 4]), drawn([1, 3, 5, 6]), drawn([1, 3, 5, 2])];
  const run = compile((a: tf.Tensor4D, b: tf.Tensor4D, c: tf.Tensor4D) => pooledPatches([a, b, c], 3, 4), {
    device: 'cpu',
  });
  const { data } = await run(...maps);
  await run.dispose();
  const layers = maps.map((map) => written(map, 3, 4));
  for (let n = 0; n < 15; n++) {
    const all = layers.flatMap((layer) => layer.slice(n * 4, n * 4 + 4));
    for (let i = 0; i < 4; i++) {
      const mean = (all[3 * i]! + all[3 * i + 1]! + all[3 * i + 2]!) / 3;
      expect(data[n * 4 + i]!).toBeCloseTo(mean, 6);
    }
  }
});
