import * as tf from '@tensorflow/tfjs';
import { assertKnownOptions } from '@adlib/core';
import { resizeMatrix, type ResizeGeometry } from './resizeMatrix.js';

/**
 * Bilinear resizing with its true gradient: a resize is linear along each axis, `y = R_h x R_w^T`, so `dx = R_h^T dy R_w`.
 * The gradient of tfjs's `image.resizeBilinear` ignores `halfPixelCenters`, and its `cpu` kernel swaps height and width.
 * When a picture is made smaller no pixels are averaged, as in tfjs (and PyTorch without `antialias`).
 *
 * @param x - `[batch, height, width, channels]`
 * @param size - `[height, width]` of the result
 * @param options - how positions map; `halfPixelCenters` is PyTorch's `align_corners=False`
 * @returns `[batch, size[0], size[1], channels]`
 * @throws Error (tfjs's) if both options are set, or a size is not positive
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { resizeBilinear } from '@adlib/runtime';
 * const x = tf.tensor4d([0, 1], [1, 1, 2, 1]);
 * console.log(resizeBilinear(x, [1, 4], { halfPixelCenters: true }).dataSync()); // Float32Array [0, 0.25, 0.75, 1]
 * ```
 */
export function resizeBilinear(
  x: tf.Tensor4D,
  size: readonly [height: number, width: number],
  options: ResizeGeometry = {},
): tf.Tensor4D {
  const { alignCorners = false, halfPixelCenters = false } = options;
  assertKnownOptions('resizeBilinear', options, ['alignCorners', 'halfPixelCenters']);
  const [, height, width] = x.shape;
  const geometry = { alignCorners, halfPixelCenters };
  const resize = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => ({
    value: tf.image.resizeBilinear(args[0] as tf.Tensor4D, [...size], alignCorners, halfPixelCenters),
    gradFunc: (dy: tf.Tensor) => {
      const rows = tf.tensor(resizeMatrix(height, size[0], 'linear', geometry), [1, 1, size[0], height]);
      const columns = tf.tensor(resizeMatrix(width, size[1], 'linear', geometry), [1, 1, size[1], width]);
      const planes = tf.matMul(tf.transpose(dy, [0, 3, 1, 2]), columns);
      return tf.transpose(tf.matMul(rows, planes, true), [0, 2, 3, 1]);
    },
  }));
  return resize(x) as tf.Tensor4D;
}
