import * as tf from '@tensorflow/tfjs';
import { normalizeRows } from './normalizeRows.js';

/**
 * Layer normalisation over the last axis: `y = scale (x - mean) / sqrt(variance + epsilon) + offset`, biased variance, with a
 * closed-form gradient.
 *
 * @param x - `[.., channels]`
 * @param scale - `[channels]`
 * @param offset - `[channels]`
 * @param epsilon - added to the variance
 * @returns the shape of `x`
 * @throws Error (tfjs's) for shapes that do not fit
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { layerNorm } from '@adlib/runtime';
 * const y = layerNorm(tf.tensor2d([[1, 3]]), tf.ones([2]), tf.zeros([2]));
 * console.log(y.dataSync()); // Float32Array [-1, 1], nearly
 * ```
 * @see Ba, Kiros and Hinton, "Layer Normalization", 2016, equation 4
 */
export function layerNorm<T extends tf.Tensor>(x: T, scale: tf.Tensor1D, offset: tf.Tensor1D, epsilon = 1e-5): T {
  return tf.add<T>(tf.mul(normalizeRows(x, epsilon), scale), offset);
}
