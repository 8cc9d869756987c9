import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../compile.js';
import { decodeOnnx } from '../onnx/decode.js';
import { fromOnnx } from '../onnx/fromOnnx.js';
import type { OnnxModel } from '../onnx/model.js';
import { toOnnx } from '../onnx/toOnnx.js';
import { createDraw } from '../testing/draw.js';
import { expectClose } from '../testing/kernelCases.js';
import { callOnnx } from './callOnnx.js';

beforeAll(() => tf.setBackend('cpu'));

const filter = createDraw('filter').normal(3, 3, 3, 5);
const network = (x: tf.Tensor4D) => {
  const y = tf.relu(tf.conv2d(x, tf.tensor4d(filter.data as Float32Array, [3, 3, 3, 5]), 2, 'same'));
  return { map: y, vector: tf.mean(y, [1, 2]) };
};
const shaped = (...shape: number[]) => ({ inputs: { x: { shape, dtype: 'float32' as const } } });

/** The same network in channels-first order, as another program would write it: batch `n` is free, set 9. */
const foreign: OnnxModel = {
  irVersion: 4,
  producerName: '',
  producerVersion: '',
  opsets: [{ domain: '', version: 9 }],
  metadata: {},
  graph: {
    name: 'foreign',
    inputs: [
      { name: 'x', dtype: 'float32', shape: ['n', 3, 8, 12] },
      { name: 'w', dtype: 'float32', shape: [5, 3, 3, 3] },
    ],
    outputs: [{ name: 'y', dtype: 'float32' }],
    initializers: [{ name: 'w', dtype: 'float32', dims: [5, 3, 3, 3], data: channelsFirst() }],
    nodes: [
      { opType: 'Conv', inputs: ['x', 'w'], outputs: ['c'], attributes: { pads: { ints: [0, 0, 1, 1] }, strides: { ints: [2, 2] } } },
      { opType: 'Clip', inputs: ['c'], outputs: ['y'], attributes: { min: { float: 0 } } },
    ],
  },
}; // prettier-ignore

function channelsFirst(): Float32Array {
  return tf.tidy(() => {
    const own = tf.tensor4d(filter.data as Float32Array, [3, 3, 3, 5]);
    return tf.transpose(own, [3, 2, 0, 1]).dataSync<'float32'>().slice();
  });
}

describe('a graph called inside a compiled function', () => {
  const x = createDraw('x').normal(3, 8, 12, 3);

  test('in channels-first order, of an older operator set, gives what the function it stands for gives', async () => {
    const before = tf.memory().numTensors;
    const call = { outputs: { y: { shape: [3, 4, 6, 5], channelsFirst: true } }, channelsFirst: true };
    const run = compile((v: tf.Tensor4D) => tf.add(callOnnx(foreign, v, call)[0]!, 1), { device: 'cpu' });
    const own = compile((v: tf.Tensor4D) => tf.add(network(v).map, 1), { device: 'cpu' });
    expectClose(await run(x), await own(x), 'y');
    await run.dispose();
    await own.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each(['cpu', 'wasm'] as const)('of one picture runs over a batch, several outputs (%s)', async (device) => {
    const model = decodeOnnx(toOnnx(network, shaped(1, 8, 12, 3)));
    const outputs = { map: { shape: [3, 4, 6, 5] }, vector: { shape: [3, 5] } };
    const run = compile((v: tf.Tensor4D) => callOnnx(model, v, { outputs, single: true }), { device });
    const own = compile((v: tf.Tensor4D) => Object.values(network(v)), { device });
    const [results, expected] = [await run(x), await own(x)];
    results.forEach((result, i) => expectClose(result, expected[i]!, `output ${i}`));
    await run.dispose();
    await own.dispose();
  });

  test('can be called twice, and is written into exported files; a newer set wins', async () => {
    const newer = { ...decodeOnnx(toOnnx(network, shaped(1, 8, 12, 3))), opsets: [{ domain: '', version: 21 }], irVersion: 10 }; // prettier-ignore
    const call = { outputs: { map: { shape: [1, 4, 6, 5] } } };
    const twice = (v: tf.Tensor4D) => tf.sub(callOnnx(newer, v, call)[0]!, callOnnx(newer, tf.neg(v), call)[0]!);
    const file = toOnnx(twice, shaped(1, 8, 12, 3));
    expect(decodeOnnx(file)).toMatchObject({ irVersion: 10, opsets: [{ domain: '', version: 21 }] });
    const runner = await fromOnnx(file, { device: 'cpu' });
    const one = createDraw('one').normal(1, 8, 12, 3);
    const own = compile((v: tf.Tensor4D) => tf.sub(network(v).map, network(tf.neg(v)).map), { device: 'cpu' });
    expectClose((await runner.run({ x: one }))['y'] as typeof one, await own(one), 'y');
    await runner.dispose();
    await own.dispose();
  });

  test('does not run on tfjs, and says so', async () => {
    const run = compile((v: tf.Tensor4D) => callOnnx(foreign, v, { outputs: { y: { shape: [3, 4, 6, 5] } } }), {
      device: 'tfjs',
    });
    await expect(run(x)).rejects.toThrow('callOnnx: an ONNX graph runs on ONNX Runtime only, not with device "tfjs"');
  });
});
