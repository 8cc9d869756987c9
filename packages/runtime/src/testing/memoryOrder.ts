import * as tf from '@tensorflow/tfjs';

/** Order in which rank-4 values exist: as passed in, as convolutions leave them, or the first so and the rest as passed. */
export type MemoryOrder = 'channels-last' | 'channels-first' | 'mixed';

/**
 * A convolution that changes no number, after which a value exists only channels-first.
 *
 * @param x - finite values
 * @returns the same numbers
 */
export function identityConv(x: tf.Tensor4D): tf.Tensor4D {
  const channels = x.shape[3];
  return tf.conv2d(x, tf.eye(channels).reshape([1, 1, channels, channels]), 1, 'valid');
}

/**
 * A rank-4 tensor of any type through {@link identityConv}; other ranks as they are.
 *
 * @param x - finite values
 * @returns the same numbers
 */
export function channelsFirst(x: tf.Tensor): tf.Tensor {
  if (x.rank !== 4) return x;
  const floats = x.dtype === 'float32' ? x : tf.cast(x, 'float32');
  return tf.cast(identityConv(floats as tf.Tensor4D), x.dtype);
}
