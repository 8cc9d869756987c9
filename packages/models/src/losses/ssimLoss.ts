import * as tf from '@tensorflow/tfjs';
import { localParts, toPlanes } from './localStatistics.js';
import { assertBatches, lossSettings, type SsimLossOptions } from './lossOptions.js';

/**
 * `1 - SSIM`, differentiable: mean over pictures, channels and all places where the window fits. It is `1 - similarity` of
 * `ssim` in `@adlib/scores` with the same options; with `window: 'uniform'` and `sampleCovariance: true`, of its variant
 * `skimage`. Compiles, gradients included. O(height width (height + width)) per channel.
 *
 * @param x - the pictures, `[batch, height, width, channels]`, in units of `dataRange`
 * @param y - what is compared with them, for example reconstructions, of the same shape
 * @param options - window, data range, constants
 * @returns a scalar in [0, 2], the caller's own; 0 for equal pictures
 * @throws TypeError or RangeError if the shapes do not fit, the pictures are smaller than the window, or an option is wrong
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { ssimLoss } from '@adlib/models';
 * const x = tf.randomUniform<tf.Rank.R4>([2, 16, 20, 3], 0, 1, 'float32', 1);
 * console.log(ssimLoss(x, tf.mul(x, 0.5)).dataSync()[0]! > ssimLoss(x, x).dataSync()[0]!); // true
 * ```
 * @see Wang, Bovik, Sheikh, Simoncelli 2004, eq. 13; as a loss: Bergmann et al., "Improving Unsupervised Defect
 *   Segmentation by Applying Structural Similarity To Autoencoders", 2019
 */
export function ssimLoss(x: tf.Tensor4D, y: tf.Tensor4D, options: SsimLossOptions = {}): tf.Scalar {
  const settings = lossSettings('ssimLoss', options);
  assertBatches('ssimLoss', x, y);
  const side = settings.kernel.length;
  const [, height, width] = x.shape;
  if (Math.min(height, width) < side) {
    throw new RangeError(
      `ssimLoss: pictures must be at least ${side}×${side} (the window), got ${height}×${width}. Try a smaller windowSize.`,
    );
  }
  return tf.tidy(() => {
    const { luminance, contrast } = localParts(toPlanes(x, settings.middle), toPlanes(y, settings.middle), settings);
    return tf.sub<tf.Scalar>(1, tf.mean(tf.mul(luminance, contrast)));
  });
}
