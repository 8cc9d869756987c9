import type { GraphBuilder } from '../trace/graphBuilder.js';
import type { TraceValue } from '../trace/value.js';
import { BATCH_NORM_TRAINING } from '../ops/batchNorm.js';
import { kernel, operand, type KernelTable } from './kernel.js';

interface BatchNormAttrs {
  varianceEpsilon: number;
}

/** y = scale (x - mean) / sqrt(variance + epsilon) + offset, with full-shape statistics, op by op. */
function explicit(g: GraphBuilder, inputs: Readonly<Record<string, TraceValue>>, epsilon: number): TraceValue {
  const x = inputs['x']!;
  const part = (name: string, absent: number) => {
    const value = inputs[name];
    return value === undefined ? g.float(absent) : operand(g, value, 4, false);
  };
  const deviation = g.node('Sqrt', [g.node('Add', [part('variance', 1), g.float(epsilon)])]);
  const factor = g.node('Div', [part('scale', 1), deviation]);
  const centred = g.node('Sub', [g.plain(x), part('mean', 0)]);
  return g.value(g.node('Add', [g.node('Mul', [centred, factor]), part('offset', 0)]), x.shape, 'float32');
}

/** Normalisation kernels. */
export const normKernels: KernelTable = {
  // With momentum 0 the "running" outputs are the batch's own mean and biased variance.
  [BATCH_NORM_TRAINING]: kernel<{ epsilon: number }>(({ g, inputs, attrs }) => {
    const x = inputs['x']!;
    const channels = x.shape[3]!;
    // The old running values count for nothing, but must be two different tensors: given one tensor twice, ONNX Runtime
    // lets both running outputs share its memory.
    const names = g.nodeN(
      'BatchNormalization',
      [
        g.channelsFirst(x),
        g.plain(inputs['scale']!),
        g.plain(inputs['offset']!),
        g.plain(inputs['offset']!),
        g.plain(inputs['scale']!),
      ],
      3,
      { epsilon: { float: attrs.epsilon }, momentum: { float: 0 }, training_mode: 1 },
    );
    const statistic = (name: string) => g.value(name, [channels], 'float32');
    return [g.value(names[0]!, x.shape, 'float32', true), statistic(names[1]!), statistic(names[2]!)];
  }),
  FusedBatchNorm: kernel<BatchNormAttrs>(({ g, inputs, attrs }) => {
    const x = inputs['x']!;
    const channels = x.shape[3]!;
    const { mean, variance, scale, offset } = inputs;
    const perChannel = [mean, variance, scale, offset].every((v) => v === undefined || v.shape.length === 1);
    if (!perChannel) return explicit(g, inputs, attrs.varianceEpsilon);
    const name = g.node(
      'BatchNormalization',
      [
        g.channelsFirst(x),
        scale === undefined ? g.fill([channels], 1, 'float32') : g.plain(scale),
        offset === undefined ? g.fill([channels], 0, 'float32') : g.plain(offset),
        g.plain(mean!),
        g.plain(variance!),
      ],
      { epsilon: { float: attrs.varianceEpsilon } },
    );
    return g.value(name, x.shape, 'float32', true);
  }),
  LRN: kernel<{ depthRadius: number; bias: number; alpha: number; beta: number }>(({ g, inputs: { x }, attrs }) => {
    const size = 2 * attrs.depthRadius + 1;
    const name = g.node('LRN', [g.channelsFirst(x!)], {
      size,
      alpha: { float: attrs.alpha * size },
      beta: { float: attrs.beta },
      bias: { float: attrs.bias },
    });
    return g.value(name, x!.shape, 'float32', true);
  }),
  Softmax: kernel<{ dim: number }>(({ g, inputs, attrs }) => {
    const x = inputs['logits']!;
    return g.value(g.node('Softmax', [g.plain(x)], { axis: attrs.dim }), x.shape, 'float32');
  }),
  LogSoftmax: kernel<{ axis: number }>(({ g, inputs, attrs }) => {
    const x = inputs['logits']!;
    return g.value(g.node('LogSoftmax', [g.plain(x)], { axis: attrs.axis }), x.shape, 'float32');
  }),
};
