import { readFileSync } from 'node:fs';
import { DisposedError } from '@adlib/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { TrainingDivergedError } from '../errors.js';
import { batchNormTraining } from '../ops/batchNorm.js';
import { hostTensor, type HostTensor } from '../session/tensor.js';
import { createDraw } from '../testing/draw.js';
import { expectClose } from '../testing/kernelCases.js';
import type { LossContext, LossResult, NamedTensors } from './lossAndGradients.js';
import { adam, adamW, sgd, type Optimizer } from './optimizers.js';
import { cosineSchedule } from './schedules.js';
import { trainStep } from './trainStep.js';

interface Pack {
  shape: number[];
  data: number[];
}
type Packs = Record<string, Pack>;

const golden = JSON.parse(readFileSync(new URL('../../../../fixtures/training.json', import.meta.url), 'utf8')) as {
  first: Packs;
  batches: { x: Pack; y: Pack }[];
  runs: { name: string; steps: { loss: number; gradientNorm: number; parameters?: Packs; state?: Packs }[] }[];
};
const unpack = ({ shape, data }: Pack): HostTensor => ({ shape, data: Float32Array.from(data) });
const unpackAll = (packs: Packs) => Object.fromEntries(Object.entries(packs).map(([name, p]) => [name, unpack(p)]));

/** The network of fixtures/generate_training.py. */
function loss({ parameters: p, state, inputs }: LossContext): LossResult {
  const x = tf.conv2d(inputs['x'] as tf.Tensor4D, p['filter0'] as tf.Tensor4D, 1, 'same');
  const { y, mean, variance } = batchNormTraining(x, p['scale'] as tf.Tensor1D, p['offset'] as tf.Tensor1D, 1e-3);
  const padded = tf.pad(tf.relu(y), [[0, 0], [1, 1], [0, 0], [0, 0]]); // prettier-ignore
  const h = tf.conv2d(padded, p['filter1'] as tf.Tensor4D, 2, 'valid');
  const out = tf.add(tf.matMul(tf.reshape<tf.Rank.R2>(h, [3, 27]), p['weight'] as tf.Tensor2D), p['bias']!);
  const blend = (old: tf.Tensor, now: tf.Tensor) => tf.add(tf.mul(old, 0.9), tf.mul(now, 0.1));
  return {
    loss: tf.mean(tf.squaredDifference(out, inputs['y']!)),
    state: { mean: blend(state['mean']!, mean), variance: blend(state['variance']!, tf.mul(variance, 90 / 89)) },
    metrics: { largest: tf.max(tf.abs(out)) },
  };
}

const optimizers: Record<string, { optimizer: Optimizer; clipNorm?: number }> = {
  sgd: { optimizer: sgd({ learningRate: 0.05 }) },
  'sgd momentum and coupled decay': { optimizer: sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 0.1 }) },
  'sgd nesterov': { optimizer: sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true }) },
  adam: { optimizer: adam({ learningRate: 0.01 }) },
  'adam coupled decay': { optimizer: adam({ learningRate: 0.01, weightDecay: 0.1 }) },
  adamW: { optimizer: adamW({ learningRate: 0.01, weightDecay: 0.1 }) },
  clipped: { optimizer: sgd({ learningRate: 0.05 }), clipNorm: 0.3 },
  cosine: { optimizer: adam({ learningRate: cosineSchedule({ from: 0.05, to: 0.001, steps: 4, warmup: 1 }) }) },
};
const running = { mean: hostTensor([0, 0, 0, 0]), variance: hostTensor([1, 1, 1, 1]) };

beforeAll(() => tf.setBackend('cpu'));

describe.each(['cpu', 'tfjs'] as const)('five steps as PyTorch, device %s', (device) => {
  test.each(golden.runs)('$name', async ({ name, steps }) => {
    const step = trainStep(loss, { parameters: unpackAll(golden.first), state: running, device, ...optimizers[name]! });
    for (const [i, expected] of steps.entries()) {
      const { x, y } = golden.batches[i]!;
      const result = await step.run({ x: unpack(x), y: unpack(y) });
      expect(Math.abs(result.loss / expected.loss - 1)).toBeLessThan(1e-4);
      expect(Math.abs(result.gradientNorm / expected.gradientNorm - 1)).toBeLessThan(1e-4);
      expect(result.metrics['largest']).toBeGreaterThan(0);
      for (const [key, pack] of Object.entries(expected.parameters ?? {})) {
        expectClose(step.parameters[key], unpack(pack), `step ${i + 1} ${key}`);
      }
      for (const [key, pack] of Object.entries(expected.state ?? {})) {
        expectClose(step.state[key], unpack(pack), `step ${i + 1} running ${key}`);
      }
    }
    expect(step.steps).toBe(5);
    expect(step.device).toBe(device);
    await step.dispose();
  });
});

/** `w x` against `y`. */
const line = ({ parameters, inputs }: { parameters: NamedTensors; inputs: NamedTensors }) =>
  tf.mean<tf.Scalar>(tf.squaredDifference(tf.mul(inputs['x']!, parameters['w']!), inputs['y']!));
const start = { w: hostTensor([0.5], [1]) };

