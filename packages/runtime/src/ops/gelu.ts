import * as tf from '@tensorflow/tfjs';

/**
 * Gaussian error linear unit, exact form: `x P(x)` with `P(x) = (1 + erf(x / sqrt 2)) / 2`. The gradient is the closed form
 * `P(x) + x exp(-x^2 / 2) / sqrt(2 pi)`.
 *
 * @param x - any shape
 * @returns the same shape
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { gelu } from '@adlib/runtime';
 * console.log(gelu(tf.tensor1d([-1, 0, 1])).dataSync()); // Float32Array [-0.1587, 0, 0.8413], nearly
 * ```
 * @see Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016
 */
export function gelu<T extends tf.Tensor>(x: T): T {
  const unit = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [input, save] = args as [tf.Tensor, tf.GradSaveFunc];
    const below = tf.mul(tf.add(tf.erf(tf.mul(input, Math.SQRT1_2)), 1), 0.5);
    save([input, below]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [at, share] = saved as [tf.Tensor, tf.Tensor];
      const density = tf.mul(tf.exp(tf.mul(tf.square(at), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return tf.mul(dy, tf.add(share, tf.mul(at, density)));
    };
    return { value: tf.mul(input, below), gradFunc };
  });
  return unit(x) as T;
}
