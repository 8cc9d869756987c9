import * as tf from '@tensorflow/tfjs';
import type { LossSettings } from './lossOptions.js';

/** The two parts of SSIM at every place where the window fits, each `[planes, rows, columns]`. */
export interface LocalParts {
  /** `(2 μx μy + C1) / (μx² + μy² + C1)`. */
  luminance: tf.Tensor3D;
  /** `(2 σxy + C2) / (σx² + σy² + C2)`. */
  contrast: tf.Tensor3D;
}

/**
 * Channels of all pictures as planes, in the order of the batch.
 *
 * @param x - `[batch, height, width, channels]`
 * @param middle - taken off every value
 * @returns `[batch * channels, height, width]`
 */
export function toPlanes(x: tf.Tensor4D, middle: number): tf.Tensor3D {
  const [batch, height, width, channels] = x.shape;
  return tf.reshape(tf.transpose(tf.sub(x, middle), [0, 3, 1, 2]), [batch * channels, height, width]);
}

/**
 * SSIM's parts under a window. Means under the window are two products with band matrices, `O(height width (height +
 * width))` each and as quick backwards as forwards.
 *
 * @param x - planes less `settings.middle`
 * @param y - the same of the other pictures
 * @param settings - window and constants
 * @returns the parts
 */
export function localParts(x: tf.Tensor3D, y: tf.Tensor3D, settings: LossSettings): LocalParts {
  const { kernel, covariance, middle, c1, c2 } = settings;
  const squares = tf.add<tf.Tensor3D>(tf.square(x), tf.square(y));
  const means = tf.split(underWindow(tf.concat([x, y, squares, tf.mul<tf.Tensor3D>(x, y)], 0), kernel), 4, 0);
  const [mx, my, mSquares, mProduct] = means as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
  // Variances do not see the shift by the middle; the means of the luminance are the true ones.
  const variances = tf.mul(tf.sub(mSquares, tf.add(tf.square(mx), tf.square(my))), covariance);
  const shared = tf.mul(tf.sub(mProduct, tf.mul(mx, my)), covariance);
  const [ux, uy] = [tf.add(mx, middle), tf.add(my, middle)];
  return {
    luminance: tf.div(tf.add(tf.mul(tf.mul(ux, uy), 2), c1), tf.add(tf.add(tf.square(ux), tf.square(uy)), c1)),
    contrast: tf.div(tf.add(tf.mul(shared, 2), c2), tf.add(variances, c2)),
  };
}

/** Weighted means under the window where it fits: `[planes, height - k + 1, width - k + 1]`. */
function underWindow(planes: tf.Tensor3D, kernel: readonly number[]): tf.Tensor3D {
  const [count, height, width] = planes.shape;
  const across = tf.matMul(tf.reshape(planes, [count * height, width]), band(kernel, width), false, true);
  const rows = tf.reshape(across, [count, height, width - kernel.length + 1]);
  return tf.matMul(band(kernel, height), rows);
}

/** The matrix that slides the window along an axis of `n` values, `[n - k + 1, n]`. */
function band(kernel: readonly number[], n: number): tf.Tensor2D {
  const rows = n - kernel.length + 1;
  const values = new Float32Array(rows * n);
  for (let i = 0; i < rows; i++) values.set(kernel, i * n + i);
  return tf.tensor2d(values, [rows, n]);
}
