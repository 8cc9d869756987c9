import { describe, expect, test } from 'vitest';
import { createDraw } from '../testing/draw.js';
import { expectClose } from '../testing/kernelCases.js';
import type { HostTensor } from '../session/tensor.js';
import { encodeOnnx } from './encode.js';
import { fromOnnx } from './fromOnnx.js';
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode } from './model.js';
import { upgradeOnnx } from './upgrade.js';

type Attributes = Record<string, OnnxAttribute>;
const node = (opType: string, inputs: string[], attributes: Attributes = {}, outputs = ['y']): OnnxNode => ({
  opType,
  inputs,
  outputs,
  attributes,
});
const constant = (name: string, values: number[], dims: number[]) => ({
  name,
  dtype: 'float32' as const,
  dims,
  data: Float32Array.from(values),
});
const ints = (name: string, ...values: number[]) => ({
  name,
  dtype: 'int64' as const,
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});

function modelOf(version: number, nodes: OnnxNode[], initializers: OnnxGraph['initializers'] = []): OnnxModel {
  return {
    irVersion: 4,
    producerName: '',
    producerVersion: '',
    opsets: [{ domain: '', version }],
    metadata: {},
    graph: {
      name: 'old',
      nodes,
      inputs: [{ name: 'x', dtype: 'float32', shape: ['n', 3, 4, 6] }],
      outputs: [{ name: 'y', dtype: 'float32' }],
      initializers,
    },
  };
}

async function run(model: OnnxModel): Promise<HostTensor> {
  const runner = await fromOnnx(encodeOnnx(model), { device: 'cpu' });
  try {
    return (await runner.run({ x: createDraw('upgrade').normal(2, 3, 4, 6) }))['y'] as HostTensor;
  } finally {
    await runner.dispose();
  }
}

const norm = [constant('a', [1, 2, 3], [3]), constant('b', [0.5, 1, 4], [3])];
const reductions = ['L1', 'L2', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'Sum', 'SumSquare'].map(
  (name): [string, number, OnnxNode[]] => [
    `Reduce${name}`,
    11,
    [node(`Reduce${name}`, ['x'], { axes: { ints: [2, 3] }, keepdims: { int: 0 } })],
  ],
);
const cases: [string, number, OnnxNode[], OnnxGraph['initializers']?][] = [
  ['Clip of both sides', 9, [node('Clip', ['x'], { min: { float: -0.5 }, max: { float: 0.25 } })]],
  ['Clip of one side', 10, [node('Clip', ['x'], { max: { float: 0.25 } })]],
  ['Pad', 10, [node('Pad', ['x'], { pads: { ints: [0, 0, 1, 2, 0, 0, 3, 0] }, value: { float: 7 } })]],
  ['Pad, reflected', 9, [node('Pad', ['x'], { mode: { string: 'reflect' }, pads: { ints: [0, 0, 1, 2, 0, 0, 3, 0] } })]],
  ['Slice', 9, [node('Slice', ['x'], { starts: { ints: [1, -3] }, ends: { ints: [3, 9] }, axes: { ints: [1, 3] } })]],
  ['Slice of the first axes', 9, [node('Slice', ['x'], { starts: { ints: [0, 1] }, ends: { ints: [1, 3] } })]],
  ['Softmax over the rest', 11, [node('Softmax', ['x'])]],
  ['LogSoftmax of one axis', 12, [node('LogSoftmax', ['x'], { axis: { int: -1 } })]],
  ['Squeeze and Unsqueeze', 11, [
    node('Unsqueeze', ['x'], { axes: { ints: [0, 5] } }, ['wide']),
    node('Squeeze', ['wide'], { axes: { ints: [0] } }),
  ]],
  ['Squeeze of all', 9, [node('Unsqueeze', ['x'], { axes: { ints: [0] } }, ['wide']), node('Squeeze', ['wide'])]],
  ['Split in parts', 11, [
    node('Split', ['x'], { axis: { int: 3 }, split: { ints: [1, 5] } }, ['one', 'five']),
    node('Mul', ['one', 'five']),
  ]],
  ['Split in halves', 13, [
    node('Split', ['x'], { axis: { int: 3 } }, ['left', 'right']),
    node('Sub', ['left', 'right']),
  ]],
  ['TopK', 9, [node('TopK', ['x'], { k: { int: 2 }, axis: { int: 3 } }, ['y', 'indices'])]],
  ['Dropout', 10, [node('Dropout', ['x'], { ratio: { float: 0.3 } })]],
  ['BatchNormalization', 7, [node('BatchNormalization', ['x', 'a', 'a', 'b', 'b'], { spatial: { int: 1 } })], norm],
  ['Upsample, nearest, by an attribute', 7, [
    node('Upsample', ['x'], { mode: { string: 'nearest' }, scales: { floats: [1, 1, 2, 3] } }),
  ]],
  ['Upsample, linear', 9, [node('Upsample', ['x', 's'], { mode: { string: 'linear' } })], [constant('s', [1, 1, 2, 3], [4])]], // prettier-ignore
  ['Resize', 10, [node('Resize', ['x', 's'], { mode: { string: 'linear' } })], [constant('s', [1, 1, 2, 3], [4])]],
  ['Scatter', 9, [node('Scatter', ['x', 'at', 'by'], { axis: { int: 3 } })], [
    { ...ints('at', 1, 4), dims: [1, 1, 1, 2] }, constant('by', [8, 9], [1, 1, 1, 2]),
  ]],
  ['GridSample', 16, [node('GridSample', ['x', 'grid'], { mode: { string: 'bilinear' } })], [
    constant('grid', Array.from({ length: 2 * 2 * 3 * 2 }, (_, i) => Math.sin(i)), [2, 2, 3, 2]),
  ]],
  ['a branch', 11, [
    node('If', ['yes'], { then_branch: { graph: branch(0.5) }, else_branch: { graph: branch(0.1) } }),
  ], [{ name: 'yes', dtype: 'bool', dims: [], data: Uint8Array.of(1) }]],
  ...reductions,
]; // prettier-ignore

