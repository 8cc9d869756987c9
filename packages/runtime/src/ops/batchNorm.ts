import * as tf from '@tensorflow/tfjs';
import { TRACE_BACKEND } from '../trace/backend.js';

/** What {@link batchNormTraining} returns. */
export interface BatchNormResult {
  /** The normalised tensor, same shape as the input. */
  y: tf.Tensor4D;
  /** Mean of the batch per channel, `[channels]`; for running statistics, no gradient flows through it. */
  mean: tf.Tensor1D;
  /** Biased variance of the batch per channel, `[channels]`; no gradient flows through it. */
  variance: tf.Tensor1D;
}

const AXES = [0, 1, 2];

/**
 * Batch normalisation with the batch's own statistics: `y = scale (x - mean) / sqrt(variance + epsilon) + offset`, mean and
 * variance per channel over batch, height and width. The gradient is the closed form
 * `dx = scale / sd (dy - mean(dy) - xhat mean(dy xhat))`, far fewer operations than differentiating op by op.
 *
 * @param x - `[batch, height, width, channels]`
 * @param scale - `[channels]`
 * @param offset - `[channels]`
 * @param epsilon - added to the variance
 * @returns new tensors that belong to the caller
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { batchNormTraining } from '@adlib/runtime';
 * const { y, mean } = batchNormTraining(tf.tensor4d([1, 3], [2, 1, 1, 1]), tf.tensor1d([1]), tf.tensor1d([0]));
 * console.log(mean.dataSync()[0], y.dataSync()); // 2 Float32Array [-1, 1]
 * ```
 * @see Ioffe and Szegedy, "Batch Normalization", 2015
 */
export function batchNormTraining(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon = 1e-5,
): BatchNormResult {
  let statistics: { mean: tf.Tensor1D; variance: tf.Tensor1D } | undefined;
  const normalise = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [input, gamma, beta, save] = args as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
    const { y, mean, variance } = forward(input, gamma, beta, epsilon);
    statistics = { mean: tf.keep(mean), variance: tf.keep(variance) };
    save([input, gamma, mean, variance]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => gradient(dy as tf.Tensor4D, saved, epsilon);
    return { value: y, gradFunc };
  });
  const y = normalise(x, scale, offset);
  const { mean, variance } = statistics!;
  const released = { mean: tf.clone(mean), variance: tf.clone(variance) };
  mean.dispose();
  variance.dispose();
  return { y, ...released };
}

/** Name of the trace kernel that is ONNX's BatchNormalization in training mode: statistics and result in one node. */
export const BATCH_NORM_TRAINING = 'AdlibBatchNormTraining';

function forward(x: tf.Tensor4D, scale: tf.Tensor1D, offset: tf.Tensor1D, epsilon: number): BatchNormResult {
  if (tf.getBackend() === TRACE_BACKEND) {
    const outputs = tf.engine().runKernel(BATCH_NORM_TRAINING, { x, scale, offset }, { epsilon }) as unknown;
    const [y, mean, variance] = outputs as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
    return { y, mean, variance };
  }
  const { mean, variance } = tf.moments(x, AXES) as { mean: tf.Tensor1D; variance: tf.Tensor1D };
  return { y: tf.batchNorm(x, mean, variance, offset, scale, epsilon), mean, variance };
}

function gradient(dy: tf.Tensor4D, saved: readonly tf.Tensor[], epsilon: number): tf.Tensor[] {
  const [x, scale, mean, variance] = saved as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  const count = x.shape[0] * x.shape[1] * x.shape[2];
  const inverse = tf.rsqrt<tf.Tensor1D>(tf.add(variance, epsilon));
  const dOffset = tf.sum<tf.Tensor1D>(dy, AXES);
  const products = tf.sum<tf.Tensor1D>(tf.mul(dy, x), AXES);
  const dScale = tf.mul<tf.Tensor1D>(inverse, tf.sub(products, tf.mul(mean, dOffset)));
  // dx = a dy + b x + c with one a, b, c per channel: two normalisations with made-up statistics and a sum.
  const a = tf.mul<tf.Tensor1D>(scale, inverse);
  const b = tf.div<tf.Tensor1D>(tf.mul(tf.mul(a, inverse), dScale), -count);
  const c = tf.neg<tf.Tensor1D>(tf.add(tf.mul(b, mean), tf.div(tf.mul(a, dOffset), count)));
  return [tf.add(affine(dy, a), affine(x, b, c)), dScale, dOffset];
}

/** `factor x + shift` per channel, as one kernel. */
function affine(x: tf.Tensor4D, factor: tf.Tensor1D, shift?: tf.Tensor1D): tf.Tensor4D {
  const zeros = tf.zerosLike(factor);
  return tf.batchNorm(x, zeros, tf.onesLike(factor), shift ?? zeros, factor, 0);
}
