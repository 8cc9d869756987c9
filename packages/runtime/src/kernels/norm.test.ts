import * as tf from '@tensorflow/tfjs';
import { batchNormTraining } from '../ops/batchNorm.js';
import { checkKernels, type KernelCase } from '../testing/kernelCases.js';
import { normKernels } from './norm.js';

type T = tf.Tensor;

const batchNorms: KernelCase[] = [
  {
    kernel: 'FusedBatchNorm',
    name: 'per channel',
    inputs: (d) => [d.normal(2, 3, 5, 4), d.normal(4), d.uniform(0.5, 2, 4), d.normal(4), d.normal(4)],
    fn: (x: tf.Tensor4D, m: T, v: T, o: T, s: T) =>
      tf.batchNorm(x, m as tf.Tensor1D, v as tf.Tensor1D, o as tf.Tensor1D, s as tf.Tensor1D, 1e-3),
  },
  {
    kernel: 'FusedBatchNorm',
    name: 'without scale and offset (tfjs has no gradient for it)',
    inputs: (d) => [d.normal(2, 3, 5, 4), d.normal(4), d.uniform(0.5, 2, 4)],
    fn: (x: tf.Tensor4D, m: T, v: T) => tf.batchNorm(x, m as tf.Tensor1D, v as tf.Tensor1D),
    gradients: 'none',
  },
  {
    kernel: 'FusedBatchNorm',
    name: 'without offset (tfjs has no gradient for it)',
    inputs: (d) => [d.normal(2, 3, 5, 4), d.normal(4), d.uniform(0.5, 2, 4), d.normal(4)],
    fn: (x: tf.Tensor4D, m: T, v: T, s: T) =>
      tf.batchNorm(x, m as tf.Tensor1D, v as tf.Tensor1D, undefined, s as tf.Tensor1D),
    gradients: 'none',
  },
  {
    kernel: 'FusedBatchNorm',
    name: 'statistics of the full shape',
    inputs: (d) => [d.normal(2, 3, 5, 4), d.normal(2, 3, 5, 4), d.uniform(0.5, 2, 2, 3, 5, 4), d.normal(2, 3, 5, 4)],
    fn: (x: tf.Tensor4D, m: T, v: T, o: T) => tf.batchNorm(x, m as tf.Tensor4D, v as tf.Tensor4D, o as tf.Tensor4D),
    gradients: 'none',
  },
  {
    kernel: 'FusedBatchNorm',
    name: 'rank 2',
    inputs: (d) => [d.normal(6, 4), d.normal(4), d.uniform(0.5, 2, 4), d.normal(4), d.normal(4)],
    fn: (x: tf.Tensor2D, m: T, v: T, o: T, s: T) =>
      tf.batchNorm(x, m as tf.Tensor1D, v as tf.Tensor1D, o as tf.Tensor1D, s as tf.Tensor1D),
  },
  {
    kernel: 'FusedBatchNorm',
    name: 'rank 3',
    inputs: (d) => [d.normal(6, 3, 4), d.normal(4), d.uniform(0.5, 2, 4), d.normal(4), d.normal(4)],
    fn: (x: tf.Tensor3D, m: T, v: T, o: T, s: T) =>
      tf.batchNorm(x, m as tf.Tensor1D, v as tf.Tensor1D, o as tf.Tensor1D, s as tf.Tensor1D),
  },
  {
    kernel: 'AdlibBatchNormTraining',
    name: 'result, mean and variance',
    inputs: (d) => [d.normal(2, 3, 5, 4), d.uniform(0.5, 2, 4), d.normal(4)],
    fn: (x: tf.Tensor4D, s: tf.Tensor1D, o: tf.Tensor1D) => {
      const { y, mean, variance } = batchNormTraining(x, s, o, 1e-3);
      return [y, mean, variance];
    },
    gradients: 'none',
  },
  {
    kernel: 'AdlibBatchNormTraining',
    name: 'gradients of the result',
    inputs: (d) => [d.normal(2, 3, 5, 4), d.uniform(0.5, 2, 4), d.normal(4)],
    fn: (x: tf.Tensor4D, s: tf.Tensor1D, o: tf.Tensor1D) => batchNormTraining(x, s, o, 1e-3).y,
    reference: (x: tf.Tensor4D, s: tf.Tensor1D, o: tf.Tensor1D) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3))), s), o);
    },
  },
];

const softmaxes = [[2, 7], [9], [2, 3, 5, 4]].flatMap((shape): KernelCase[] => [
  { kernel: 'Softmax', name: `rank ${shape.length}`, inputs: (d) => [d.normal(...shape)], fn: (x: T) => tf.softmax(x) },
  {
    kernel: 'Softmax',
    name: `logSoftmax, rank ${shape.length} (gradient through softmax)`,
    inputs: (d) => [d.normal(...shape)],
    fn: (x: T) => tf.add(tf.logSoftmax(x), tf.softmax(x)),
  },
]);

const large: KernelCase[] = [
  {
    kernel: 'Softmax',
    name: 'large numbers do not overflow',
    inputs: () => [{ shape: [1, 3], data: Float32Array.of(1e4, 9999, -1e4) }],
    fn: (x: tf.Tensor) => tf.softmax(x),
  },
  ...[1, 2].map((radius): KernelCase => ({
    kernel: 'LRN',
    name: `radius ${radius}`,
    inputs: (d) => [d.normal(2, 3, 5, 7)],
    fn: (x: tf.Tensor4D) => tf.localResponseNormalization(x, radius, 1.5, 0.3, 0.7),
    gradients: 'none',
  })),
];

checkKernels(normKernels, [...batchNorms, ...softmaxes, ...large]);