function branch(max: number): OnnxGraph {
  const out = `out${max}`;
  const nodes = [
    node('ReduceSum', ['x'], { axes: { ints: [1] } }, [`s${max}`]),
    node('Max', [`s${max}`, `m${max}`], {}, [out]),
  ];
  const initializers = [constant(`m${max}`, [max], [])];
  return { name: 'branch', nodes, inputs: [], outputs: [{ name: out, dtype: 'float32' }], initializers };
}

describe('an older model brought to operator set 20 gives what ONNX Runtime makes of the old one', () => {
  test.each(cases)('%s (set %i)', async (_what, version, nodes, initializers) => {
    const old = modelOf(version, nodes, initializers);
    const before = JSON.stringify(old.graph.nodes);
    const upgraded = upgradeOnnx(old);
    expect(upgraded.opsets).toEqual([{ domain: '', version: 20 }]);
    expectClose(await run(upgraded), await run(old), 'y');
    expect(JSON.stringify(old.graph.nodes)).toBe(before);
  });
});

test('a model of set 20 or newer stays as it is, other domains stay', () => {
  const model = { ...modelOf(21, [node('Relu', ['x'])]), opsets: [{ domain: 'ai.onnx', version: 21 }] };
  expect(upgradeOnnx(model)).toBe(model);
  const other = { ...modelOf(9, [node('Relu', ['x'])]), opsets: [{ domain: 'com.microsoft', version: 1 }, { domain: '', version: 9 }] }; // prettier-ignore
  expect(upgradeOnnx(other).opsets).toEqual([
    { domain: '', version: 20 },
    { domain: 'com.microsoft', version: 1 },
  ]);
});

test('what has no equal is refused by name', () => {
  const refuse = (version: number, one: OnnxNode) => () => upgradeOnnx(modelOf(version, [one]));
  expect(refuse(6, node('Relu', ['x']))).toThrow('upgradeOnnx: the model must be of operator set 7 or newer, got 6');
  expect(refuse(17, node('DFT', ['x']))).toThrow('DFT of operator set 17 has no equal in set 20');
  expect(refuse(11, node('Resize', ['x', '', 's'], { coordinate_transformation_mode: { string: 'tf_half_pixel_for_nn' } }))).toThrow('with tf_half_pixel_for_nn'); // prettier-ignore
  expect(refuse(9, node('BatchNormalization', ['x'], {}, ['y', 'mean']))).toThrow('in training mode');
  expect(refuse(7, node('BatchNormalization', ['x'], { spatial: { int: 0 } }))).toThrow('with spatial = 0');
});
