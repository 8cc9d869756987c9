import * as tf from '@tensorflow/tfjs';
import { sizeOf, type TraceDtype } from '../trace/value.js';
import { castTo, kernel, type KernelTable } from './kernel.js';
import { unsupported } from './unsupported.js';

const INT64 = { to: 7 };

/** Kernels that pick numbers by index, and their inverses. */
export const gatherKernels: KernelTable = {
  GatherV2: kernel<{ axis: number; batchDims: number }>(({ g, inputs, attrs }) => {
    const x = inputs['x']!;
    const indices = inputs['indices']!;
    if (attrs.batchDims !== 0) throw unsupported('GatherV2', 'gather with batchDims');
    const [axis] = tf.util.parseAxisParam(attrs.axis, [...x.shape]) as [number];
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    const at = castTo(g, g.plain(indices), indices.dtype, 'int32');
    return g.value(g.node('Gather', [g.plain(x), at], { axis }), shape, x.dtype);
  }),
  GatherNd: kernel(({ g, inputs }) => {
    const x = inputs['params']!;
    const indices = inputs['indices']!;
    const depth = indices.shape.at(-1)!;
    const shape = [...indices.shape.slice(0, -1), ...x.shape.slice(depth)];
    return g.value(g.node('GatherND', [g.plain(x), g.node('Cast', [g.plain(indices)], INT64)]), shape, x.dtype);
  }),
  ScatterNd: kernel<{ shape: number[] }>(({ g, inputs, attrs }) => {
    const updates = inputs['updates']!;
    const at = g.node('Cast', [g.plain(inputs['indices']!)], INT64);
    const zeros = g.fill(attrs.shape, 0, updates.dtype);
    const name = g.node('ScatterND', [zeros, at, g.plain(updates)], { reduction: 'add' });
    return g.value(name, attrs.shape, updates.dtype);
  }),
  // Rows of x added up by segment: the gradient of gather.
  UnsortedSegmentSum: kernel<{ numSegments: number }>(({ g, inputs, attrs }) => {
    const x = inputs['x']!;
    const ids = inputs['segmentIds']!;
    const rest = x.shape.slice(ids.shape.length);
    const count = sizeOf(ids.shape);
    const at = g.node('Reshape', [g.node('Cast', [g.plain(ids)], INT64), g.int64([count, 1])]);
    const rows = g.node('Reshape', [g.plain(x), g.int64([count, ...rest])]);
    const shape = [attrs.numSegments, ...rest];
    const name = g.node('ScatterND', [g.fill(shape, 0, x.dtype), at, rows], { reduction: 'add' });
    return g.value(name, shape, x.dtype);
  }),
  OneHot: kernel<{ depth: number; onValue: number; offValue: number; dtype: TraceDtype }>(({ g, inputs, attrs }) => {
    const indices = inputs['indices']!;
    const { depth, onValue, offValue, dtype } = attrs;
    const values = g.node(
      'Concat',
      [offValue, onValue].map((v) => g.node('Reshape', [g.scalar(v, 'float32'), g.int64([1])])),
      { axis: 0 },
    );
    const at = g.node('Cast', [g.plain(indices)], INT64);
    // ONNX wraps negative indices round; tfjs gives a row of offValue for them.
    const inside = g.node('Where', [g.node('Less', [at, g.int64([0], [])]), g.int64([depth], []), at]);
    const hot = g.node('OneHot', [inside, g.int64([depth], []), values], { axis: -1 });
    return g.value(castTo(g, hot, 'float32', dtype), [...indices.shape, depth], dtype);
  }),
  TopK: kernel<{ k: number; sorted: boolean }>(({ g, inputs, attrs }) => {
    const x = inputs['x']!;
    const shape = [...x.shape.slice(0, -1), attrs.k];
    const names = g.nodeN('TopK', [g.plain(x), g.int64([attrs.k])], 2, { axis: -1, largest: 1, sorted: 1 });
    return [g.value(names[0]!, shape, x.dtype), g.value(g.node('Cast', [names[1]!], { to: 6 }), shape, 'int32')];
  }),
};
