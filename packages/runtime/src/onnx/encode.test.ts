import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { encodeOnnx } from './encode.js';
import type { OnnxAttribute, OnnxData, OnnxGraph, OnnxModel, OnnxNode } from './model.js';
import type { OnnxDtype } from './dtype.js';

const node = (
  opType: string,
  inputs: string[],
  outputs: string[],
  attributes: Record<string, OnnxAttribute> = {},
): OnnxNode => ({ opType, inputs, outputs, attributes });

const model = (graph: Partial<OnnxGraph>): OnnxModel => ({
  irVersion: 10,
  producerName: 'test',
  producerVersion: '1',
  opsets: [{ domain: '', version: 20 }],
  metadata: {},
  graph: { name: 'g', nodes: [], inputs: [], outputs: [], initializers: [], ...graph },
});

async function run(graph: Partial<OnnxGraph>, feeds: Record<string, Tensor>): Promise<InferenceSession.ReturnType> {
  const session = await InferenceSession.create(encodeOnnx(model(graph)));
  const outputs = await session.run(feeds);
  await session.release();
  return outputs;
}

test('onnxruntime runs what was written: relu(x W + b)', async () => {
  const { y } = await run(
    {
      inputs: [{ name: 'x', dtype: 'float32', shape: ['n', 2] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: ['n', 3] }],
      initializers: [
        { name: 'W', dtype: 'float32', dims: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, 6]) },
        { name: 'b', dtype: 'float32', dims: [3], data: [-10, 0, 1] },
      ],
      nodes: [node('MatMul', ['x', 'W'], ['xW']), node('Add', ['xW', 'b'], ['sum']), node('Relu', ['sum'], ['y'])],
    },
    { x: new Tensor('float32', [1, 1, 0, -1], [2, 2]) },
  );
  // x W = [[5, 7, 9], [-4, -5, -6]]
  expect([...(y!.data as Float32Array)]).toEqual([0, 7, 10, 0, 0, 0]);
  expect(y!.dims).toEqual([2, 3]);
});

describe('a constant of each dtype', () => {
  const cases: [OnnxDtype, OnnxData, unknown[]][] = [
    ['float32', [1.5, -2], [1.5, -2]],
    ['float64', new Float64Array([1e300, -0.1]), [1e300, -0.1]],
    ['int8', [-128, 127], [-128, 127]],
    ['uint8', new Uint8Array([0, 255]), [0, 255]],
    ['int16', [-32768, 32767], [-32768, 32767]],
    ['uint16', [0, 65535], [0, 65535]],
    ['int32', new Int32Array([-(2 ** 31), 2 ** 31 - 1]), [-(2 ** 31), 2 ** 31 - 1]],
    ['uint32', [0, 2 ** 32 - 1], [0, 2 ** 32 - 1]],
    ['int64', new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n]), [-(2n ** 63n), 2n ** 63n - 1n]],
    ['int64', [-1, 2 ** 40], [-1n, 2n ** 40n]],
    ['uint64', [0, 2 ** 40], [0n, 2n ** 40n]],
    ['bool', [1, 0], [1, 0]],
    ['string', ['scratch', 'é 漢 🔩'], ['scratch', 'é 漢 🔩']],
  ];
  test.each(cases)('%s', async (dtype, data, expected) => {
    const value = { name: '', dtype, dims: [2], data };
    const outputs = [{ name: 'y', dtype, shape: [2] }];
    const { y } = await run({ outputs, nodes: [node('Constant', [], ['y'], { value: { tensor: value } })] }, {});
    expect(Array.from(y!.data as ArrayLike<unknown>)).toEqual(expected);
  });

  test('float16 from raw bits', async () => {
    const { y } = await run(
      {
        outputs: [{ name: 'y', dtype: 'float32', shape: [3] }],
        initializers: [{ name: 'h', dtype: 'float16', dims: [3], data: new Uint16Array([0x3c00, 0xc000, 0x0001]) }],
        nodes: [node('Cast', ['h'], ['y'], { to: { int: 1 } })],
      },
      {},
    );
    expect([...(y!.data as Float32Array)]).toEqual([1, -2, 2 ** -24]);
  });
});

test('every kind of attribute reaches onnxruntime', async () => {
  const { strided, scaled, filled, words } = await run(
    {
      inputs: [{ name: 'x', dtype: 'float32', shape: [1, 1, 2, 4] }],
      outputs: [
        ...['strided', 'scaled', 'filled'].map((name) => ({ name, dtype: 'float32' as const })),
        { name: 'words', dtype: 'string' },
      ],
      nodes: [
        node('MaxPool', ['x'], ['strided'], {
          kernel_shape: { ints: [1, 2] },
          strides: { ints: [1, 2n] },
          auto_pad: { string: 'VALID' },
        }),
        node('Elu', ['x'], ['scaled'], { alpha: { float: 0.5 } }),
        node('Constant', [], ['filled'], { value_floats: { floats: [0.25, -3] } }),
        node('Constant', [], ['words'], { value_strings: { strings: ['a', 'b'] } }),
      ],
    },
    { x: new Tensor('float32', [1, 5, 2, 3, -1, -2, 0, 7], [1, 1, 2, 4]) },
  );
  expect([...(strided!.data as Float32Array)]).toEqual([5, 3, -1, 7]);
  expect((scaled!.data as Float32Array)[4]).toBeCloseTo(0.5 * Math.expm1(-1), 6);
  expect([...(filled!.data as Float32Array)]).toEqual([0.25, -3]);
  expect(words!.data).toEqual(['a', 'b']);
});

