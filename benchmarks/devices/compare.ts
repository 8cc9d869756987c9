/**
 * The 5-layer autoencoder of paper 000 (batch 8, 256x256x3) on several devices: milliseconds of a training step and of scoring, and
 * how far losses, scores and maps are from the first device's.
 *
 *   npx tsx --conditions=@adlib/source benchmarks/devices/compare.ts cpu,webgpu
 */
import { createRandom, type Device } from '@adlib/core';
import { adam, compile, resolveDevice, trainStep, type HostTensor } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import { aggregateMaps, smoothMaps, squaredErrorMaps } from '../../packages/models/src/components/mapOps.js';
import { initialise, reconstruct } from '../../packages/models/src/convAutoencoder/network.js';

const STEPS = 15;
const shape = { channels: 3, widths: [32, 64, 128, 256, 256] } as const;
const random = createRandom(0);
const dims = [8, 256, 256, 3];
const x = { shape: dims, data: Float32Array.from({ length: 8 * 256 * 256 * 3 }, () => random.uniform()) };
const median = (list: readonly number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]!;
const tensors = (named: Record<string, HostTensor>) =>
  Object.fromEntries(Object.entries(named).map(([name, t]) => [name, tf.tensor(t.data, [...t.shape])]));

/** Largest difference of two lists, as a share of the largest value. */
function apart(a: ArrayLike<number>, b: ArrayLike<number>): string {
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < a.length; i++) {
    difference = Math.max(difference, Math.abs(a[i]! - b[i]!));
    scale = Math.max(scale, Math.abs(a[i]!));
  }
  return (difference / scale).toExponential(1);
}

async function measure(device: Device) {
  const first = initialise(shape, createRandom(3));
  const step = trainStep(
    ({ parameters, state, inputs }) => {
      const input = inputs['x'] as tf.Tensor4D;
      const result = reconstruct({ parameters, state }, input, true);
      return { loss: tf.losses.meanSquaredError(input, result.y), state: result.state };
    },
    { ...first, optimizer: adam(), device },
  );
  const losses: number[] = [];
  const trainMs: number[] = [];
  for (let i = 0; i < STEPS; i++) {
    const start = performance.now();
    losses.push((await step.run({ x })).loss);
    trainMs.push(performance.now() - start);
  }
  await step.dispose();
  const score = compile(
    (input: tf.Tensor4D) => {
      const { y } = reconstruct({ parameters: tensors(first.parameters), state: tensors(first.state) }, input, false);
      const map = smoothMaps(squaredErrorMaps(input, y), 4);
      return { map, score: aggregateMaps(map, 'mean', 1) };
    },
    { device },
  );
  let out = await score(x);
  const scoreMs: number[] = [];
  for (let i = 0; i < STEPS; i++) {
    const start = performance.now();
    out = await score(x);
    scoreMs.push(performance.now() - start);
  }
  await score.dispose();
  return { losses, trainMs: median(trainMs), scoreMs: median(scoreMs), score: out.score.data, map: out.map.data };
}

let reference: Awaited<ReturnType<typeof measure>> | undefined;
for (const name of (process.argv[2] ?? 'cpu').split(',')) {
  const { device } = await resolveDevice(name as Device);
  const found = await measure(device);
  reference ??= found;
  console.log(
    `${device}: training ${found.trainMs.toFixed(0)} ms a step, scoring ${found.scoreMs.toFixed(0)} ms a batch of 8; ` +
      `from the first device: first loss ${apart(reference.losses.slice(0, 1), found.losses.slice(0, 1))}, ` +
      `${STEPS} losses ${apart(reference.losses, found.losses)}, scores ${apart(reference.score, found.score)}, ` +
      `maps ${apart(reference.map, found.map)} (shares of the largest value)`,
  );
}
