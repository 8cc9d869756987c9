import { expect, test } from 'vitest';
import { cutOnnx } from './cut.js';
import type { OnnxModel, OnnxNode } from './model.js';

const node = (opType: string, inputs: string[], outputs: string[]): OnnxNode => ({
  opType,
  inputs,
  outputs,
  attributes: {},
});
const weights = (name: string) => ({ name, dtype: 'float32' as const, dims: [1], data: Float32Array.of(1) });
const value = (name: string) => ({ name, dtype: 'float32' as const });
const inner = { name: 'body', nodes: [node('Add', ['stem', 'w1'], ['i'])], inputs: [], outputs: [value('i')], initializers: [] }; // prettier-ignore

const model: OnnxModel = {
  irVersion: 9,
  producerName: '',
  producerVersion: '',
  opsets: [{ domain: '', version: 20 }],
  metadata: {},
  graph: {
    name: 'net',
    inputs: [value('x')],
    outputs: [value('logits')],
    initializers: ['w0', 'w1', 'w2', 'yes'].map(weights),
    nodes: [
      node('Conv', ['x', 'w0', ''], ['stem']),
      {
        ...node('If', ['yes'], ['/layer1/out']),
        attributes: { then_branch: { graph: inner }, else_branch: { graph: inner } },
      },
      node('Split', ['stem'], ['/layer2/a', '/layer2/b']),
      node('Gemm', ['/layer2/b', 'w2'], ['logits']),
    ],
  },
};

test('keeps what a value needs, in order, with what the bodies of branches read', () => {
  const { graph } = cutOnnx(model, [value('/layer1/out'), value('/layer2/b')]);
  expect(graph.nodes.map(({ opType }) => opType)).toEqual(['Conv', 'If', 'Split']);
  expect(graph.initializers.map(({ name }) => name)).toEqual(['w0', 'w1', 'yes']);
  expect(graph.outputs).toEqual([value('/layer1/out'), value('/layer2/b')]);
  expect(cutOnnx(model, [value('stem')]).graph.initializers).toEqual([weights('w0')]);
  expect(model.graph.nodes).toHaveLength(4);
});

test('an input or a constant may be an output too', () => {
  expect(cutOnnx(model, [value('x'), value('w1')]).graph.nodes).toEqual([]);
});

test('an unknown name tells the nearest', () => {
  expect(() => cutOnnx(model, [value('layer2')])).toThrow(
    /cutOnnx: outputs must be names that are there, got 'layer2'\. Nearest are '\/layer2\/[ab]', '\/layer2\/[ab]', '\/layer1\/out'/,
  );
});
