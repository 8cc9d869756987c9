import type { Random } from '@adlib/core';
import { batchNormTraining, type HostTensor, type NamedTensors } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import type { FullSimpleNetOptions } from './options.js';

/** Added to variances. */
const EPSILON = 1e-5;
/** Share of a batch's statistics in the running ones. */
const MOMENTUM = 0.1;
/** Slope of the leaky rectifier below 0. */
const SLOPE = 0.2;

/** First values of what is trained, and of the running statistics. */
export interface Initial {
  /** Trained tensors. */
  parameters: Record<string, HostTensor>;
  /** Running mean and variance. */
  state: Record<string, HostTensor>;
}

/**
 * First values as the published code draws them: Xavier-normal weights. That code's biases of the adapter and of the hidden
 * layer are left out: before a batch norm they have no effect and a gradient of 0, of which only rounding is left, and Adam
 * would take whole steps along that.
 *
 * @param options - sizes
 * @param random - its numbers
 * @returns new tensors by name
 */
export function initialise(options: FullSimpleNetOptions, random: Random): Initial {
  const { dimension, hidden, adapterLayers } = options;
  const xavier = (name: string, rows: number, columns: number): HostTensor => {
    const numbers = random.split(name);
    const sd = Math.sqrt(2 / (rows + columns));
    return { data: Float32Array.from({ length: rows * columns }, () => numbers.normal(0, sd)), shape: [rows, columns] };
  };
  const parameters: Record<string, HostTensor> = {};
  for (let i = 0; i < adapterLayers; i++) {
    parameters[`adapter.${i}.weight`] = xavier(`adapter ${i}`, dimension, dimension);
  }
  parameters['discriminator.hidden.weight'] = xavier('hidden', dimension, hidden);
  parameters['discriminator.norm.scale'] = { data: new Float32Array(hidden).fill(1), shape: [hidden] };
  parameters['discriminator.norm.offset'] = { data: new Float32Array(hidden), shape: [hidden] };
  parameters['discriminator.output.weight'] = xavier('output', hidden, 1);
  const state = {
    'discriminator.norm.mean': { data: new Float32Array(hidden), shape: [hidden] },
    'discriminator.norm.variance': { data: new Float32Array(hidden).fill(1), shape: [hidden] },
  };
  return { parameters, state };
}

/**
 * The adapter: linear layers without anything between.
 *
 * @param tensors - trained tensors
 * @param e - patches `[n, dimension]`
 * @param layers - how many
 * @returns `[n, dimension]`
 */
export function adapt(tensors: NamedTensors, e: tf.Tensor2D, layers: number): tf.Tensor2D {
  let y = e;
  for (let i = 0; i < layers; i++) {
    y = tf.matMul(y, tensors[`adapter.${i}.weight`] as tf.Tensor2D);
  }
  return y;
}

/**
 * The discriminator with running statistics: how normal each patch is.
 *
 * @param tensors - trained tensors and running statistics
 * @param p - adapted patches `[n, dimension]`
 * @returns `[n]`, higher = more normal
 */
export function discriminate(tensors: NamedTensors, p: tf.Tensor2D): tf.Tensor1D {
  const z = tf.matMul(p, tensors['discriminator.hidden.weight'] as tf.Tensor2D);
  const factor = tf.mul(
    tensors['discriminator.norm.scale']!,
    tf.rsqrt(tf.add(tensors['discriminator.norm.variance']!, EPSILON)),
  );
  const y = tf.add(
    tf.mul(tf.sub(z, tensors['discriminator.norm.mean']!), factor),
    tensors['discriminator.norm.offset']!,
  );
  return output(tensors, y as tf.Tensor2D);
}

/**
 * The discriminator with the batch's own statistics, and the running ones after it.
 *
 * @param parameters - trained tensors
 * @param state - running statistics
 * @param p - adapted patches, real and fake together
 * @returns outputs `[n]`, and new statistics
 */
export function discriminateTraining(
  parameters: NamedTensors,
  state: NamedTensors,
  p: tf.Tensor2D,
): { outputs: tf.Tensor1D; state: NamedTensors } {
  const z = tf.matMul(p, parameters['discriminator.hidden.weight'] as tf.Tensor2D);
  const [n, hidden] = z.shape as [number, number];
  const { y, mean, variance } = batchNormTraining(
    tf.reshape<tf.Rank.R4>(z, [1, n, 1, hidden]),
    parameters['discriminator.norm.scale'] as tf.Tensor1D,
    parameters['discriminator.norm.offset'] as tf.Tensor1D,
    EPSILON,
  );
  const moved = (name: string, batch: tf.Tensor) => tf.add(tf.mul(state[name]!, 1 - MOMENTUM), tf.mul(batch, MOMENTUM));
  return {
    outputs: output(parameters, tf.reshape<tf.Rank.R2>(y, [n, hidden])),
    state: {
      'discriminator.norm.mean': moved('discriminator.norm.mean', mean),
      // As PyTorch: the running variance is the unbiased one.
      'discriminator.norm.variance': moved('discriminator.norm.variance', tf.mul(variance, n / Math.max(1, n - 1))),
    },
  };
}

function output(tensors: NamedTensors, y: tf.Tensor2D): tf.Tensor1D {
  const activated = tf.leakyRelu(y, SLOPE);
  return tf.reshape(tf.matMul(activated, tensors['discriminator.output.weight'] as tf.Tensor2D), [y.shape[0]]);
}

/**
 * The margin loss, `mean max(0, th - real) + mean max(0, th + fake)`.
 *
 * @param real - outputs for real features
 * @param fake - outputs for fake ones
 * @param margin - th
 * @returns a scalar
 * @see Liu et al., "SimpleNet", 2023, equation 5
 */
export function marginLoss(real: tf.Tensor1D, fake: tf.Tensor1D, margin: number): tf.Scalar {
  return tf.add(tf.mean(tf.relu(tf.sub(margin, real))), tf.mean(tf.relu(tf.add(margin, fake))));
}
