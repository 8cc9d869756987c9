import * as tf from '@tensorflow/tfjs';
import { assertInteger } from '@adlib/core';
import { normalizeRows } from './normalizeRows.js';

/**
 * Group normalisation: `y = scale (x - mean) / sqrt(variance + epsilon) + offset`, mean and biased variance of each picture
 * and group of neighbouring channels over height, width and the group; scale and offset per channel. Closed-form gradient.
 * One group is layer normalisation of pictures, as many groups as channels instance normalisation.
 *
 * @param x - `[batch, height, width, channels]`
 * @param groups - number of groups; divides the channels
 * @param scale - `[channels]`
 * @param offset - `[channels]`
 * @param epsilon - added to the variance
 * @returns the shape of `x`
 * @throws RangeError if the groups do not divide the channels
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { groupNorm } from '@adlib/runtime';
 * const y = groupNorm(tf.tensor4d([1, 5, 3, 9], [1, 2, 1, 2]), 2, tf.ones([2]), tf.zeros([2]));
 * console.log(y.dataSync()); // Float32Array [-1, -1, 1, 1], nearly
 * ```
 * @see Wu and He, "Group Normalization", 2018, equations 1 and 7
 */
export function groupNorm(
  x: tf.Tensor4D,
  groups: number,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon = 1e-5,
): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  assertInteger('groupNorm', 'groups', groups, 1, channels);
  if (channels % groups !== 0) {
    throw new RangeError(`groupNorm: groups must divide the ${channels} channels, got ${groups}.`);
  }
  // Channels-first, a group is one run of memory.
  const rows = tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [batch, groups, (channels / groups) * height * width]);
  const planes = tf.reshape(normalizeRows(rows, epsilon), [batch, channels, height, width]);
  const y = tf.transpose<tf.Tensor4D>(planes as tf.Tensor4D, [0, 2, 3, 1]);
  return tf.add(tf.mul(y, scale), offset);
}
