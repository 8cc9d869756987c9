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

/**
 * One BatchNormalization node in training mode. With momentum 0 its "running" outputs are the batch's own mean and biased
 * variance. ONNX Runtime writes them over the memory of the old running values, whoever else reads it, even over the caller's
 * arrays. So the old ones, which count for nothing, are made for this node alone: the offset plus a number no other node has.
 */
function fusedTraining(g: GraphBuilder, inputs: Readonly<Record<string, TraceValue>>, epsilon: number): TraceValue[] {
  const x = inputs['x']!;
  const [scale, offset] = [g.plain(inputs['scale']!), g.plain(inputs['offset']!)];
  const own = () => g.node('Add', [offset, g.float(1 + g.nodes.length)]);
  const names = g.nodeN('BatchNormalization', [g.channelsFirst(x), scale, offset, own(), own()], 3, {
    epsilon: { float: epsilon },
    momentum: { float: 0 },
    training_mode: 1,
  });
  const statistic = (name: string) => g.value(name, [x.shape[3]!], 'float32');
  return [g.value(names[0]!, x.shape, 'float32', true), statistic(names[1]!), statistic(names[2]!)];
}

/** The same in operators that every device has. */
function portableTraining(
  g: GraphBuilder,
  inputs: Readonly<Record<string, TraceValue>>,
  epsilon: number,
): TraceValue[] {
  const x = inputs['x']!;
  const channels = x.shape[3]!;
  const axes = g.int64([0, 2, 3]);
  const perChannel = (name: string) => g.reshape(name, [1, channels, 1, 1]);
  const mean = g.node('ReduceMean', [g.channelsFirst(x), axes], { keepdims: 1 });
  const centred = g.node('Sub', [g.channelsFirst(x), mean]);
  const variance = g.node('ReduceMean', [g.node('Mul', [centred, centred]), axes], { keepdims: 1 });
  const deviation = g.node('Sqrt', [g.node('Add', [variance, g.float(epsilon)])]);
  const factor = g.node('Div', [perChannel(g.plain(inputs['scale']!)), deviation]);
  const y = g.node('Add', [g.node('Mul', [centred, factor]), perChannel(g.plain(inputs['offset']!))]);
  const statistic = (name: string) => g.value(g.reshape(name, [channels]), [channels], 'float32');
  return [g.value(y, x.shape, 'float32', true), statistic(mean), statistic(variance)];
}

/** Normalisation kernels. */
export const normKernels: KernelTable = {
  [BATCH_NORM_TRAINING]: kernel<{ epsilon: number }>(({ g, inputs, attrs }) =>
    (g.forCpu ? fusedTraining : portableTraining)(g, inputs, attrs.epsilon),
  ),
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
};
