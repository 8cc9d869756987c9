import * as tf from '@tensorflow/tfjs';
import type { GraphBuilder } from '../trace/graphBuilder.js';
import { sizeOf, TraceValue, type TraceDtype } from '../trace/value.js';
import { channelsFirstAxis, kernel, prefersChannelsFirst, sameAs, type KernelTable } from './kernel.js';
import { rejectChannelsFirstFormat } from './unsupported.js';

/** The same numbers in another shape. */
export function reshape(g: GraphBuilder, x: TraceValue, shape: readonly number[]): TraceValue {
  if (x.constant !== undefined && x.plain === undefined) return new TraceValue([...shape], x.dtype, {}, x.constant);
  return g.value(g.reshape(g.plain(x), shape), [...shape], x.dtype);
}

/** Slice with steps, in whichever memory order the value is in. */
function slice(
  g: GraphBuilder,
  x: TraceValue,
  begin: readonly number[],
  end: readonly number[],
  steps: readonly number[],
  shape: readonly number[],
): TraceValue {
  const first = x.shape.length === 4 && prefersChannelsFirst([x]);
  const axes = [...x.shape.keys()].filter((a) => !(begin[a] === 0 && end[a] === x.shape[a] && steps[a] === 1));
  const name = g.named(x, first);
  if (axes.length === 0) return g.value(name, shape, x.dtype, first);
  const pick = (list: readonly number[]) => g.int64(axes.map((axis) => list[axis]!));
  const onnxAxes = g.int64(first ? axes.map(channelsFirstAxis) : axes);
  return g.value(g.node('Slice', [name, pick(begin), pick(end), onnxAxes, pick(steps)]), shape, x.dtype, first);
}

/** Concatenation along an axis of tfjs order. */
function concat(g: GraphBuilder, list: readonly TraceValue[], axis: number): TraceValue {
  const parts = list.filter((v) => v.size > 0);
  if (parts.length === 0) return list[0]!;
  const shape = [...parts[0]!.shape];
  shape[axis] = parts.reduce((sum, v) => sum + v.shape[axis]!, 0);
  const first = shape.length === 4 && prefersChannelsFirst(parts);
  const names = parts.map((v) => g.named(v, first));
  const name = g.node('Concat', names, { axis: first ? channelsFirstAxis(axis) : axis });
  return g.value(name, shape, parts[0]!.dtype, first);
}

function pad(
  g: GraphBuilder,
  x: TraceValue,
  paddings: readonly (readonly [number, number])[],
  mode: 'constant' | 'reflect',
  value = 0,
): TraceValue {
  const first = x.shape.length === 4 && prefersChannelsFirst([x]);
  const shape = x.shape.map((n, axis) => n + paddings[axis]![0] + paddings[axis]![1]);
  const ordered = first ? [0, 3, 1, 2].map((axis) => paddings[axis]!) : paddings;
  const pads = g.int64([...ordered.map(([before]) => before), ...ordered.map(([, after]) => after)]);
  const fill = mode === 'constant' ? [g.scalar(value, x.dtype)] : [];
  return g.value(g.node('Pad', [g.named(x, first), pads, ...fill], { mode }), shape, x.dtype, first);
}

/** Mirrors with the border repeated, which ONNX's Pad does not know: picks rows by index, axis by axis. */
function symmetricPad(g: GraphBuilder, x: TraceValue, paddings: readonly (readonly [number, number])[]): TraceValue {
  const first = x.shape.length === 4 && prefersChannelsFirst([x]);
  let name = g.named(x, first);
  const shape = x.shape.map((size, axis) => {
    const [before, after] = paddings[axis]!;
    if (before === 0 && after === 0) return size;
    const places = Array.from({ length: before + size + after }, (_, i) => {
      const at = i - before;
      return at < 0 ? -1 - at : at >= size ? 2 * size - 1 - at : at;
    });
    name = g.node('Gather', [name, g.int64(places)], { axis: first ? channelsFirstAxis(axis) : axis });
    return places.length;
  });
  return g.value(name, shape, x.dtype, first);
}

function transpose(g: GraphBuilder, x: TraceValue, perm: readonly number[]): TraceValue {
  const shape = perm.map((axis) => x.shape[axis]!);
  // Swapping between the two memory orders of a value is free: only the names change places.
  const key = perm.join();
  if (key === '0,3,1,2' && x.channelsFirst !== undefined) return g.value(x.channelsFirst, shape, x.dtype);
  if (key === '0,2,3,1' && x.plain !== undefined) return g.value(x.plain, shape, x.dtype, true);
  return g.value(g.node('Transpose', [g.plain(x)], { perm }), shape, x.dtype);
}

function split(g: GraphBuilder, x: TraceValue, sizes: readonly number[], axis: number): TraceValue[] {
  const first = x.shape.length === 4 && prefersChannelsFirst([x]);
  const onnxAxis = first ? channelsFirstAxis(axis) : axis;
  const names = g.nodeN('Split', [g.named(x, first), g.int64(sizes)], sizes.length, { axis: onnxAxis });
  return sizes.map((size, i) => {
    const shape = x.shape.map((n, a) => (a === axis ? size : n));
    return g.value(names[i]!, shape, x.dtype, first);
  });
}

