import * as tf from '@tensorflow/tfjs';
import { assertKnownOptions } from '@adlib/core';
import { TRACE_BACKEND } from '../trace/backend.js';

/** Options of {@link dilatedConv2d}. */
export interface DilatedConvOptions {
  /** Step between windows, in pixels: one number, or for height and width. @defaultValue 1 */
  strides?: number | [number, number];
  /** Border: none, so that size divided by stride is kept, or pixels on each side. @defaultValue 'same' */
  pad?: 'valid' | 'same' | number;
  /** Distance between neighbouring pixels of a window: one number, or for height and width. @defaultValue 1 */
  dilations?: number | [number, number];
  /** Each channel has its own filters. @defaultValue false */
  depthwise?: boolean;
}

/**
 * Convolution whose windows skip pixels, `y[n, i, j, o] = sum x[n, s i + d a, s j + d b, c] filter[a, b, c, o]` (stride `s`,
 * dilation `d`), with gradients: tfjs's own `conv2d` and `depthwiseConv2d` refuse to differentiate dilations.
 *
 * @param x - `[batch, height, width, channels]`
 * @param filter - `[height, width, channels, out]`; depthwise `[height, width, channels, multiplier]`
 * @param options - strides, border, dilations
 * @returns `[batch, outHeight, outWidth, out]`; depthwise `[.., channels * multiplier]`
 * @throws Error (tfjs's) for shapes that do not fit
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { dilatedConv2d } from '@adlib/runtime';
 * const y = dilatedConv2d(tf.ones([1, 5, 7, 1]), tf.ones([3, 3, 1, 1]), { dilations: 2, pad: 'valid' });
 * console.log(y.shape, y.dataSync()[0]); // [1, 1, 3, 1] 9
 * ```
 * @see Yu and Koltun, "Multi-Scale Context Aggregation by Dilated Convolutions", 2016, equation 2
 */
export function dilatedConv2d(x: tf.Tensor4D, filter: tf.Tensor4D, options: DilatedConvOptions = {}): tf.Tensor4D {
  const { strides = 1, pad: border = 'same', dilations = 1, depthwise = false } = options;
  assertKnownOptions('dilatedConv2d', options, ['strides', 'pad', 'dilations', 'depthwise']);
  const pair: [number, number] = typeof dilations === 'number' ? [dilations, dilations] : dilations;
  // Given one number, tfjs takes the filter's height for its width too.
  const around: [number, number] = [Number(border), Number(border)];
  const pad: Border = typeof border === 'number' ? [[0, 0], around, around, [0, 0]] : border;
  if (tf.getBackend() === TRACE_BACKEND) return traced(x, filter, { strides, pad, dilations: pair }, depthwise);
  const dense = spread(filter, pair);
  return depthwise ? tf.depthwiseConv2d(x, dense, strides, pad) : tf.conv2d(x, dense, strides, pad);
}

/** The filter with zeros between its taps: a plain convolution with it is the dilated one, gradients included. */
function spread(filter: tf.Tensor4D, [dy, dx]: readonly [number, number]): tf.Tensor4D {
  if (dy === 1 && dx === 1) return filter;
  const [h, w, c, o] = filter.shape;
  const gaps: [number, number][] = [[0, 0], [0, dy - 1], [0, 0], [0, dx - 1], [0, 0], [0, 0]]; // prettier-ignore
  const apart = tf.pad(tf.reshape(filter, [h, 1, w, 1, c, o]), gaps);
  return tf.slice(tf.reshape<tf.Rank.R4>(apart, [h * dy, w * dx, c, o]), 0, [(h - 1) * dy + 1, (w - 1) * dx + 1, c, o]);
}

type Border = 'valid' | 'same' | tf.backend_util.ExplicitPadding;

interface Geometry {
  strides: number | [number, number];
  pad: Border;
  dilations: [number, number];
}

/** The kernels themselves, which ONNX gives dilations forward and backward. */
function traced(x: tf.Tensor4D, filter: tf.Tensor4D, geometry: Geometry, depthwise: boolean): tf.Tensor4D {
  const [forward, toInput, toFilter] = depthwise
    ? ['DepthwiseConv2dNative', 'DepthwiseConv2dNativeBackpropInput', 'DepthwiseConv2dNativeBackpropFilter']
    : ['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'];
  const run = (kernel: string, inputs: tf.NamedTensorMap, attributes: object) =>
    tf.engine().runKernel<tf.Tensor4D>(kernel, inputs, { ...geometry, ...attributes });
  const convolve = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [input, w, save] = args as [tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc];
    save([input, w]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [image, taps] = saved as [tf.Tensor4D, tf.Tensor4D];
      return [
        run(toInput, { dy, filter: taps }, { inputShape: image.shape }),
        run(toFilter, { x: image, dy }, { filterShape: taps.shape }),
      ];
    };
    return { value: run(forward, { x: input, filter: w }, {}), gradFunc };
  });
  return convolve(x, filter);
}
