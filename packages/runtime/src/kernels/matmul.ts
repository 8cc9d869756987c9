import * as tf from '@tensorflow/tfjs';
import type { GraphBuilder } from '../trace/graphBuilder.js';
import type { TraceValue } from '../trace/value.js';
import { broadcast, kernel, type KernelTable } from './kernel.js';

/** Matrix product over the last two axes, batch axes broadcast. */
export function matMul(
  g: GraphBuilder,
  a: TraceValue,
  b: TraceValue,
  transposeA: boolean,
  transposeB: boolean,
): TraceValue {
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  const name = g.node('MatMul', [side(g, a, transposeA), side(g, b, transposeB)]);
  return g.value(name, [...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns], 'float32');
}

function side(g: GraphBuilder, x: TraceValue, transpose: boolean): string {
  if (!transpose) return g.plain(x);
  const perm = [...x.shape.keys()];
  perm.push(...perm.splice(-2).reverse());
  return g.node('Transpose', [g.plain(x)], { perm });
}

/** Matrix products. */
export const matmulKernels: KernelTable = {
  BatchMatMul: kernel<{ transposeA: boolean; transposeB: boolean }>(({ g, inputs, attrs }) =>
    matMul(g, inputs['a']!, inputs['b']!, attrs.transposeA, attrs.transposeB),
  ),
  Einsum: kernel<{ equation: string }>(({ g, list, attrs }) => {
    const { allDims, summedDims, idDims } = tf.backend_util.decodeEinsumEquation(attrs.equation, list.length);
    const sizes = new Map<number, number>();
    idDims.forEach((dims, i) => dims.forEach((dim, axis) => sizes.set(dim, list[i]!.shape[axis]!)));
    const shape = [...allDims.keys()].filter((dim) => !summedDims.includes(dim)).map((dim) => sizes.get(dim)!);
    const name = g.node(
      'Einsum',
      list.map((v) => g.plain(v)),
      { equation: attrs.equation.replaceAll(' ', '') },
    );
    return g.value(name, shape, 'float32');
  }),
};
