import { adaptiveAvgPool2d, type NamedTensors } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import type { Activation, ConvOptions, Network, PoolOptions } from './network.js';

const activations: Readonly<Record<Activation, (x: tf.Tensor4D) => tf.Tensor4D>> = {
  relu: (x) => tf.relu(x),
  relu6: (x) => tf.relu6(x),
  swish: (x) => tf.mul(x, tf.sigmoid(x)),
  sigmoid: (x) => tf.sigmoid(x),
  'hard-sigmoid': (x) => tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6),
  'hard-swish': (x) => tf.mul(x, tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6)),
};

/** A network that computes with tfjs, over folded parameters. */
export class Computation implements Network<tf.Tensor4D> {
  readonly #parameters: NamedTensors;

  /** @param parameters - folded tensors by name */
  constructor(parameters: NamedTensors) {
    this.#parameters = parameters;
  }

  /** Convolution, bias, activation; padding is part of the convolution, so nothing is copied for it. */
  conv(x: tf.Tensor4D, name: string, options: ConvOptions): tf.Tensor4D {
    const { size, stride = 1, padding = (size - 1) / 2, depthwise = false, activation } = options;
    const filter = this.#parameters[`${name}.filter`] as tf.Tensor4D;
    const bias = this.#parameters[`${name}.bias`];
    const y = depthwise ? tf.depthwiseConv2d(x, filter, stride, padding) : tf.conv2d(x, filter, stride, padding);
    const biased = bias === undefined ? y : tf.add<tf.Tensor4D>(y, bias);
    return activation === undefined ? biased : this.activate(biased, activation);
  }

  /** `relu(x * scale + offset)` per channel. */
  normRelu(x: tf.Tensor4D, name: string): tf.Tensor4D {
    const scaled = tf.mul(x, this.#parameters[`${name}.scale`]!);
    return tf.relu(tf.add(scaled, this.#parameters[`${name}.offset`]!));
  }

  /** Largest value in each window. */
  maxPool(x: tf.Tensor4D, { size, stride, padding = 0, ceil = false }: PoolOptions): tf.Tensor4D {
    return tf.maxPool(x, size, stride, padding, ceil ? 'ceil' : 'floor');
  }

  /** Mean of each window. */
  avgPool(x: tf.Tensor4D, { size, stride, padding = 0, ceil = false }: PoolOptions): tf.Tensor4D {
    return tf.avgPool(x, size, stride, padding, ceil ? 'ceil' : 'floor');
  }

  /** Means over a grid of windows. */
  adaptiveAvgPool(x: tf.Tensor4D, size: number): tf.Tensor4D {
    return size === 1 ? tf.mean(x, [1, 2], true) : adaptiveAvgPool2d(x, [size, size]);
  }

  /** Sum. */
  add(a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor4D {
    return tf.add(a, b);
  }

  /** Product. */
  multiply(a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor4D {
    return tf.mul(a, b);
  }

  /** Channels one after the other. */
  concat(values: readonly tf.Tensor4D[]): tf.Tensor4D {
    return tf.concat([...values], 3);
  }

  /** Elementwise function. */
  activate(x: tf.Tensor4D, activation: Activation): tf.Tensor4D {
    return activations[activation](x);
  }

  /** Channels of a value. */
  channels(x: tf.Tensor4D): number {
    return x.shape[3];
  }
}
