import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { adam } from '../train/optimizers.js';
import { createDraw } from '../testing/draw.js';
import { expectClose } from '../testing/kernelCases.js';
import type { HostTensor } from '../session/tensor.js';
import { hostTensor } from '../session/tensor.js';
import { trace } from '../trace/trace.js';
import { decodeOnnx } from './decode.js';
import { encodeOnnx } from './encode.js';
import { fromOnnx } from './fromOnnx.js';
import { toOnnx } from './toOnnx.js';

beforeAll(() => tf.setBackend('cpu'));

/** A network of the layers that pictures meet. */
function network(): tf.LayersModel {
  const init = (seed: number) => tf.initializers.glorotNormal({ seed });
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu', inputShape: [9, 13, 3], kernelInitializer: init(1) }), // prettier-ignore
      tf.layers.batchNormalization({ movingVarianceInitializer: tf.initializers.constant({ value: 2 }) }),
      tf.layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', depthwiseInitializer: init(2) }),
      tf.layers.leakyReLU({ alpha: 0.2 }),
      tf.layers.conv2dTranspose({ filters: 5, kernelSize: 3, strides: 2, padding: 'same', kernelInitializer: init(3) }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.upSampling2d({ size: [2, 2] }),
      tf.layers.dropout({ rate: 0.5 }),
      tf.layers.layerNormalization(),
      tf.layers.globalAveragePooling2d({}),
      tf.layers.dense({ units: 6, activation: 'softmax', kernelInitializer: init(4) }),
    ],
  });
}

describe('a LayersModel', () => {
  test('gives what model.predict gives', async () => {
    const model = network();
    const probe = createDraw('probe').normal(2, 9, 13, 3);
    const expected = tf.tidy(() => {
      const y = model.predict(tf.tensor(probe.data, [...probe.shape])) as tf.Tensor;
      return { data: y.dataSync<'float32'>().slice(), shape: y.shape };
    });
    const bytes = toOnnx(model, {
      inputs: { x: { shape: [2, 9, 13, 3], dtype: 'float32' } },
      metadata: { unit: 'none' },
    });
    const runner = await fromOnnx(bytes);
    expect(runner.inputNames).toEqual(['x']);
    expect(runner.outputNames).toEqual(['y']);
    expectClose((await runner.run({ x: probe }))['y'] as HostTensor, expected, 'y');
    await runner.dispose();
    expect(decodeOnnx(bytes).metadata).toEqual({ unit: 'none' });
    model.dispose();
  });

  test('takes shapes from the model, one picture; refuses open sizes', () => {
    const model = network();
    const { graph } = decodeOnnx(toOnnx(model));
    expect(graph.inputs.map(({ shape }) => shape)).toEqual([[1, 9, 13, 3]]);
    expect(graph.outputs).toEqual([{ name: 'y', dtype: 'float32', shape: [1, 6] }]);
    const open = tf.sequential({ layers: [tf.layers.conv2d({ filters: 1, kernelSize: 1, inputShape: [null, 4, 1] })] });
    expect(() => toOnnx(open)).toThrow(/toOnnx: input \w+ has an open size/);
    model.dispose();
    open.dispose();
  });
});

test('a function: inputs in order, outputs named', async () => {
  const specs = { a: { shape: [2], dtype: 'float32' }, b: { shape: [], dtype: 'float32' } } as const;
  const fn = (a: tf.Tensor, b: tf.Tensor) => [tf.mul(a, b), tf.add(a, b)];
  const runner = await fromOnnx(toOnnx(fn, { inputs: specs, outputs: ['product', 'sum'] }));
  const out = await runner.run({ a: hostTensor([1, 2]), b: hostTensor([10], []) });
  expect([...(out['product']!.data as Float32Array)]).toEqual([10, 20]);
  expect([...(out['sum']!.data as Float32Array)]).toEqual([11, 12]);
  await expect(runner.run({ c: hostTensor([1]) })).rejects.toThrow('inputs must be named a, b, got c');
  await runner.dispose();
  expect(decodeOnnx(toOnnx(fn, { inputs: specs })).graph.outputs.map(({ name }) => name)).toEqual(['y0', 'y1']);
  expect(() => toOnnx(fn)).toThrow('toOnnx: inputs must be given for a function');
});

test('the same function gives the same bytes, training steps too', () => {
  const model = network();
  expect(Buffer.compare(Buffer.from(toOnnx(model)), Buffer.from(toOnnx(model)))).toBe(0);
  model.dispose();
  const update = adam();
  const spec = { shape: [3, 5, 7, 2], dtype: 'float32' } as const;
  const step = () =>
    encodeOnnx(
      trace(
        ({ x, w, m, v, scaled, root, keep }) => {
          const g = tf.grad((f: tf.Tensor) =>
            tf.sum(tf.relu(tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 2, 'same'))),
          )(w!);
          const scalars = { scaled: scaled as tf.Scalar, root: root as tf.Scalar, keep: keep as tf.Scalar };
          const next = update.update(w!, g, { m: m!, v: v! }, scalars, 'w');
          return { w2: next.parameter, ...next.slots };
        },
        {
          x: spec,
          ...Object.fromEntries(
            ['w', 'm', 'v'].map((name) => [name, { shape: [3, 3, 2, 4], dtype: 'float32' } as const]),
          ),
          ...Object.fromEntries(
            ['scaled', 'root', 'keep'].map((name) => [name, { shape: [], dtype: 'float32' } as const]),
          ),
        },
        { target: 'cpu' },
      ).model,
    );
  expect(Buffer.compare(Buffer.from(step()), Buffer.from(step()))).toBe(0);
});
