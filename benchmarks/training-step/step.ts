/**
 * Our side of the training-step benchmark: one child process that trains the 5-layer autoencoder of paper 000 and takes a step
 * for each line on standard input, printing `{ ms, loss, peakMb }`.
 */
import { createInterface } from 'node:readline';
import { createRandom } from '@adlib/core';
import { adam, trainStep } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';
import { initialise, reconstruct } from '../../packages/models/src/convAutoencoder/network.js';

const [threads = '2', batch = '8', size = '256', profile = ''] = process.argv.slice(2);
const shape = { channels: 3, widths: [32, 64, 128, 256, 256] } as const;
const random = createRandom(0);
const first = initialise(shape, random.split('weights'));
const step = trainStep(
  ({ parameters, state, inputs }) => {
    const x = inputs['x'] as tf.Tensor4D;
    const result = reconstruct({ parameters, state }, x, true);
    return { loss: tf.losses.meanSquaredError(x, result.y), state: result.state };
  },
  { ...first, optimizer: adam(), device: 'cpu', threads: Number(threads), ...(profile === '' ? {} : { profile }) },
);
const dims = [Number(batch), Number(size), Number(size), 3];
const pixels = random.split('pixels');
const x = { shape: dims, data: Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => pixels.uniform()) };
for (let i = 0; i < 3; i++) await step.run({ x });
const count = Object.values(first.parameters).reduce((sum, { data }) => sum + data.length, 0);
console.log(JSON.stringify({ ready: true, node: process.version, parameters: count }));
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === 'stop') break;
  const start = performance.now();
  const { loss } = await step.run({ x });
  const usage = process.resourceUsage();
  console.log(
    JSON.stringify({
      ms: performance.now() - start,
      loss,
      peakMb: usage.maxRSS / 1024,
      nowMb: process.memoryUsage().rss / 2 ** 20,
    }),
  );
}
if (profile !== '') step.endProfiling();
await step.dispose();