/** Space to batch: pads, cuts each axis into blocks, moves the block positions into the batch. */
function spaceToBatch(
  g: GraphBuilder,
  x: TraceValue,
  block: readonly number[],
  paddings: readonly (readonly number[])[],
): TraceValue {
  const all = x.shape.map((_, axis) => [...(paddings[axis - 1] ?? [0, 0])] as [number, number]);
  const padded = all.some(([a, b]) => a > 0 || b > 0) ? pad(g, x, all, 'constant') : x;
  const spatial = block.map((b, i) => [padded.shape[i + 1]! / b, b]);
  const rest = padded.shape.slice(block.length + 1);
  const cut = reshape(g, padded, [x.shape[0]!, ...spatial.flat(), ...rest]);
  const blocks = block.map((_, i) => 2 + 2 * i);
  const outer = block.map((_, i) => 1 + 2 * i);
  const tail = rest.map((_, i) => 1 + 2 * block.length + i);
  const moved = transpose(g, cut, [...blocks, 0, ...outer, ...tail]);
  return reshape(g, moved, [sizeOf(block) * x.shape[0]!, ...spatial.map(([n]) => n!), ...rest]);
}

function batchToSpace(
  g: GraphBuilder,
  x: TraceValue,
  block: readonly number[],
  crops: readonly (readonly number[])[],
): TraceValue {
  const batch = x.shape[0]! / sizeOf(block);
  const rest = x.shape.slice(block.length + 1);
  const cut = reshape(g, x, [...block, batch, ...x.shape.slice(1)]);
  const m = block.length;
  const order = [m, ...block.flatMap((_, i) => [m + 1 + i, i]), ...rest.map((_, i) => 2 * m + 1 + i)];
  const shape = [batch, ...block.map((b, i) => b * x.shape[i + 1]!), ...rest];
  const whole = reshape(g, transpose(g, cut, order), shape);
  const begin = shape.map((_, axis) => crops[axis - 1]?.[0] ?? 0);
  const end = shape.map((n, axis) => n - (crops[axis - 1]?.[1] ?? 0));
  const out = shape.map((_, axis) => end[axis]! - begin[axis]!);
  return slice(
    g,
    whole,
    begin,
    end,
    shape.map(() => 1),
    out,
  );
}

