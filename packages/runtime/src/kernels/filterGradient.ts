import type { GraphBuilder } from '../trace/graphBuilder.js';
import type { TraceValue } from '../trace/value.js';
import { convAttributes, type ConvInfo } from './convGeometry.js';
import { windowTaps } from './windowTaps.js';

/**
 * Gradient to the filter of a convolution, `dw[i, j, c, o] = sum x[n, y s + i, x s + j, c] dy[n, y, x, o]`: the pixels that
 * each tap meets are lined up (im2col), then one matrix product. How they are lined up follows the shapes; the choice was
 * measured on ONNX Runtime's CPU kernels (docs/runtime.md).
 */
export function filterGradient(g: GraphBuilder, x: TraceValue, dy: TraceValue, info: ConvInfo): TraceValue {
  const rows = info.filterHeight * info.filterWidth * info.inChannels;
  const length = info.outHeight * info.outWidth;
  return rows > 4 * length ? fewPixels(g, x, dy, info) : manyPixels(g, x, dy, info);
}

function filterShape(info: ConvInfo): number[] {
  return [info.filterHeight, info.filterWidth, info.inChannels, info.outChannels];
}

/**
 * The pixels that each tap meets, `[batch, channels * taps, pixels]`, by a grouped convolution with one-hot filters, one per
 * channel and tap: unlike slices, transposes and pads it runs on all threads.
 */
function lineUp(g: GraphBuilder, x: TraceValue, info: ConvInfo): string {
  const { batchSize, inChannels, filterHeight, filterWidth } = info;
  const taps = filterHeight * filterWidth;
  const length = info.outHeight * info.outWidth;
  if (!g.forCpu) {
    // WebGPU's grouped convolutions are wrong for 9 filters per channel, among others: see `depthwiseConv2d`.
    const lines = windowTaps(g, x, info, 0).map((tap) => g.node('Reshape', [tap, g.int64([batchSize, inChannels, 1, length])])); // prettier-ignore
    return g.node('Reshape', [g.node('Concat', lines, { axis: 2 }), g.int64([batchSize, inChannels * taps, length])]);
  }
  const oneHot = new Float32Array(inChannels * taps * taps);
  for (let row = 0; row < inChannels * taps; row++) oneHot[row * taps + (row % taps)] = 1;
  const filters = g.constant(oneHot, [inChannels * taps, 1, filterHeight, filterWidth], 'float32');
  const lined = g.node('Conv', [g.channelsFirst(x), filters], { ...convAttributes(info), group: inChannels });
  return g.node('Reshape', [lined, g.int64([batchSize, inChannels * taps, length])]);
}

function sumOverImages(g: GraphBuilder, name: string): string {
  return g.node('ReduceSum', [name, g.int64([0])], { keepdims: 0 });
}

/** One product per image, `[out, pixels] x [pixels, channels * taps]`, summed over images. */
function manyPixels(g: GraphBuilder, x: TraceValue, dy: TraceValue, info: ConvInfo): TraceValue {
  const { batchSize, inChannels, outChannels, filterHeight, filterWidth } = info;
  const length = info.outHeight * info.outWidth;
  const errors = g.node('Reshape', [g.channelsFirst(dy), g.int64([batchSize, outChannels, length])]);
  const perImage = g.node('MatMul', [errors, g.node('Transpose', [lineUp(g, x, info)], { perm: [0, 2, 1] })]);
  const dims = [outChannels, inChannels, filterHeight, filterWidth];
  const shaped = g.node('Reshape', [sumOverImages(g, perImage), g.int64(dims)]);
  return g.value(g.node('Transpose', [shaped], { perm: [2, 3, 1, 0] }), filterShape(info), 'float32');
}

/**
 * Gradient to the filter of a depthwise convolution, `dw[i, j, c, m] = sum x[n, y s + i, x s + j, c] dy[n, y, x, (c, m)]`: one
 * product per image and channel.
 */
export function depthwiseFilterGradient(g: GraphBuilder, x: TraceValue, dy: TraceValue, info: ConvInfo): TraceValue {
  const { batchSize, inChannels: channels, filterHeight, filterWidth } = info;
  const multiplier = info.outChannels / channels;
  const length = info.outHeight * info.outWidth;
  const taps = filterHeight * filterWidth;
  const errors = g.node('Reshape', [g.channelsFirst(dy), g.int64([batchSize, channels, multiplier, length])]);
  const columns = g.node('Reshape', [lineUp(g, x, info), g.int64([batchSize, channels, taps, length])]);
  const product = g.node('MatMul', [columns, g.node('Transpose', [errors], { perm: [0, 1, 3, 2] })]);
  const turned = g.node('Transpose', [sumOverImages(g, product)], { perm: [1, 0, 2] });
  const shape = [filterHeight, filterWidth, channels, multiplier];
  return g.value(g.node('Reshape', [turned, g.int64(shape)]), shape, 'float32');
}

/**
 * With few pixels and many channels: the pixels are gathered whole from the padded channels-last image, then one product
 * over all images, the sum over images inside it.
 */
function fewPixels(g: GraphBuilder, x: TraceValue, dy: TraceValue, info: ConvInfo): TraceValue {
  const { batchSize, inChannels, outChannels, filterHeight, filterWidth } = info;
  const { top, left, bottom, right } = info.padInfo;
  const height = info.inHeight + top + bottom;
  const width = info.inWidth + left + right;
  const pads = [0, top, left, 0, 0, bottom, right, 0];
  const padded = pads.some((p) => p > 0)
    ? g.node('Pad', [g.plain(x), g.int64(pads), g.float(0)], { mode: 'constant' })
    : g.plain(x);
  const pixels = g.node('Reshape', [padded, g.int64([batchSize, height * width, inChannels])]);
  const index = Int32Array.from(tapPositions(info, width));
  const picked = g.node('Gather', [pixels, g.constant(index, [index.length], 'int32')], { axis: 1 });
  const count = batchSize * info.outHeight * info.outWidth;
  const columns = g.node('Reshape', [picked, g.int64([count, filterHeight * filterWidth * inChannels])]);
  const errors = g.node('Reshape', [g.plain(dy), g.int64([count, outChannels])]);
  const product = g.node('Gemm', [columns, errors], { transA: 1 });
  return g.value(g.node('Reshape', [product, g.int64(filterShape(info))]), filterShape(info), 'float32');
}

/** For each output pixel, row by row, and each tap: the position of its pixel in the padded image. */
function tapPositions(info: ConvInfo, width: number): number[] {
  const positions: number[] = [];
  for (let y = 0; y < info.outHeight; y++) {
    for (let x = 0; x < info.outWidth; x++) {
      for (let i = 0; i < info.filterHeight; i++) {
        for (let j = 0; j < info.filterWidth; j++) {
          const row = y * info.strideHeight + i * info.dilationHeight;
          positions.push(row * width + x * info.strideWidth + j * info.dilationWidth);
        }
      }
    }
  }
  return positions;
}
