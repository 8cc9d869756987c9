import * as tf from '@tensorflow/tfjs';

/**
 * Each row (last axis) less its mean, divided by its standard deviation: `y = (x - mean) / sqrt(variance + epsilon)`, biased
 * variance. The gradient is the closed form `dx = (dy - mean(dy) - y mean(dy y)) / sqrt(variance + epsilon)`.
 *
 * @param x - any rank from 1
 * @param epsilon - added to the variance
 * @returns the same shape
 */
export function normalizeRows(x: tf.Tensor, epsilon: number): tf.Tensor {
  const normalise = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [input, save] = args as [tf.Tensor, tf.GradSaveFunc];
    const centred = tf.sub(input, tf.mean(input, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
    const value = tf.mul(centred, inverse);
    save([value, inverse]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [y, factor] = saved as [tf.Tensor, tf.Tensor];
      const along = tf.mul(y, tf.mean(tf.mul(dy, y), -1, true));
      return tf.mul(tf.sub(tf.sub(dy, tf.mean(dy, -1, true)), along), factor);
    };
    return { value, gradFunc };
  });
  return normalise(x);
}