/** Kernels that move numbers without changing them. */
export const shapeKernels: KernelTable = {
  Reshape: kernel<{ shape: number[] }>(({ g, inputs: { x }, attrs }) => {
    const known = attrs.shape.filter((n) => n >= 0).reduce((a, b) => a * b, 1);
    const shape = attrs.shape.map((n) => (n < 0 ? x!.size / known : n));
    // `tf.batchNorm` ends with a reshape to the shape that is there; the memory order stays, too.
    return shape.join() === x!.shape.join() && x!.constant === undefined ? sameAs(g, x!) : reshape(g, x!, shape);
  }),
  ExpandDims: kernel<{ dim: number }>(({ g, inputs, attrs }) => {
    const x = inputs['input']!;
    const shape = [...x.shape];
    shape.splice(attrs.dim < 0 ? x.shape.length + 1 + attrs.dim : attrs.dim, 0, 1);
    return reshape(g, x, shape);
  }),
  Transpose: kernel<{ perm: number[] }>(({ g, inputs, attrs }) => transpose(g, inputs['x']!, attrs.perm)),
  Slice: kernel<{ begin: number | number[]; size: number | number[] }>(({ g, inputs, attrs }) => {
    const x = inputs['x']!;
    const [begin, size] = tf.slice_util.parseSliceParams(x.info(), attrs.begin, attrs.size) as [number[], number[]];
    return slice(
      g,
      x,
      begin,
      begin.map((b, a) => b + size[a]!),
      begin.map(() => 1),
      size,
    );
  }),
  StridedSlice: kernel<Record<string, number> & { begin: number[]; end: number[]; strides: number[] }>(
    ({ g, inputs, attrs: a }) => {
      const x = inputs['x']!;
      const info = tf.slice_util.sliceInfo(
        [...x.shape],
        a.begin,
        a.end,
        a.strides,
        a['beginMask']!,
        a['endMask']!,
        a['ellipsisMask']!,
        a['newAxisMask']!,
        a['shrinkAxisMask']!,
      );
      // Stepping backwards, -1 means "before the first"; ONNX reads -1 as the last, so count from the other end.
      const end = info.end.map((e, axis) => (info.strides[axis]! < 0 && e < 0 ? -x.shape[axis]! - 1 : e));
      const cut = slice(g, x, info.begin, end, info.strides, info.finalShapeSparse);
      return reshape(g, cut, info.finalShape);
    },
  ),
  Concat: kernel<{ axis: number }>(({ g, list, attrs }) => {
    const [axis] = tf.util.parseAxisParam(attrs.axis, [...list[0]!.shape]) as [number];
    return concat(g, list, axis);
  }),
  SplitV: kernel<{ numOrSizeSplits: number | number[]; axis: number }>(({ g, inputs: { x }, attrs }) => {
    const [axis] = tf.util.parseAxisParam(attrs.axis, [...x!.shape]) as [number];
    const sizes = tf.backend_util.prepareSplitSize(x!.info(), attrs.numOrSizeSplits, axis);
    return split(g, x!, sizes, axis);
  }),
  Pack: kernel<{ axis: number }>(({ g, list, attrs }) => {
    const axis = attrs.axis < 0 ? list[0]!.shape.length + 1 + attrs.axis : attrs.axis;
    const shape = list[0]!.shape.toSpliced(axis, 0, 1);
    return concat(
      g,
      list.map((v) => reshape(g, v, shape)),
      axis,
    );
  }),
  Unpack: kernel<{ axis: number }>(({ g, inputs, attrs }) => {
    const x = inputs['value']!;
    const axis = attrs.axis < 0 ? x.shape.length + attrs.axis : attrs.axis;
    const count = x.shape[axis]!;
    return split(g, x, new Array<number>(count).fill(1), axis).map((v) => reshape(g, v, x.shape.toSpliced(axis, 1)));
  }),
  PadV2: kernel<{ paddings: [number, number][]; constantValue: number }>(({ g, inputs, attrs }) =>
    pad(g, inputs['x']!, attrs.paddings, 'constant', attrs.constantValue),
  ),
  MirrorPad: kernel<{ paddings: [number, number][]; mode: string }>(({ g, inputs, attrs }) => {
    const x = inputs['x']!;
    return attrs.mode === 'reflect' ? pad(g, x, attrs.paddings, 'reflect') : symmetricPad(g, x, attrs.paddings);
  }),
  Tile: kernel<{ reps: number[] }>(({ g, inputs: { x }, attrs }) =>
    g.value(
      g.node('Tile', [g.plain(x!), g.int64(attrs.reps)]),
      x!.shape.map((n, a) => n * attrs.reps[a]!),
      x!.dtype,
    ),
  ),
  Reverse: kernel<{ dims: number | number[] }>(({ g, inputs, attrs }) => {
    const x = inputs['x']!;
    const dims = tf.util.parseAxisParam(attrs.dims, [...x.shape]);
    const pick = (on: (n: number) => number, off: (n: number) => number) =>
      x.shape.map((n, axis) => (dims.includes(axis) ? on(n) : off(n)));
    return slice(
      g,
      x,
      pick(
        (n) => n - 1,
        () => 0,
      ),
      pick(
        (n) => -n - 1,
        (n) => n,
      ),
      pick(
        () => -1,
        () => 1,
      ),
      x.shape,
    );
  }),
  SpaceToBatchND: kernel<{ blockShape: number[]; paddings: number[][] }>(({ g, inputs, attrs }) =>
    spaceToBatch(g, inputs['x']!, attrs.blockShape, attrs.paddings),
  ),
  BatchToSpaceND: kernel<{ blockShape: number[]; crops: number[][] }>(({ g, inputs, attrs }) =>
    batchToSpace(g, inputs['x']!, attrs.blockShape, attrs.crops),
  ),
  DepthToSpace: kernel<{ blockSize: number; dataFormat: string }>(({ g, inputs, attrs }) => {
    rejectChannelsFirstFormat('depthToSpace', attrs.dataFormat);
    const x = inputs['x']!;
    const b = attrs.blockSize;
    const [n, h, w, c] = x.shape as [number, number, number, number];
    const name = g.node('DepthToSpace', [g.channelsFirst(x)], { blocksize: b, mode: 'DCR' });
    return g.value(name, [n, h * b, w * b, c / (b * b)], x.dtype, true);
  }),
  Fill: kernel<{ shape: number[]; value: number; dtype: TraceDtype }>(({ g, attrs }) =>
    g.value(g.fill(attrs.shape, attrs.value, attrs.dtype), attrs.shape, attrs.dtype),
  ),
  Range: kernel<{ start: number; stop: number; step: number; dtype: TraceDtype }>(({ attrs: a }) => {
    const values = arange(a.start, a.stop, a.step);
    return new TraceValue(
      [values.length],
      a.dtype,
      {},
      a.dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values),
    );
  }),
  LinSpace: kernel<{ start: number; stop: number; num: number }>(({ attrs: { start, stop, num } }) => {
    const step = num > 1 ? (stop - start) / (num - 1) : 0;
    return new TraceValue(
      [num],
      'float32',
      {},
      Float32Array.from({ length: num }, (_, i) => start + i * step),
    );
  }),
};

function arange(start: number, stop: number, step: number): number[] {
  const length = Math.max(0, Math.ceil((stop - start) / step));
  return Array.from({ length }, (_, i) => start + i * step);
}
