import * as tf from '@tensorflow/tfjs';
import { checkKernels, type KernelCase } from '../testing/kernelCases.js';
import { gatherKernels } from './gather.js';

const gathers = [0, 1, 2, 3].flatMap((axis) =>
  [[3], [2, 2], []].map((shape): KernelCase => ({
    kernel: 'GatherV2',
    name: `axis ${axis}, indices of rank ${shape.length}`,
    inputs: (d) => [d.normal(3, 4, 5, 6), d.integers(0, 3, ...shape)],
    fn: (x: tf.Tensor, at: tf.Tensor) => tf.gather(x, at, axis),
    // tfjs has no gradient for a single index.
    ...(shape.length === 0 ? { gradients: 'none' } : {}),
  })),
);

const cases: KernelCase[] = [
  ...gathers,
  {
    kernel: 'UnsortedSegmentSum',
    name: 'rows in any order, one number taken twice',
    inputs: (d) => [d.normal(5, 3, 2), { shape: [5], data: Int32Array.of(3, 0, 3, 1, 0) }],
    fn: (x: tf.Tensor, ids: tf.Tensor) => tf.unsortedSegmentSum(x, ids as tf.Tensor1D, 5),
  },
  {
    kernel: 'UnsortedSegmentSum',
    name: 'the gradient of gather, an index taken twice',
    inputs: (d) => [d.normal(3, 4), { shape: [4], data: Int32Array.of(2, 2, 0, 2) }],
    fn: (x: tf.Tensor, at: tf.Tensor) => tf.gather(x, at),
  },
  {
    kernel: 'GatherNd',
    name: 'single numbers',
    inputs: (d) => [d.normal(3, 4, 5), { shape: [2, 3], data: Int32Array.of(0, 3, 4, 2, 1, 0) }],
    fn: (x: tf.Tensor, at: tf.Tensor) => tf.gatherND(x, at),
    gradients: 'none',
  },
  {
    kernel: 'GatherNd',
    name: 'slices',
    inputs: (d) => [d.normal(3, 4, 5, 2), { shape: [2, 2, 2], data: Int32Array.of(0, 3, 2, 1, 1, 1, 0, 0) }],
    fn: (x: tf.Tensor, at: tf.Tensor) => tf.gatherND(x, at),
    gradients: 'none',
  },
  {
    kernel: 'ScatterNd',
    name: 'rows, one place hit twice',
    inputs: (d) => [d.normal(3, 4), { shape: [3, 1], data: Int32Array.of(4, 1, 4) }],
    fn: (updates: tf.Tensor, at: tf.Tensor) => tf.scatterND(at, updates, [5, 4]),
    gradients: 'none',
  },
  {
    kernel: 'ScatterNd',
    name: 'integers',
    inputs: (d) => [d.integers(-9, 9, 3), { shape: [3, 2], data: Int32Array.of(0, 1, 1, 2, 0, 1) }],
    fn: (updates: tf.Tensor, at: tf.Tensor) => tf.scatterND(at, updates, [2, 3]),
    gradients: 'none',
  },
  {
    kernel: 'OneHot',
    name: 'indices outside give empty rows',
    inputs: () => [{ shape: [2, 3], data: Int32Array.of(0, 2, 4, 5, -1, 1) }],
    fn: (at: tf.Tensor) => tf.oneHot(at, 5),
    gradients: 'none',
  },
  {
    kernel: 'OneHot',
    name: 'own values, as floats',
    inputs: () => [{ shape: [3], data: Int32Array.of(0, 2, 1) }],
    fn: (at: tf.Tensor) => tf.oneHot(at, 4, 0.9, 0.1, 'float32'),
    gradients: 'none',
  },
  ...[1, 3, 7].map((k): KernelCase => ({
    kernel: 'TopK',
    name: `${k} of 7`,
    inputs: (d) => [d.distinct(2, 3, 5, 7)],
    fn: (x: tf.Tensor) => Object.values<tf.Tensor>(tf.topk(x, k)),
    gradients: 'none',
  })),
  {
    kernel: 'TopK',
    name: 'ties: the lower index first',
    inputs: (d) => [d.integers(0, 3, 4, 9)],
    fn: (x: tf.Tensor) => Object.values<tf.Tensor>(tf.topk(x, 5)),
    gradients: 'none',
  },
];

checkKernels(gatherKernels, cases);
