import type { GraphBuilder } from '../trace/graphBuilder.js';
import type { TraceValue } from '../trace/value.js';
import { convAttributes, convInfo, type ConvAttrs, type ConvInfo, type Shape4 } from './convGeometry.js';
import { depthwiseFilterGradient, filterGradient } from './filterGradient.js';
import { kernel, type KernelTable } from './kernel.js';

/** tfjs filter `[h, w, in, out]` as ONNX weights `[out, in, h, w]`. */
function weights(g: GraphBuilder, filter: TraceValue): string {
  return g.node('Transpose', [g.plain(filter)], { perm: [3, 2, 0, 1] });
}

/** tfjs depthwise filter `[h, w, in, multiplier]` as ONNX weights `[in * multiplier, 1, h, w]`. */
function depthwiseWeights(g: GraphBuilder, filter: TraceValue): string {
  const [h, w, channels, multiplier] = filter.shape as Shape4;
  const moved = g.node('Transpose', [g.plain(filter)], { perm: [2, 3, 0, 1] });
  return g.reshape(moved, [channels * multiplier, 1, h, w]);
}

/** Gradient to the input of a convolution, which is also the forward pass of a transposed one. */
function transposed(g: GraphBuilder, dy: string, w: string, info: ConvInfo, group: number): TraceValue {
  const attributes = convAttributes(info);
  const missing = [info.inHeight, info.inWidth].map((size, axis) => {
    const k = (attributes.kernel_shape[axis]! - 1) * attributes.dilations[axis]! + 1;
    const out = axis === 0 ? info.outHeight : info.outWidth;
    return size - ((out - 1) * attributes.strides[axis]! + k - attributes.pads[axis]! - attributes.pads[axis + 2]!);
  });
  // Negative where the last window hung over the border (rounding up): crop there instead.
  const name = g.node('ConvTranspose', [dy, w], {
    ...attributes,
    pads: attributes.pads.map((pad, i) => (i < 2 ? pad : pad + Math.max(0, -missing[i - 2]!))),
    output_padding: missing.map((m) => Math.max(0, m)),
    group,
  });
  return g.value(name, [info.batchSize, info.inHeight, info.inWidth, info.inChannels], 'float32', true);
}

/** Gradient to the input of a depthwise convolution. */
function depthwiseToInput(g: GraphBuilder, dy: string, w: string, info: ConvInfo): TraceValue {
  const multiplier = info.outChannels / info.inChannels;
  if (g.forCpu || multiplier === 1) return transposed(g, dy, w, info, info.inChannels);
  // WebGPU's grouped transposed convolutions are wrong for several filters per channel (ONNX Runtime 1.30): one after the other.
  const every = (name: string, axis: number, first: number) =>
    g.node('Slice', [name, g.int64([first]), g.int64([info.outChannels]), g.int64([axis]), g.int64([multiplier])]);
  const parts = Array.from({ length: multiplier }, (_, i) =>
    g.channelsFirst(transposed(g, every(dy, 1, i), every(w, 0, i), info, info.inChannels)),
  );
  const sum = parts.reduce((a, b) => g.node('Add', [a, b]));
  return g.value(sum, [info.batchSize, info.inHeight, info.inWidth, info.inChannels], 'float32', true);
}

/** Convolution of two named inputs. */
export function conv2d(g: GraphBuilder, x: TraceValue, filter: TraceValue, attrs: ConvAttrs): TraceValue {
  const info = convInfo(x.shape, filter.shape, attrs);
  const { inChannels, outChannels } = info;
  const inputs = [g.channelsFirst(x), weights(g, filter)];
  // WebGPU is wrong for 6, 9, 15 ... input channels where the outputs are a multiple of 4 (ONNX Runtime 1.30): filled up to fours.
  const threes = inChannels > 3 && inChannels % 3 === 0 && inChannels % 4 !== 0 && outChannels % 4 === 0;
  const filled = g.forCpu || !threes ? inputs : inputs.map((name) => moreChannels(g, name, 4 - (inChannels % 4)));
  const name = g.node('Conv', filled, { ...convAttributes(info), group: 1 });
  return g.value(name, info.outShape, 'float32', true);
}

/** `count` more channels of zeros after axis 1 of four. */
function moreChannels(g: GraphBuilder, name: string, count: number): string {
  return g.node('Pad', [name, g.int64([0, 0, 0, 0, 0, count, 0, 0]), g.float(0)], { mode: 'constant' });
}

/** Depthwise convolution of two named inputs. */
export function depthwiseConv2d(g: GraphBuilder, x: TraceValue, filter: TraceValue, attrs: ConvAttrs): TraceValue {
  const info = convInfo(x.shape, filter.shape, attrs, true);
  const { inChannels, outChannels, outHeight, outWidth } = info;
  const multiplier = outChannels / inChannels;
  const convolve = (w: string) =>
    g.node('Conv', [g.channelsFirst(x), w], { ...convAttributes(info), group: inChannels });
  const w = depthwiseWeights(g, filter);
  if (g.forCpu || multiplier < 4 || multiplier % 4 === 0) return g.value(convolve(w), info.outShape, 'float32', true);
  // WebGPU's grouped convolutions are wrong for 5, 6, 7, 9 ... filters per channel (ONNX Runtime 1.30): filled up to fours.
  const filled = 4 * Math.ceil(multiplier / 4);
  const [h, width] = filter.shape as Shape4;
  const more = moreChannels(g, g.reshape(w, [inChannels, multiplier, h, width]), filled - multiplier);
  const all = convolve(g.reshape(more, [inChannels * filled, 1, h, width]));
  const split = g.reshape(all, [info.batchSize, inChannels, filled, outHeight * outWidth]);
  const kept = g.node('Slice', [split, g.int64([0]), g.int64([multiplier]), g.int64([2])]);
  const joined = g.reshape(kept, [info.batchSize, outChannels, outHeight, outWidth]);
  return g.value(joined, info.outShape, 'float32', true);
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
    return transposed(g, g.channelsFirst(inputs['dy']!), weights(g, filter), info, 1);
  }),
  DepthwiseConv2dNativeBackpropInput: kernel<ConvAttrs & { inputShape: number[] }>(({ g, inputs, attrs }) => {
    const filter = inputs['filter']!;
    const info = convInfo(attrs.inputShape, filter.shape, attrs, true);
    return depthwiseToInput(g, g.channelsFirst(inputs['dy']!), depthwiseWeights(g, filter), info);
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