describe.each(['cpu', 'tfjs'] as const)('device %s', (device) => {
  test('a loss that is NaN stops, names the step, keeps the parameters; training can go on', async () => {
    const step = trainStep(line, { parameters: start, optimizer: adam({ learningRate: 0.1 }), device });
    const good = { x: hostTensor([1, 2]), y: hostTensor([3, 6]) };
    await step.run(good);
    const before = step.parameters['w']!.data[0];
    const failed = step.run({ x: hostTensor([NaN, 2]), y: hostTensor([3, 6]) });
    await expect(failed).rejects.toThrow(TrainingDivergedError);
    await expect(failed).rejects.toThrow('the loss of step 2 is NaN. The parameters of step 1 are kept');
    await expect(failed).rejects.toMatchObject({ step: 2 });
    expect(step.parameters['w']!.data[0]).toBe(before);
    expect(step.steps).toBe(1);
    const overflow = step.run({ x: hostTensor([1e30, 1]), y: hostTensor([0, 0]) });
    await expect(overflow).rejects.toMatchObject({ step: 2 });
    const { loss: after } = await step.run(good);
    expect(Number.isFinite(after)).toBe(true);
    expect(step.steps).toBe(2);
    await step.dispose();
  });

  test('a parameter that does not change the loss is named', async () => {
    const step = trainStep(line, { parameters: { ...start, idle: hostTensor([1]) }, optimizer: adam(), device });
    await expect(step.run({ x: hostTensor([1]), y: hostTensor([1]) })).rejects.toThrow(
      'parameter idle does not change the loss',
    );
    await step.dispose();
  });

  test('no tensors stay behind, also when the loss throws', async () => {
    const step = trainStep(line, { parameters: start, optimizer: adam(), device });
    const inputs = { x: hostTensor([1, 2]), y: hostTensor([3, 6]) };
    await step.run(inputs);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 5; i++) await step.run(inputs);
    const thrower = trainStep(
      () => {
        throw new Error('mine');
      },
      { parameters: start, optimizer: adam(), device },
    );
    await expect(thrower.run(inputs)).rejects.toThrow('mine');
    await thrower.run(inputs).catch(() => undefined);
    expect(tf.memory().numTensors).toBe(before);
    expect(tf.getBackend()).toBe('cpu');
    await step.dispose();
  });
});

test('300 steps: memory and tensors stay flat', { timeout: 120_000 }, async () => {
  const draw = createDraw('flat');
  const step = trainStep(loss, {
    parameters: unpackAll(golden.first),
    state: running,
    optimizer: adam(),
    device: 'cpu',
  });
  const batch = () => ({ x: draw.normal(3, 5, 6, 2), y: draw.normal(3, 2) });
  for (let i = 0; i < 50; i++) await step.run(batch());
  globalThis.gc?.();
  const [bytes, tensors] = [process.memoryUsage().rss, tf.memory().numTensors];
  for (let i = 0; i < 300; i++) await step.run(batch());
  globalThis.gc?.();
  expect(tf.memory().numTensors).toBe(tensors);
  expect((process.memoryUsage().rss - bytes) / 2 ** 20).toBeLessThan(40);
  await step.dispose();
});

test('other batch sizes get graphs of their own; steps started together run one after the other', async () => {
  const step = trainStep(line, { parameters: start, optimizer: sgd({ learningRate: 0.01 }), device: 'cpu' });
  const alone = trainStep(line, { parameters: start, optimizer: sgd({ learningRate: 0.01 }), device: 'cpu' });
  const batches = Array.from({ length: 12 }, (_, i) => ({
    x: hostTensor(new Array<number>(i + 1).fill(1)),
    y: hostTensor(new Array<number>(i + 1).fill(i)),
  }));
  const together = await Promise.all(batches.map((batch) => step.run(batch)));
  for (const [i, batch] of batches.entries()) expect(await alone.run(batch)).toEqual(together[i]);
  expect(step.parameters).toEqual(alone.parameters);
  await Promise.all([step.dispose(), alone.dispose()]);
});

test('values that are given and taken are copies', async () => {
  const w = hostTensor([0.5], [1]);
  const step = trainStep(line, { parameters: { w }, optimizer: adam(), device: 'cpu' });
  step.parameters['w']!.data[0] = 7;
  await step.run({ x: hostTensor([1]), y: hostTensor([1]) });
  expect(w.data[0]).toBe(0.5);
  expect(step.parameters['w']!.data[0]).toBeCloseTo(0.501, 5);
  await step.dispose();
});

test('wrong use says what is wrong', async () => {
  const optimizer = adam();
  expect(() => trainStep(line, { parameters: start, optimizer, clip: 1 } as never)).toThrow('clip');
  expect(() => trainStep(line, { parameters: start, optimizer, clipNorm: -1 })).toThrow('trainStep: clipNorm must be');
  const ints = { w: { data: Int32Array.of(1), shape: [1] } };
  expect(() => trainStep(line, { parameters: ints, optimizer })).toThrow('parameters.w must be float32');
  const vector = trainStep(({ parameters }) => parameters['w'] as tf.Scalar, {
    parameters: start,
    optimizer,
    device: 'cpu',
  });
  await expect(vector.run({})).rejects.toThrow('the loss must be a scalar tensor, got one of shape [1]');
  const step = trainStep(line, { parameters: start, optimizer, device: 'cpu' });
  await expect(step.run({ x: { data: new Float32Array(3), shape: [2] } })).rejects.toThrow(
    'inputs.x.data must have 2 values',
  );
  await step.dispose();
  await step.dispose();
  await expect(step.run({})).rejects.toThrow(DisposedError);
  expect(step.parameters['w']!.data[0]).toBe(0.5);
});
