import type * as tf from '@tensorflow/tfjs';
import type { TraceBackend } from '../trace/backend.js';
import type { GraphBuilder } from '../trace/graphBuilder.js';
import type { TraceDtype, TraceValue } from '../trace/value.js';

/** What a trace kernel gets. */
export interface KernelContext<A> {
  /** The graph to append to. */
  g: GraphBuilder;
  /** Inputs by tfjs's name; absent optional inputs are undefined. */
  inputs: Readonly<Record<string, TraceValue>>;
  /** Inputs in tfjs's order, for kernels that take a list. */
  list: readonly TraceValue[];
  /** tfjs's attributes of the kernel. */
  attrs: A;
}

/** A kernel: appends nodes, returns the value (or values) that they compute. */
export type TraceKernel = (context: KernelContext<never>) => TraceValue | TraceValue[];

/** Kernels by tfjs name; each file of this folder exports one such table. */
export type KernelTable = Readonly<Record<string, TraceKernel>>;

/** Types one kernel's attributes. */
export function kernel<A = unknown>(fn: (context: KernelContext<A>) => TraceValue | TraceValue[]): TraceKernel {
  return fn;
}

/** Turns a table entry into what tfjs registers. */
export function toKernelFunc(fn: TraceKernel): tf.KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const trace = backend as unknown as TraceBackend;
    const named: Record<string, TraceValue> = {};
    for (const [name, info] of Object.entries(inputs)) {
      if (info !== undefined && info !== null) named[name] = trace.lookUp(info);
    }
    const out = fn({ g: trace.graph, inputs: named, list: Object.values(named), attrs: attrs as never });
    return Array.isArray(out) ? out.map((value) => trace.adopt(value)) : trace.adopt(out);
  };
}

/** Whether elementwise work on these values is better done in channels-first order: one already is, and only so. */
export function prefersChannelsFirst(values: readonly TraceValue[]): boolean {
  return values.some((v) => v.channelsFirst !== undefined && v.plain === undefined);
}

/** A second value with the same names: its own reference count, no node. */
export function sameAs(g: GraphBuilder, x: TraceValue): TraceValue {
  const copy = g.value(g.named(x, prefersChannelsFirst([x])), x.shape, x.dtype, prefersChannelsFirst([x]));
  if (x.plain !== undefined) copy.plain = x.plain;
  if (x.channelsFirst !== undefined) copy.channelsFirst = x.channelsFirst;
  return copy;
}

/** An axis of a rank-4 value in channels-first order. */
export function channelsFirstAxis(axis: number): number {
  return [0, 2, 3, 1][axis]!;
}

/** Casts by name; no node when the types agree. */
export function castTo(g: GraphBuilder, name: string, from: TraceDtype, to: TraceDtype): string {
  return from === to ? name : g.node('Cast', [name], { to: { float32: 1, int32: 6, bool: 9 }[to] });
}

/**
 * Name of an operand that ONNX will broadcast against values of rank `rank` in the given order: a per-channel operand of
 * lower rank becomes `[1, C, 1, 1]` for channels-first, scalars stay as they are.
 */
export function operand(g: GraphBuilder, value: TraceValue, rank: number, channelsFirst: boolean): string {
  if (!channelsFirst) return g.plain(value);
  if (value.shape.length === 4) return g.channelsFirst(value);
  if (value.size === 1) return g.plain(value);
  const padded = [...new Array<number>(rank - value.shape.length).fill(1), ...value.shape];
  const [n, h, w, c] = padded as [number, number, number, number];
  if (h === 1 && w === 1) return g.node('Reshape', [g.plain(value), g.int64([n, c, 1, 1])]);
  const full = g.node('Reshape', [g.plain(value), g.int64(padded)]);
  return g.node('Transpose', [full], { perm: [0, 3, 1, 2] });
}

/** numpy's broadcast shape of two shapes that fit (tfjs has checked). */
export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    return x === 1 ? y : x;
  });
}
