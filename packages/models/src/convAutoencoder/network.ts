import type { Random } from '@adlib/core';
import { batchNormTraining, type HostTensor, type NamedTensors } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';

/** Share of the batch's statistics that enters the running ones at each step, as in PyTorch. */
const MOMENTUM = 0.1;
const EPSILON = 1e-5;

/** Shape of the network: colour channels of the picture, and channels after each halving. */
export interface NetworkShape {
  /** Channels of the picture. */
  channels: 1 | 3;
  /** Channels after each convolution of the encoder; the decoder mirrors them. */
  widths: readonly number[];
}

/** Channels after each transposed convolution of the decoder; the last are the picture's. */
function decoderWidths({ channels, widths }: NetworkShape): number[] {
  return [...widths.slice(0, -1).reverse(), channels];
}

/**
 * First parameters and running statistics. Filters are uniform in `±1 / sqrt(fan)`, PyTorch's default, with its fan:
 * `9 * in` for convolutions, `9 * out` for transposed ones.
 *
 * @param shape - the network
 * @param random - where the numbers come from
 * @returns tensors by name: `encoder.0.filter`, `encoder.0.scale`, ...
 */
export function initialise(shape: NetworkShape, random: Random) {
  const parameters: Record<string, HostTensor> = {};
  const state: Record<string, HostTensor> = {};
  const uniform = (name: string, dims: readonly number[], fan: number) => {
    const stream = random.split(name);
    const bound = 1 / Math.sqrt(fan);
    const length = dims.reduce((a, b) => a * b, 1);
    parameters[name] = { shape: dims, data: Float32Array.from({ length }, () => stream.uniform(-bound, bound)) };
  };
  const filled = (n: number, value: number): HostTensor => ({ shape: [n], data: new Float32Array(n).fill(value) });
  const normalised = (layer: string, width: number) => {
    parameters[`${layer}.scale`] = filled(width, 1);
    parameters[`${layer}.offset`] = filled(width, 0);
    state[`${layer}.mean`] = filled(width, 0);
    state[`${layer}.variance`] = filled(width, 1);
  };
  let input: number = shape.channels;
  shape.widths.forEach((width, i) => {
    uniform(`encoder.${i}.filter`, [3, 3, input, width], 9 * input);
    normalised(`encoder.${i}`, width);
    input = width;
  });
  const outputs = decoderWidths(shape);
  outputs.forEach((width, i) => {
    uniform(`decoder.${i}.filter`, [3, 3, width, input], 9 * width);
    if (i < outputs.length - 1) normalised(`decoder.${i}`, width);
    else uniform(`decoder.${i}.bias`, [width], 9 * width);
    input = width;
  });
  return { parameters, state };
}

/**
 * Reconstructs pictures: per layer a 3×3 convolution of stride 2, batch norm and ReLU; then as many transposed ones; a
 * sigmoid at the end.
 *
 * @param weights - parameters and running statistics by name
 * @param x - `[batch, height, width, channels]`, values in [0, 1]; sides divisible by `2 ** depth`
 * @param training - whether batch norm uses the batch's own statistics
 * @returns the reconstruction, of the shape of `x`; what each layer of the encoder gave, `[batch, rows, columns, width]`; and
 *   in training the new running statistics
 */
export function reconstruct(
  weights: { parameters: NamedTensors; state: NamedTensors },
  x: tf.Tensor4D,
  training: boolean,
): { y: tf.Tensor4D; encoded: tf.Tensor4D[]; state: Record<string, tf.Tensor> } {
  const { parameters: p, state: s } = weights;
  const state: Record<string, tf.Tensor> = {};
  const normalise = (value: tf.Tensor4D, layer: string): tf.Tensor4D => {
    const scale = p[`${layer}.scale`] as tf.Tensor1D;
    const offset = p[`${layer}.offset`] as tf.Tensor1D;
    const mean = s[`${layer}.mean`] as tf.Tensor1D;
    const variance = s[`${layer}.variance`] as tf.Tensor1D;
    if (!training) return tf.relu(tf.batchNorm(value, mean, variance, offset, scale, EPSILON));
    const batch = batchNormTraining(value, scale, offset, EPSILON);
    const count = value.size / value.shape[3];
    // The running variance is the unbiased one, as in PyTorch.
    const unbiased = tf.mul(batch.variance, count / Math.max(1, count - 1));
    state[`${layer}.mean`] = blend(mean, batch.mean);
    state[`${layer}.variance`] = blend(variance, unbiased);
    return tf.relu(batch.y);
  };
  const depth = Object.keys(p).filter((name) => /^encoder\.\d+\.filter$/.test(name)).length;
  const encoded: tf.Tensor4D[] = [];
  let y = x;
  for (let i = 0; i < depth; i++) {
    y = normalise(tf.conv2d(y, p[`encoder.${i}.filter`] as tf.Tensor4D, 2, 1), `encoder.${i}`);
    encoded.push(y);
  }
  for (let i = 0; i < depth; i++) {
    const filter = p[`decoder.${i}.filter`] as tf.Tensor4D;
    const [batch, height, width] = y.shape;
    // tfjs computes a numeric pad as documented; its declaration only lacks it.
    const pad = 1 as unknown as 'same';
    y = tf.conv2dTranspose(y, filter, [batch, 2 * height, 2 * width, filter.shape[2]], 2, pad);
    y = i < depth - 1 ? normalise(y, `decoder.${i}`) : tf.sigmoid(tf.add(y, p[`decoder.${i}.bias`]!));
  }
  return { y, encoded, state };
}

function blend(running: tf.Tensor, batch: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(running, 1 - MOMENTUM), tf.mul(batch, MOMENTUM));
}
