import type { GraphBuilder } from '../trace/graphBuilder.js';
import type { TraceValue } from '../trace/value.js';
import { inputTaps, type ConvInfo } from './conv.js';

/**
 * Gradient to the filter of a convolution, `dw[i, j, c, o] = sum x[n, y s + i, x s + j, c] dy[n, y, x, o]`: the pixels that
 * each tap meets are lined up (im2col), then one matrix product. How they are lined up, and in which order the product
 * runs, follows the shapes; the choices were measured on ONNX Runtime's CPU kernels (docs/runtime.md).
 * @param g
 * @param x
 * @param dy
 * @param info
 */
export function filterGradient(g: GraphBuilder, x: TraceValue, dy: TraceValue, info: ConvInfo): TraceValue {
  const shape = [info.filterHeight, info.filterWidth, info.inChannels, info.outChannels];
  const taps = info.filterHeight * info.filterWidth;
  const length = info.outHeight * info.outWidth;
  if (info.inChannels < 8) return fewChannels(g, x, dy, info, shape);
  const rows = taps * info.inChannels;
  const columns = gatherColumns(g, x, info);
  if (rows > 4 * length) {
    // Few pixels, many channels: one product over all images, the sum over images inside it.
    const all = g.node('Reshape', [columns, g.int64([info.batchSize * length, rows])]);
    const errors = g.node('Reshape', [g.plain(dy), g.int64([info.batchSize * length, info.outChannels])]);
    const product = g.node('Gemm', [all, errors], { transA: 1 });
    return g.value(g.node('Reshape', [product, g.int64(shape)]), shape, 'float32');
  }
  const errors = g.node('Reshape', [g.channelsFirst(dy), g.int64([info.batchSize, info.outChannels, length])]);
  const perImage = g.node('MatMul', [errors, columns]);
  const sum = sumOverImages(g, perImage, info.batchSize, [info.outChannels, rows]);
  const turned = g.node('Transpose', [sum], { perm: [1, 0] });
  return g.value(g.node('Reshape', [turned, g.int64(shape)]), shape, 'float32');
}

/** `[batch, pixels, taps * channels]` by one gather of whole pixels from the padded channels-last image. */
function gatherColumns(g: GraphBuilder, x: TraceValue, info: ConvInfo): string {
  const { top, left, bottom, right } = info.padInfo;
  const height = info.inHeight + top + bottom;
  const width = info.inWidth + left + right;
  const pads = [0, top, left, 0, 0, bottom, right, 0];
  const padded = pads.some((p) => p > 0)
    ? g.node('Pad', [g.plain(x), g.int64(pads), g.float(0)], { mode: 'constant' })
    : g.plain(x);
  const pixels = g.node('Reshape', [padded, g.int64([info.batchSize, height * width, info.inChannels])]);
  const index: number[] = [];
  for (let y = 0; y < info.outHeight; y++) {
    for (let at = 0; at < info.outWidth; at++) {
      for (let i = 0; i < info.filterHeight; i++) {
        for (let j = 0; j < info.filterWidth; j++) {
          const row = y * info.strideHeight + i * info.dilationHeight;
          index.push(row * width + at * info.strideWidth + j * info.dilationWidth);
        }
      }
    }
  }
  const picked = g.node('Gather', [pixels, g.constant(Int32Array.from(index), [index.length], 'int32')], { axis: 1 });
  const taps = info.filterHeight * info.filterWidth;
  const length = info.outHeight * info.outWidth;
  return g.node('Reshape', [picked, g.int64([info.batchSize, length, taps * info.inChannels])]);
}

/** With few channels (the picture itself) whole planes per tap are quicker than pixels. */
function fewChannels(
  g: GraphBuilder,
  x: TraceValue,
  dy: TraceValue,
  info: ConvInfo,
  shape: readonly number[],
): TraceValue {
  const { batchSize, outChannels, outHeight, outWidth } = info;
  const rows = info.filterHeight * info.filterWidth * info.inChannels;
  const length = outHeight * outWidth;
  const taps = inputTaps(g, x, info);
  const stacked = taps.length === 1 ? taps[0]! : g.node('Concat', taps, { axis: 1 });
  const columns = g.node('Reshape', [stacked, g.int64([batchSize, rows, length])]);
  const errors = g.node('Reshape', [g.channelsFirst(dy), g.int64([batchSize, outChannels, length])]);
  const perImage = g.node('MatMul', [columns, g.node('Transpose', [errors], { perm: [0, 2, 1] })]);
  const sum = sumOverImages(g, perImage, batchSize, [rows, outChannels]);
  return g.value(g.node('Reshape', [sum, g.int64(shape)]), shape, 'float32');
}

function sumOverImages(g: GraphBuilder, name: string, batch: number, dims: readonly number[]): string {
  if (batch === 1) return g.node('Reshape', [name, g.int64(dims)]);
  return g.node('ReduceSum', [name, g.int64([0])], { keepdims: 0 });
}
