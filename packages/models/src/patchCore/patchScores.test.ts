import { createRandom } from '@adlib/core';
import { compile, type HostTensor } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { joinMaps } from '../components/patchEmbedding.js';
import { nearestSquared } from './patchScores.js';

const random = createRandom(5);
const drawn = (shape: number[]): HostTensor => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
  shape,
});

test('distances from maps on their own grids are those from joined patches, and those by hand', async () => {
  // Non-square, two pictures; grids of half, of an odd share, and the finest's own.
  const maps = [drawn([2, 5, 8, 3]), drawn([2, 3, 4, 6]), drawn([2, 2, 3, 2]), drawn([2, 5, 8, 1])];
  const bank = drawn([7, 12]);
  const run = compile(
    (parts: tf.Tensor4D[], rows: tf.Tensor2D) => {
      const patches = tf.reshape<tf.Rank.R2>(joinMaps(parts, 'bilinear'), [80, 12]);
      const tensors = { bank: rows, norms: tf.sum<tf.Tensor1D>(tf.square(rows), 1) };
      return [patches, nearestSquared(patches, tensors, 3), nearestSquared(patches, tensors, 3, parts)];
    },
    { device: 'cpu' },
  );
  const [patches, joined, apart] = (await run(maps, bank)).map(({ data }) => data) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  await run.dispose();
  for (let p = 0; p < 80; p++) {
    const all = Array.from({ length: 7 }, (_, m) => {
      let sum = 0;
      for (let c = 0; c < 12; c++) sum += (patches[p * 12 + c]! - bank.data[m * 12 + c]!) ** 2;
      return sum;
    });
    all.sort((a, b) => a - b);
    for (let k = 0; k < 3; k++) {
      expect(joined[p * 3 + k]! / all[k]!).toBeCloseTo(1, 5);
      expect(apart[p * 3 + k]! / all[k]!).toBeCloseTo(1, 5);
    }
  }
});