test('a Loop with a body graph: 2^10 by doubling', async () => {
  const scalar = { dtype: 'bool', shape: [] } as const;
  const body: OnnxGraph = {
    name: 'body',
    inputs: [
      { name: 'i', dtype: 'int64', shape: [] },
      { name: 'go', ...scalar },
      { name: 'value', dtype: 'float32', shape: [] },
    ],
    outputs: [
      { name: 'goOn', ...scalar },
      { name: 'doubled', dtype: 'float32', shape: [] },
    ],
    initializers: [{ name: 'two', dtype: 'float32', dims: [], data: [2] }],
    nodes: [node('Identity', ['go'], ['goOn']), node('Mul', ['value', 'two'], ['doubled'])],
  };
  const { y } = await run(
    {
      inputs: [{ name: 'times', dtype: 'int64', shape: [] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: [] }],
      initializers: [
        { name: 'one', dtype: 'float32', dims: [], data: [1] },
        { name: 'yes', dtype: 'bool', dims: [], data: [1] },
      ],
      nodes: [node('Loop', ['times', 'yes', 'one'], ['y'], { body: { graph: body } })],
    },
    { times: new Tensor('int64', [10n], []) },
  );
  expect((y!.data as Float32Array)[0]).toBe(1024);
});

describe('wrong input is refused by name', () => {
  const withTensor = (dtype: OnnxDtype, dims: number[], data: OnnxData) => () =>
    encodeOnnx(model({ initializers: [{ name: 'W', dtype, dims, data }] }));
  test.each<[string, () => unknown, RegExp]>([
    ['too few values', withTensor('float32', [2, 3], [1, 2]), /tensor 'W' must have as many values.*\(6\), got 2/],
    ['a negative size', withTensor('float32', [-1], []), /tensor 'W'/],
    ['the wrong array', withTensor('int64', [1], new Float32Array(1)), /data of 'W' must be a BigInt64Array/],
    ['numbers as half floats', withTensor('float16', [1], [1]), /Uint16Array of raw bits/],
    ['a fraction as integer', withTensor('int64', [1], [1.5]), /values of dtype int64, got 1.5/],
    ['a number out of range', withTensor('uint8', [1], [256]), /values of dtype uint8, got 256/],
    ['text as number', withTensor('float32', [1], ['a']), /data of 'W' must be a Float32Array/],
    ['a number as text', withTensor('string', [1], [1]), /strings/],
    ['an unknown dtype', withTensor('complex64' as OnnxDtype, [1], [1]), /dtype of 'W' must be one of float32/],
    [
      'an unknown attribute',
      () => encodeOnnx(model({ nodes: [node('A', [], [], { a: {} as OnnxAttribute })] })),
      /attribute a must be/,
    ],
    [
      'an unsafe integer',
      () => encodeOnnx(model({ nodes: [node('A', [], [], { a: { int: 2 ** 53 } })] })),
      /Use a bigint/,
    ],
    [
      'an integer of 65 bits',
      () => encodeOnnx(model({ nodes: [node('A', [], [], { a: { ints: [2n ** 63n] } })] })),
      /within 64 bits/,
    ],
    [
      'a negative size in a shape',
      () => encodeOnnx(model({ inputs: [{ name: 'x', dtype: 'bool', shape: [-1] }] })),
      /integer >= 0 or a name, got -1/,
    ],
    [
      'weights beyond 2 GiB',
      () => {
        const data = { length: 2 ** 29, [Symbol.iterator]: undefined } as unknown as number[];
        return encodeOnnx(model({ initializers: [{ name: 'W', dtype: 'float32', dims: [2 ** 29], data }] }));
      },
      /smaller than 2 GiB.*got 2.00 GiB/,
    ],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(/^encodeOnnx: /);
  });
});

test('large weights are written once, with a few bytes around them', () => {
  const data = new Float32Array(5e6).fill(0.5);
  const bytes = encodeOnnx(model({ initializers: [{ name: 'W', dtype: 'float32', dims: [5e6], data }] }));
  expect(bytes.length).toBeGreaterThan(20e6);
  expect(bytes.length).toBeLessThan(20e6 + 200);
  // The buffer was made large enough at once, not doubled on the way.
  expect(bytes.buffer.byteLength).toBeLessThan(21e6);
});
