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

interface CumulativeAttrs {
  axis: number;
  exclusive: boolean;
  reverse: boolean;
}

const cumulativeSum = kernel<CumulativeAttrs>(({ g, inputs, attrs }) => {
  const x = inputs['x']!;
  const [axis] = tf.util.parseAxisParam(attrs.axis, [...x.shape]) as [number];
  const name = g.node('CumSum', [g.plain(x), g.int64([axis], [])], {
    exclusive: attrs.exclusive ? 1 : 0,
    reverse: attrs.reverse ? 1 : 0,
  });
  return g.value(name, x.shape, x.dtype);
});

/** ONNX has no cumulative product: multiply by itself moved by 1, 2, 4, ... places, ones moving in (Hillis and Steele, 1986). */
const cumulativeProduct = kernel<CumulativeAttrs>(({ g, inputs, attrs }) => {
  const x = inputs['x']!;
  const [axis] = tf.util.parseAxisParam(attrs.axis, [...x.shape]) as [number];
  const length = x.shape[axis]!;
  const moved = (name: string, by: number) => {
    const place = Math.min(by, length);
    const [from, to] = attrs.reverse ? [place, length] : [0, length - place];
    const kept = g.node('Slice', [name, g.int64([from]), g.int64([to]), g.int64([axis])]);
    const pads = new Array<number>(2 * x.shape.length).fill(0);
    pads[attrs.reverse ? axis + x.shape.length : axis] = place;
    return g.node('Pad', [kept, g.int64(pads), g.scalar(1, x.dtype)], { mode: 'constant' });
  };
  let product = attrs.exclusive ? moved(g.plain(x), 1) : g.plain(x);
  for (let by = 1; by < length; by *= 2) product = g.node('Mul', [product, moved(product, by)]);
  return g.value(product, x.shape, x.dtype);
});

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
  Cumsum: cumulativeSum,
  Cumprod: cumulativeProduct,
};
