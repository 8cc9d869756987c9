/** What follows a convolution or stands alone. */
export type Activation = 'relu' | 'relu6' | 'swish' | 'hard-swish' | 'sigmoid' | 'hard-sigmoid';

/** A convolution, its batch norm and its activation. */
export interface ConvOptions {
  /** Output channels; for `depthwise` the number of input channels. */
  filters: number;
  /** Side of the filter in pixels. */
  size: number;
  /** Step between windows. @defaultValue 1 */
  stride?: number;
  /**
   * Zeros on each side, as in PyTorch; `same` pads as TensorFlow does, more at the end than at the beginning.
   * @defaultValue (size - 1) / 2
   */
  padding?: number | 'same';
  /** One filter per channel. @defaultValue false */
  depthwise?: boolean;
  /** Name of the batch norm that follows; it is folded into the filter. @defaultValue none, and the convolution has a bias */
  norm?: string;
  /** Whether there is a bias; never with a batch norm. @defaultValue true where there is no batch norm */
  bias?: boolean;
  /** The weights are those of a fully connected layer over the flattened picture, `[filters, channels * size * size]`. @defaultValue false */
  dense?: boolean;
  /** What follows. @defaultValue none */
  activation?: Activation;
}

/** A pooling window. */
export interface PoolOptions {
  /** Side of the window in pixels. */
  size: number;
  /** Step between windows. */
  stride: number;
  /** Pixels on each side, which are never the maximum; 0 for averages. @defaultValue 0 */
  padding?: number;
  /** Whether a last window that is not whole counts. @defaultValue false */
  ceil?: boolean;
}

/**
 * The layers that backbones are written in. An architecture is a function of a network, which is run twice: over a
 * network that only notes which tensors it needs, and over one that computes.
 */
export interface Network<V> {
  /** Convolution `name`, then batch norm, bias and activation. */
  conv(x: V, name: string, options: ConvOptions): V;
  /** Batch norm `name` that follows no convolution, then ReLU. */
  normRelu(x: V, name: string): V;
  /** Largest value in each window. */
  maxPool(x: V, options: PoolOptions): V;
  /** Mean of each window. */
  avgPool(x: V, options: PoolOptions): V;
  /** Means over a grid of `[size, size]` windows, whatever the picture's size; 1 is the mean of all. */
  adaptiveAvgPool(x: V, size: number): V;
  /** Sum of two values of one shape. */
  add(a: V, b: V): V;
  /** Product; `b` may be one pixel. */
  multiply(a: V, b: V): V;
  /** Channels of all, one after the other. */
  concat(values: readonly V[]): V;
  /** Elementwise function. */
  activate(x: V, activation: Activation): V;
  /** Channels of a value. */
  channels(x: V): number;
}

/** One step of an architecture, from the value of the step before. */
export interface Stage {
  /** Name of its output: the module's path in torchvision. */
  readonly name: string;
  /** A second name: `layer1` to `layer4` for the last output at strides 4 to 32, `stem`, `avgpool`, `logits`. */
  readonly alias?: string;
  /** Builds it. */
  build<V>(net: Network<V>, x: V): V;
}
