import * as tf from '@tensorflow/tfjs';
import type { GraphBuilder } from '../trace/graphBuilder.js';
import type { TraceValue } from '../trace/value.js';
import { filterGradient } from './filterGradient.js';
import { kernel, type KernelTable } from './kernel.js';
import { rejectChannelsFirstFormat } from './unsupported.js';

type Shape4 = [number, number, number, number];

/** tfjs's attributes of every convolution kernel. */
export interface ConvAttrs {
  /** Step between windows, in pixels. */
  strides: number | [number, number];
  /** Pixels added around the picture. */
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  /** Order of axes; only `NHWC` is compiled. */
  dataFormat?: 'NHWC' | 'NCHW';
  /** Distance between the pixels of a window. */
  dilations?: number | [number, number];
  /** What happens to a last window that is not whole. */
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * Geometry of a convolution over `xShape` with `filterShape`, as tfjs computes it.
 * @param xShape
 * @param filterShape
 * @param attrs
 * @param depthwise
 */
export function convInfo(
  xShape: readonly number[],
  filterShape: readonly number[],
  attrs: ConvAttrs,
  depthwise = false,
) {
  rejectChannelsFirstFormat('conv2d', attrs.dataFormat);
  const info = tf.backend_util.computeConv2DInfo(
    [...xShape] as Shape4,
    [...filterShape] as Shape4,
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    depthwise,
  );
  return wholeWindows(info);
}

/** Geometry of a convolution or pooling. */
export type ConvInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/**
 * The same geometry with the padding after the picture as large as the last window needs: where rounding up made the last
 * window hang over, tfjs leaves that to the kernel.
 * @param info
 */
export function wholeWindows(info: ConvInfo): ConvInfo {
  const { top, bottom, left, right } = info.padInfo;
  const reachY = (info.outHeight - 1) * info.strideHeight + (info.filterHeight - 1) * info.dilationHeight + 1;
  const reachX = (info.outWidth - 1) * info.strideWidth + (info.filterWidth - 1) * info.dilationWidth + 1;
  const padInfo = {
    ...info.padInfo,
    bottom: Math.max(bottom, reachY - info.inHeight - top),
    right: Math.max(right, reachX - info.inWidth - left),
  };
  return { ...info, padInfo };
}

/**
 * ONNX's attributes for that geometry.
 * @param info
 */
export function convAttributes(info: ConvInfo) {
  const { top, left, bottom, right } = info.padInfo;
  return {
    kernel_shape: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [top, left, bottom, right],
  };
}

/** tfjs filter `[h, w, in, out]` as ONNX weights `[out, in, h, w]`. */
function weights(g: GraphBuilder, filter: TraceValue): string {
  return g.node('Transpose', [g.plain(filter)], { perm: [3, 2, 0, 1] });
}

/** tfjs depthwise filter `[h, w, in, multiplier]` as ONNX weights `[in * multiplier, 1, h, w]`. */
function depthwiseWeights(g: GraphBuilder, filter: TraceValue): string {
  const [h, w, channels, multiplier] = filter.shape as Shape4;
  const moved = g.node('Transpose', [g.plain(filter)], { perm: [2, 3, 0, 1] });
  return g.node('Reshape', [moved, g.int64([channels * multiplier, 1, h, w])]);
}

/** Gradient to the input of a convolution, which is also the forward pass of a transposed one. */
function transposed(g: GraphBuilder, dy: TraceValue, w: string, info: ConvInfo, group: number): TraceValue {
  const attributes = convAttributes(info);
  const missing = [info.inHeight, info.inWidth].map((size, axis) => {
    const k = (attributes.kernel_shape[axis]! - 1) * attributes.dilations[axis]! + 1;
    const out = axis === 0 ? info.outHeight : info.outWidth;
    return size - ((out - 1) * attributes.strides[axis]! + k - attributes.pads[axis]! - attributes.pads[axis + 2]!);
  });
  // Negative where the last window hung over the border (rounding up): crop there instead.
  const name = g.node('ConvTranspose', [g.channelsFirst(dy), w], {
    ...attributes,
    pads: attributes.pads.map((pad, i) => (i < 2 ? pad : pad + Math.max(0, -missing[i - 2]!))),
    output_padding: missing.map((m) => Math.max(0, m)),
    group,
  });
  return g.value(name, [info.batchSize, info.inHeight, info.inWidth, info.inChannels], 'float32', true);
}

/**
 * Convolution of two named inputs.
 * @param g
 * @param x
 * @param filter
 * @param attrs
 */
export function conv2d(g: GraphBuilder, x: TraceValue, filter: TraceValue, attrs: ConvAttrs): TraceValue {
  const info = convInfo(x.shape, filter.shape, attrs);
  const name = g.node('Conv', [g.channelsFirst(x), weights(g, filter)], { ...convAttributes(info), group: 1 });
  return g.value(name, info.outShape, 'float32', true);
}

/**
 * Depthwise convolution of two named inputs.
 * @param g
 * @param x
 * @param filter
 * @param attrs
 */
export function depthwiseConv2d(g: GraphBuilder, x: TraceValue, filter: TraceValue, attrs: ConvAttrs): TraceValue {
  const info = convInfo(x.shape, filter.shape, attrs, true);
  const name = g.node('Conv', [g.channelsFirst(x), depthwiseWeights(g, filter)], {
    ...convAttributes(info),
    group: info.inChannels,
  });
  return g.value(name, info.outShape, 'float32', true);
}

/** Convolutions and their gradients. */
export const convKernels: KernelTable = {
  Conv2D: kernel<ConvAttrs>(({ g, inputs, attrs }) => conv2d(g, inputs['x']!, inputs['filter']!, attrs)),
  DepthwiseConv2dNative: kernel<ConvAttrs>(({ g, inputs, attrs }) =>
    depthwiseConv2d(g, inputs['x']!, inputs['filter']!, attrs),
  ),
  Conv2DBackpropInput: kernel<ConvAttrs & { inputShape: number[] }>(({ g, inputs, attrs }) => {
    const filter = inputs['filter']!;
    const info = convInfo(attrs.inputShape, filter.shape, attrs);
    return transposed(g, inputs['dy']!, weights(g, filter), info, 1);
  }),
  DepthwiseConv2dNativeBackpropInput: kernel<ConvAttrs & { inputShape: number[] }>(({ g, inputs, attrs }) => {
    const filter = inputs['filter']!;
    const info = convInfo(attrs.inputShape, filter.shape, attrs, true);
    return transposed(g, inputs['dy']!, depthwiseWeights(g, filter), info, info.inChannels);
  }),
  Conv2DBackpropFilter: kernel<ConvAttrs & { filterShape: number[] }>(({ g, inputs, attrs }) => {
    const x = inputs['x']!;
    return filterGradient(g, x, inputs['dy']!, convInfo(x.shape, attrs.filterShape, attrs));
  }),
  DepthwiseConv2dNativeBackpropFilter: kernel<ConvAttrs & { filterShape: number[] }>(({ g, inputs, attrs }) => {
    const x = inputs['x']!;
    return depthwiseFilterGradient(g, x, inputs['dy']!, convInfo(x.shape, attrs.filterShape, attrs, true));
  }),
};

/** One product and sum per filter tap: `dw[i, j, c, m] = sum x[n, c, s y + i, s x + j] dy[n, (c, m), y, x]`. */
function depthwiseFilterGradient(g: GraphBuilder, x: TraceValue, dy: TraceValue, info: ConvInfo): TraceValue {
  const channels = info.inChannels;
  const multiplier = info.outChannels / channels;
  const { outHeight, outWidth, batchSize } = info;
  const grouped = g.node('Reshape', [
    g.channelsFirst(dy),
    g.int64([batchSize, channels, multiplier, outHeight, outWidth]),
  ]);
  const taps = inputTaps(g, x, info).map((tap) => {
    const wide = g.node('Unsqueeze', [tap, g.int64([2])]);
    return g.node('ReduceSum', [g.node('Mul', [wide, grouped]), g.int64([0, 3, 4])], { keepdims: 0 });
  });
  const stacked = g.node('Concat', taps, { axis: 0 });
  const shape = [info.filterHeight, info.filterWidth, channels, multiplier];
  return g.value(g.node('Reshape', [stacked, g.int64(shape)]), shape, 'float32');
}

/**
 * For each filter tap, row by row, the inputs it meets: `[batch, channels, outHeight, outWidth]`, channels first.
 * @param g
 * @param x
 * @param info
 */
export function inputTaps(g: GraphBuilder, x: TraceValue, info: ConvInfo): string[] {
  const { top, left, bottom, right } = info.padInfo;
  const padded = [top, left, bottom, right].some((p) => p > 0)
    ? g.node('Pad', [g.channelsFirst(x), g.int64([0, 0, top, left, 0, 0, bottom, right]), g.float(0)], {
        mode: 'constant',
      })
    : g.channelsFirst(x);
  const taps: string[] = [];
  for (let i = 0; i < info.filterHeight; i++) {
    for (let j = 0; j < info.filterWidth; j++) {
      const starts = [i * info.dilationHeight, j * info.dilationWidth];
      const steps = [info.strideHeight, info.strideWidth];
      const ends = [info.outHeight, info.outWidth].map((n, axis) => starts[axis]! + (n - 1) * steps[axis]! + 1);
      taps.push(g.node('Slice', [padded, g.int64(starts), g.int64(ends), g.int64([2, 3]), g.int64(steps)]));
    }
  }
  return taps;
}
