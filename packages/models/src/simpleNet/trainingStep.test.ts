import { readFileSync } from 'node:fs';
import { compile, type HostTensor, type NamedTensors } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { adapt, discriminate } from './network.js';
import { discriminatorStep, type StepOptions } from './trainingStep.js';

interface Pack {
  shape: number[];
  data: number[];
}
type Packs = Record<string, Pack>;

const golden = JSON.parse(readFileSync(new URL('../../../../fixtures/simplenet.json', import.meta.url), 'utf8')) as {
  batches: { patches: Pack; noise: Pack }[];
  runs: {
    name: string;
    options: StepOptions;
    first: Packs;
    steps: { loss: number; gradientNorm: number }[];
    last: Packs;
    state: Packs;
    outputs: Pack;
  }[];
};
const host = ({ shape, data }: Pack): HostTensor => ({ shape, data: Float32Array.from(data) });
const hostAll = (packs: Packs) => Object.fromEntries(Object.entries(packs).map(([name, pack]) => [name, host(pack)]));
const apart = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

describe.each(['cpu', 'tfjs'] as const)('five steps as PyTorch, device %s', (device) => {
  test.each(golden.runs)('$name', async ({ options, first, steps, last, state, outputs }) => {
    const before = tf.memory().numTensors;
    const hidden = state['discriminator.norm.mean']!.shape;
    const initial = {
      parameters: hostAll(first),
      state: {
        'discriminator.norm.mean': { data: new Float32Array(hidden[0]!), shape: hidden },
        'discriminator.norm.variance': { data: new Float32Array(hidden[0]!).fill(1), shape: hidden },
      },
    };
    // Each step a pass: the cosine ends after the five.
    const passes = { metaEpochs: steps.length + 1, ganEpochs: 1 };
    const step = discriminatorStep({ ...options, ...passes }, initial, 1, device);
    for (const [i, { patches, noise }] of golden.batches.entries()) {
      const { loss, gradientNorm } = await step.run({ patches: host(patches), noise: host(noise) });
      expect(Math.abs(loss / steps[i]!.loss - 1)).toBeLessThan(1e-5);
      expect(Math.abs(gradientNorm / steps[i]!.gradientNorm - 1)).toBeLessThan(1e-4);
    }
    const { parameters, state: running } = step;
    expect(Object.keys(parameters).sort()).toEqual(Object.keys(last).sort());
    for (const [name, { data }] of Object.entries(last)) {
      // Against what the steps changed, which is a few per cent of the values.
      const change = apart(data, first[name]!.data);
      expect(change).toBeGreaterThan(1e-3);
      expect(apart(parameters[name]!.data, data) / change, name).toBeLessThan(1e-3);
    }
    for (const [name, { data }] of Object.entries(state)) expect(apart(running[name]!.data, data)).toBeLessThan(1e-5);
    const judge = compile(
      (tensors: NamedTensors, patches: tf.Tensor2D) =>
        discriminate(tensors, adapt(tensors, patches, options.adapterLayers)),
      { device },
    );
    const said = (await judge({ ...parameters, ...running }, host(golden.batches.at(-1)!.patches))).data;
    expect(apart(said, outputs.data)).toBeLessThan(1e-5);
    await judge.dispose();
    await step.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('clipping binds in the golden runs, so that its absence would show', () => {
  const [free, clipped] = golden.runs;
  expect(clipped!.steps.every(({ gradientNorm }) => gradientNorm > clipped!.options.clipNorm!)).toBe(true);
  expect(free!.steps[1]!.loss).not.toBe(clipped!.steps[1]!.loss);
});
