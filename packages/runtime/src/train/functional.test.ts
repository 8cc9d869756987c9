import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { createDraw } from '../testing/draw.js';
import { expectClose } from '../testing/kernelCases.js';
import { functional } from './functional.js';
import { sgd } from './optimizers.js';
import { trainStep } from './trainStep.js';

beforeAll(() => tf.setBackend('cpu'));

/** A small network with a layer of every kind that keeps state or trains. */
function network(): tf.LayersModel {
  const init = (seed: number) => tf.initializers.glorotNormal({ seed });
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        name: 'a',
        filters: 3,
        kernelSize: 3,
        inputShape: [5, 7, 2],
        kernelInitializer: init(1),
        useBias: false,
      }),
      tf.layers.batchNormalization({ name: 'b', momentum: 0.9 }),
      tf.layers.reLU(),
      tf.layers.flatten(),
      tf.layers.dense({ name: 'c', units: 2, kernelInitializer: init(2) }),
    ],
  });
}

describe.each(['cpu', 'tfjs'] as const)('device %s', (device) => {
  test('trains as LayersModel.trainOnBatch does, moving averages included', { timeout: 60_000 }, async () => {
    const draw = createDraw('layers');
    const [own, theirs] = [network(), network()];
    theirs.compile({ optimizer: tf.train.sgd(0.05), loss: 'meanSquaredError' });
    const net = functional(own);
    expect(Object.keys(net.parameters).sort()).toEqual(['a/kernel', 'b/beta', 'b/gamma', 'c/bias', 'c/kernel']);
    expect(Object.keys(net.state).sort()).toEqual(['b/moving_mean', 'b/moving_variance']);
    const step = trainStep(
      ({ parameters, state, inputs }) => {
        const applied = net.apply({ parameters, state }, inputs['x']!, { training: true });
        return {
          loss: tf.losses.meanSquaredError<tf.Tensor, tf.Scalar>(inputs['y']!, applied.outputs[0]!),
          state: applied.state,
        };
      },
      { parameters: net.parameters, state: net.state, optimizer: sgd({ learningRate: 0.05 }), device },
    );
    let tensors = 0;
    for (let i = 0; i < 3; i++) {
      const [x, y] = [draw.normal(4, 5, 7, 2), draw.normal(4, 2)];
      const [tx, ty] = [tf.tensor(x.data, [...x.shape]), tf.tensor(y.data, [...y.shape])];
      await theirs.trainOnBatch(tx, ty);
      const before = tf.memory().numTensors;
      await step.run({ x, y });
      tensors = tf.memory().numTensors - before;
      tf.dispose([tx, ty]);
    }
    expect(tensors).toBe(0);
    net.assign(step);
    await step.dispose();
    const expected = functional(theirs);
    for (const part of ['parameters', 'state'] as const) {
      for (const [name, value] of Object.entries(expected[part])) expectClose(net[part][name], value, name);
    }
    const probe = draw.normal(2, 5, 7, 2);
    const [a, b] = [own, theirs].map((model) =>
      tf.tidy(() => {
        const y = model.predict(tf.tensor(probe.data, [...probe.shape])) as tf.Tensor;
        return { data: y.dataSync<'float32'>().slice(), shape: y.shape };
      }),
    );
    expectClose(a, b!, 'prediction');
    own.dispose();
    theirs.dispose();
  });
});

test('the model is as it was after apply, also when it throws', () => {
  const model = network();
  const net = functional(model);
  const before = net.parameters['c/bias']!;
  tf.tidy(() => {
    const parameters = Object.fromEntries(
      Object.entries(net.parameters).map(([name, { shape }]) => [name, tf.ones([...shape])]),
    );
    const state = Object.fromEntries(Object.entries(net.state).map(([name, { shape }]) => [name, tf.ones([...shape])]));
    net.apply({ parameters, state }, tf.ones([1, 5, 7, 2]));
    expect(() => net.apply({ parameters, state }, tf.ones([1, 2]))).toThrow();
  });
  expect(net.parameters['c/bias']).toEqual(before);
  model.dispose();
});

test('two weights of one name are refused', () => {
  const inner = () => tf.sequential({ layers: [tf.layers.dense({ units: 2, name: 'same', inputShape: [2] })] });
  const model = tf.sequential({ layers: [inner(), inner()] });
  expect(() => functional(model)).toThrow(/functional: weight names must differ, got same\/\w+ twice/);
  model.dispose();
});
