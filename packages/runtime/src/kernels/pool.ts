import * as tf from '@tensorflow/tfjs';
import type { GraphBuilder } from '../trace/graphBuilder.js';
import { channelsFirstShape, sizeOf, type TraceValue } from '../trace/value.js';
import { convAttributes, wholeWindows, type ConvInfo } from './convGeometry.js';
import { kernel, type KernelTable } from './kernel.js';
import { windowTaps } from './windowTaps.js';

interface PoolAttrs {
  filterSize: number | [number, number];
  strides: number | [number, number];
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function poolInfo(x: TraceValue, attrs: PoolAttrs): ConvInfo {
  const shape = [...x.shape] as [number, number, number, number];
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  return wholeWindows(tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode));
}

/** Geometry for a gradient: tfjs does not say how the forward pass rounded, the error's shape does. */
function gradientInfo(x: TraceValue, dy: TraceValue, attrs: PoolAttrs): ConvInfo {
  const info = poolInfo(x, attrs);
  if (info.outHeight === dy.shape[1] && info.outWidth === dy.shape[2]) return info;
  return poolInfo(x, { ...attrs, dimRoundingMode: 'ceil' });
}

function windowAttributes(info: ConvInfo) {
  const { kernel_shape, strides, pads } = convAttributes(info);
  return { kernel_shape, strides, pads };
}

/** Pixels that each window really covers, `[outHeight, outWidth]`. */
function coverage(info: ConvInfo): Float32Array {
  const along = (out: number, stride: number, k: number, before: number, size: number) =>
    Array.from({ length: out }, (_, i) => Math.min(i * stride - before + k, size) - Math.max(i * stride - before, 0));
  const rows = along(info.outHeight, info.strideHeight, info.filterHeight, info.padInfo.top, info.inHeight);
  const columns = along(info.outWidth, info.strideWidth, info.filterWidth, info.padInfo.left, info.inWidth);
  return Float32Array.from(rows.flatMap((r) => columns.map((c) => r * c)));
}

/** dx = the transposed convolution, channel by channel, of dy over the window's size. */
function averageGradient(g: GraphBuilder, dy: TraceValue, x: TraceValue, info: ConvInfo): TraceValue {
  const { inChannels, outHeight, outWidth } = info;
  const counts = g.constant(coverage(info), [1, 1, outHeight, outWidth], 'float32');
  const share = g.node('Div', [g.channelsFirst(dy), counts]);
  const ones = g.fill([inChannels, 1, info.filterHeight, info.filterWidth], 1, 'float32');
  return placed(g, share, ones, x, info);
}

/** A transposed convolution, channel by channel, back to the size of `x`. */
function placed(g: GraphBuilder, errors: string, weights: string, x: TraceValue, info: ConvInfo): TraceValue {
  const { kernel_shape, strides, pads } = windowAttributes(info);
  const output_padding = [info.inHeight, info.inWidth].map((size, axis) => {
    const out = axis === 0 ? info.outHeight : info.outWidth;
    return Math.max(0, size - ((out - 1) * strides[axis]! + kernel_shape[axis]! - pads[axis]! - pads[axis + 2]!));
  });
  const group = info.inChannels;
  const name = g.node('ConvTranspose', [errors, weights], { kernel_shape, strides, pads, output_padding, group });
  return g.value(name, x.shape, 'float32', true);
}

/** Each error goes to the first largest pixel of its window, which the forward pass can name. */
function scatteredGradient(g: GraphBuilder, x: TraceValue, dy: TraceValue, info: ConvInfo): TraceValue {
  const indices = g.nodeN('MaxPool', [g.channelsFirst(x)], 2, windowAttributes(info))[1]!;
  const flat = (name: string) => g.node('Reshape', [name, g.int64([-1])]);
  const zeros = g.fill([sizeOf(x.shape)], 0, 'float32');
  const scattered = g.node('ScatterElements', [zeros, flat(indices), flat(g.channelsFirst(dy))], {
    axis: 0,
    reduction: 'add',
  });
  return g.value(g.reshape(scattered, channelsFirstShape(x.shape)), x.shape, 'float32', true);
}

/**
 * The same where the forward pass cannot name pixels: each place in the window keeps the errors whose largest pixel it holds
 * first, and puts them back by a transposed convolution.
 */
function tapGradient(g: GraphBuilder, x: TraceValue, dy: TraceValue, info: ConvInfo): TraceValue {
  const { inChannels, filterHeight, filterWidth } = info;
  const largest = g.node('MaxPool', [g.channelsFirst(x)], windowAttributes(info));
  let left = g.channelsFirst(dy);
  // Outside is less than any pixel, so never the largest.
  const parts = windowTaps(g, x, info, -3.4e38).map((tap, place) => {
    const here = g.node('Where', [g.node('Equal', [tap, largest]), left, g.float(0)]);
    left = g.node('Sub', [left, here]);
    const size = filterHeight * filterWidth;
    const oneHot = Float32Array.from({ length: inChannels * size }, (_, i) => (i % size === place ? 1 : 0));
    const weights = g.constant(oneHot, [inChannels, 1, filterHeight, filterWidth], 'float32');
    return g.channelsFirst(placed(g, here, weights, x, info));
  });
  const sum = parts.reduce((a, b) => g.node('Add', [a, b]));
  return g.value(sum, x.shape, 'float32', true);
}

/** Pooling and its gradients. */
export const poolKernels: KernelTable = {
  MaxPool: kernel<PoolAttrs>(({ g, inputs, attrs }) => {
    const info = poolInfo(inputs['x']!, attrs);
    return g.value(
      g.node('MaxPool', [g.channelsFirst(inputs['x']!)], windowAttributes(info)),
      info.outShape,
      'float32',
      true,
    );
  }),
  AvgPool: kernel<PoolAttrs>(({ g, inputs, attrs }) => {
    const info = poolInfo(inputs['x']!, attrs);
    const attributes = { ...windowAttributes(info), count_include_pad: 0 };
    return g.value(g.node('AveragePool', [g.channelsFirst(inputs['x']!)], attributes), info.outShape, 'float32', true);
  }),
  MaxPoolGrad: kernel<PoolAttrs>(({ g, inputs, attrs }) => {
    const [x, dy] = [inputs['input']!, inputs['dy']!];
    return (g.forCpu ? scatteredGradient : tapGradient)(g, x, dy, gradientInfo(x, dy, attrs));
  }),
  AvgPoolGrad: kernel<PoolAttrs>(({ g, inputs, attrs }) => {
    const x = inputs['input']!;
    return averageGradient(g, inputs['dy']!, x, gradientInfo(x, inputs['dy']!, attrs));
  }),
};
