import * as tf from '@tensorflow/tfjs';

/**
 * Vectors of length one: `y = x / max(|x|, epsilon)` along an axis, with the closed-form gradient
 * `dx = (dy - y sum(dy y)) / max(|x|, epsilon)`. A vector of zeros stays zero, and its gradient is `dy / epsilon`.
 *
 * @param x - any rank from 1
 * @param axis - the axis that holds the vectors
 * @param epsilon - shortest length that is divided by
 * @returns the same shape
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { l2Normalize } from '@adlib/runtime';
 * console.log(l2Normalize(tf.tensor2d([[3, 4]])).dataSync()); // Float32Array [0.6, 0.8]
 * ```
 * @see torch.nn.functional.normalize
 */
export function l2Normalize<T extends tf.Tensor>(x: T, axis = -1, epsilon = 1e-12): T {
  const normalise = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [input, save] = args as [tf.Tensor, tf.GradSaveFunc];
    const length = tf.sqrt(tf.sum(tf.square(input), axis, true));
    const divisor = tf.maximum(length, epsilon);
    const value = tf.div(input, divisor);
    // Below epsilon the divisor is a constant.
    save([value, divisor, tf.cast(tf.greater(length, epsilon), 'float32')]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [y, by, moves] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const along = tf.mul(tf.mul(y, tf.sum(tf.mul(dy, y), axis, true)), moves);
      return tf.div(tf.sub(dy, along), by);
    };
    return { value, gradFunc };
  });
  return normalise(x) as T;
}
