import * as tf from '@tensorflow/tfjs';
import type { TraceDtype } from '../trace/value.js';
import {
  castTo,
  channelsFirstAxis,
  kernel,
  prefersChannelsFirst,
  type KernelTable,
  type TraceKernel,
} from './kernel.js';

interface ReduceAttrs {
  axis?: number | number[];
  reductionIndices?: number | number[];
  keepDims?: boolean;
}

/** A reduction; `as` is the type it is computed in when the input has another. */
function reduce(op: string, options: { through?: TraceDtype; out?: TraceDtype } = {}): TraceKernel {
  return kernel<ReduceAttrs>(({ g, inputs, attrs }) => {
    const x = inputs['x']!;
    const axes = tf.util.parseAxisParam(attrs.axis ?? attrs.reductionIndices ?? [...x.shape.keys()], [...x.shape]);
    const keepDims = attrs.keepDims === true;
    const dtype = options.out ?? (x.dtype === 'bool' ? 'int32' : x.dtype);
    const shape = x.shape.flatMap((n, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [n]));
    // Without kept axes the order of what is left must be the same in both memory orders.
    const orderSafe = keepDims || axes.includes(3) || (axes.includes(1) && axes.includes(2));
    const first = x.shape.length === 4 && prefersChannelsFirst([x]) && orderSafe;
    const work = options.through ?? (x.dtype === 'bool' ? 'int32' : x.dtype);
    const name = castTo(g, g.named(x, first), x.dtype, work);
    const onnxAxes = (first ? axes.map(channelsFirstAxis) : axes).sort((a, b) => a - b);
    const out = onnxAxes.length === 0 ? name : g.node(op, [name, g.int64(onnxAxes)], { keepdims: keepDims ? 1 : 0 });
    return g.value(castTo(g, out, work, dtype), shape, dtype, first && keepDims);
  });
}

/** Arg-min and arg-max: first index on ties, as tfjs. */
function argument(op: string): TraceKernel {
  return kernel<{ axis: number }>(({ g, inputs, attrs }) => {
    const x = inputs['x']!;
    const [axis] = tf.util.parseAxisParam(attrs.axis, [...x.shape]) as [number];
    const shape = x.shape.filter((_, i) => i !== axis);
    const name = g.node(op, [g.plain(x)], { axis, keepdims: 0 });
    return g.value(g.node('Cast', [name], { to: 6 }), shape, 'int32');
  });
}

function cumulative(emit: 'CumSum'): TraceKernel {
  return kernel<{ axis: number; exclusive: boolean; reverse: boolean }>(({ g, inputs, attrs }) => {
    const x = inputs['x']!;
    const [axis] = tf.util.parseAxisParam(attrs.axis, [...x.shape]) as [number];
    const name = g.node(emit, [g.plain(x), g.int64([axis], [])], {
      exclusive: attrs.exclusive ? 1 : 0,
      reverse: attrs.reverse ? 1 : 0,
    });
    return g.value(name, x.shape, x.dtype);
  });
}

/** Reductions, arg-min/max and cumulative sums. */
export const reduceKernels: KernelTable = {
  Sum: reduce('ReduceSum'),
  Mean: reduce('ReduceMean', { through: 'float32', out: 'float32' }),
  Prod: reduce('ReduceProd'),
  Max: reduce('ReduceMax'),
  Min: reduce('ReduceMin'),
  All: reduce('ReduceMin', { through: 'int32', out: 'bool' }),
  Any: reduce('ReduceMax', { through: 'int32', out: 'bool' }),
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  Cumsum: cumulative('CumSum'),
};
