import type { GraphBuilder } from '../trace/graphBuilder.js';
import type { TraceValue } from '../trace/value.js';
import { inputTaps, type ConvInfo } from './conv.js';

/**
 * Gradient to the filter of a convolution: `dw[i, j, c, o] = sum x[n, c, s y + i, s x + j] dy[n, o, y, x]`, as one matrix
 * product per image over the stacked taps, summed over images.
 */
export function filterGradient(g: GraphBuilder, x: TraceValue, dy: TraceValue, info: ConvInfo): TraceValue {
  const { batchSize, outHeight, outWidth, outChannels, inChannels, filterHeight, filterWidth } = info;
  const length = outHeight * outWidth;
  const taps = filterHeight * filterWidth;
  const stacked = taps === 1 ? inputTaps(g, x, info)[0]! : g.node('Concat', inputTaps(g, x, info), { axis: 1 });
  const columns = g.node('Reshape', [stacked, g.int64([batchSize, taps * inChannels, length])]);
  const errors = g.node('Reshape', [g.channelsFirst(dy), g.int64([batchSize, outChannels, length])]);
  const turned = g.node('Transpose', [errors], { perm: [0, 2, 1] });
  const perImage = g.node('MatMul', [columns, turned]);
  const sum = batchSize === 1 ? perImage : g.node('ReduceSum', [perImage, g.int64([0])], { keepdims: 0 });
  const shape = [filterHeight, filterWidth, inChannels, outChannels];
  return g.value(g.node('Reshape', [sum, g.int64(shape)]), shape, 'float32');
}
