import type { OnnxModel } from '@adlib/runtime';
import { expect, test } from 'vitest';
import { packedShapes, packGraph, unpackGraph } from './packedGraph.js';

/** A model whose name has so many letters; its file grows by as many bytes. */
function model(letters: number): OnnxModel {
  const weights = Float32Array.from({ length: 100 }, (_, i) => (i === 7 ? NaN : i / 3));
  return {
    irVersion: 9,
    producerName: 'p'.repeat(letters),
    producerVersion: '',
    opsets: [{ domain: '', version: 20 }],
    metadata: {},
    graph: {
      name: 'g',
      inputs: [{ name: 'x', dtype: 'float32', shape: ['n', 100] }],
      outputs: [{ name: 'z', dtype: 'float32' }],
      initializers: [
        { name: 'small', dtype: 'float32', dims: [2], data: Float32Array.of(NaN, -0) },
        { name: 'large', dtype: 'float32', dims: [100], data: weights },
        { name: 'ints', dtype: 'int64', dims: [70], data: new BigInt64Array(70).fill(-(2n ** 62n)) },
      ],
      nodes: [{ opType: 'Add', inputs: ['x', 'large'], outputs: ['z'], attributes: {} }],
    },
  };
}

test.each([1, 2, 3])('a model goes through float32 tensors and comes back bit by bit (%i more bytes)', (letters) => {
  const before = model(letters);
  const tensors = packGraph(before);
  expect(Object.keys(tensors)).toEqual(['graph', 'weights.large']);
  expect(tensors['weights.large']!.data).toBe(before.graph.initializers[1]!.data);
  const packed = tensors['graph']!.data;
  expect(packed.every((value) => Number.isInteger(value) && value >= 0 && value < 2 ** 24)).toBe(true);
  expect(packedShapes(tensors)).toEqual({ graph: [packed.length], 'weights.large': [100] });
  const after = unpackGraph(tensors);
  const [small, large, ints] = before.graph.initializers;
  expect(after).toEqual({ ...before, graph: { ...before.graph, initializers: [small, ints, large] } });
});

test('a graph that is missing, cut or of something else is told', () => {
  const { graph } = packGraph(model(1));
  expect(packedShapes({})).toEqual({ graph: [-1] });
  const cut = { data: graph!.data.slice(1), shape: [graph!.data.length - 1] };
  expect(() => packedShapes({ graph: cut })).toThrow('the graph must begin with 0, 1 or 2');
  expect(() => packedShapes({ graph: { data: graph!.data.slice(0, 20), shape: [20] } })).toThrow();
});
