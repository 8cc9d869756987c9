import { describe, expect, test } from 'vitest';
import * as tf from '@tensorflow/tfjs';
import { adam, adamW, parameterGroups, sgd } from './optimizers.js';
import { trainStep } from './trainStep.js';

// What the optimisers compute is compared with PyTorch in trainStep.test.ts.
test('a learning rate may follow the step', () => {
  expect(sgd({ learningRate: (step) => 1 / (step + 1) }).scalars(3)).toEqual({ rate: 0.25 });
  expect(adam({ learningRate: (step) => step }).scalars(0)['scaled']).toBe(0);
});

test('out of range', () => {
  expect(() => sgd({ learningRate: -1 })).toThrow('sgd: learningRate must be');
  expect(() => sgd({ learningRate: 1, momentum: NaN })).toThrow('momentum must be');
  expect(() => adam({ beta1: 1 })).toThrow('adam: beta1 must be');
  expect(() => adamW({ weightDecay: -1 })).toThrow('adamW: weightDecay must be');
});

describe('parameterGroups', () => {
  const groups = () => parameterGroups({ 'a.': adam({ learningRate: 0.1 }), 'b.': adamW({ learningRate: 0.01 }) });
  const value = () => ({ data: Float32Array.of(1, -2), shape: [2] });

  test('each parameter moves as by its own optimiser', async () => {
    const loss = ({ parameters }: { parameters: Readonly<Record<string, tf.Tensor>> }) =>
      tf.addN(Object.values(parameters).map((p) => tf.sum<tf.Scalar>(tf.square(p))));
    const both = trainStep(loss, {
      parameters: { 'a.w': value(), 'b.w': value() },
      optimizer: groups(),
      device: 'cpu',
    });
    const alone = [adam({ learningRate: 0.1 }), adamW({ learningRate: 0.01 })].map((optimizer) =>
      trainStep(loss, { parameters: { w: value() }, optimizer, device: 'cpu' }),
    );
    for (let i = 0; i < 3; i++) for (const step of [both, ...alone]) await step.run({});
    expect(both.parameters['a.w']!.data).toEqual(alone[0]!.parameters['w']!.data);
    expect(both.parameters['b.w']!.data).toEqual(alone[1]!.parameters['w']!.data);
    for (const step of [both, ...alone]) await step.dispose();
  });

  test('a parameter without a group, no groups, and groups with other slots are refused', async () => {
    const step = trainStep(({ parameters }) => tf.sum<tf.Scalar>(parameters['c']!), {
      parameters: { c: value() },
      optimizer: groups(),
      device: 'cpu',
    });
    await expect(step.run({})).rejects.toThrow('groups must be one that c begins with');
    await step.dispose();
    expect(() => parameterGroups({})).toThrow('one or more optimisers');
    expect(() => parameterGroups({ a: adam(), b: sgd({ learningRate: 1 }) })).toThrow('the same slots');
  });
});
