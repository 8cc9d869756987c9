import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UnsupportedDeviceError } from '@adlib/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../compile.js';
import { batchNormTraining } from '../ops/batchNorm.js';
import { dilatedConv2d } from '../ops/dilatedConv2d.js';
import { gelu } from '../ops/gelu.js';
import { layerNorm } from '../ops/layerNorm.js';
import { pad } from '../ops/pad.js';
import { resizeBilinear } from '../ops/resizeBilinear.js';
import { createDraw } from '../testing/draw.js';
import { expectClose } from '../testing/kernelCases.js';
import type { LossContext, LossResult } from '../train/lossAndGradients.js';
import { adam } from '../train/optimizers.js';
import { trainStep } from '../train/trainStep.js';
import { resolveDevice } from './device.js';
import type { HostTensor } from './tensor.js';

beforeAll(() => tf.setBackend('cpu'));

const draw = createDraw('devices');
const parameters: Record<string, HostTensor> = {
  a: draw.normal(3, 3, 2, 4),
  scale: draw.uniform(0.5, 1.5, 4),
  offset: draw.normal(4),
  b: draw.normal(3, 3, 2, 4),
  dense: draw.normal(4, 3),
};
const batch = { x: draw.normal(2, 6, 10, 2), y: draw.normal(2, 6, 10, 2) };

/** A small network with batch norm, pooling, attention and transposed convolution, from pictures to pictures. */
function network(p: Record<string, tf.Tensor>, x: tf.Tensor4D) {
  const h = tf.conv2d(x, p['a'] as tf.Tensor4D, 2, 'same');
  const { y, mean } = batchNormTraining(h, p['scale'] as tf.Tensor1D, p['offset'] as tf.Tensor1D);
  const features = tf.relu(y);
  const rows = tf.reshape<tf.Rank.R3>(features, [2, 15, 4]);
  const attention = tf.softmax(tf.matMul(rows, rows, false, true));
  const mixed = layerNorm(tf.matMul(attention, rows), p['scale'] as tf.Tensor1D, p['offset'] as tf.Tensor1D);
  const pooled = tf.maxPool(tf.reshape<tf.Rank.R4>(mixed, [2, 3, 5, 4]), 2, 1, 'same');
  const up = tf.conv2dTranspose(pooled, p['b'] as tf.Tensor4D, [2, 6, 10, 2], 2, 'same');
  const logits = tf.matMul(tf.mean<tf.Tensor2D>(pooled, [1, 2]), p['dense'] as tf.Tensor2D);
  return { y: tf.add<tf.Tensor4D>(up, resizeBilinear(up, [6, 10])), mean, logits };
}

const loss = ({ parameters: p, state, inputs }: LossContext): LossResult => {
  const { y, mean, logits } = network(p, inputs['x'] as tf.Tensor4D);
  const error = tf.mean<tf.Scalar>(tf.squaredDifference(y, inputs['y']!));
  return {
    loss: tf.add(error, tf.mean(tf.square(tf.logSoftmax(logits)))),
    state: { mean: tf.add(tf.mul(state['mean']!, 0.9), tf.mul(mean, 0.1)) },
  };
};

async function everything(device: 'cpu' | 'wasm' | 'webgpu') {
  const forward = compile((p: Record<string, tf.Tensor>, x: tf.Tensor4D) => network(p, x), { device });
  const result = await forward(parameters, batch.x);
  await forward.dispose();
  const state = { mean: { data: new Float32Array(4), shape: [4] } };
  const step = trainStep(loss, { parameters, state, optimizer: adam({ learningRate: 0.01 }), device });
  const { loss: value } = await step.run(batch);
  const { loss: next } = await step.run(batch);
  const trained = { ...step.parameters, ...step.state };
  await step.dispose();
  return { result, value, next, trained };
}

/** Whether a device runs here; where it does not, its tests are skipped and say why. */
function whyNot(device: 'wasm' | 'webgpu'): Promise<string | undefined> {
  return (reasons[device] ??= tryOnce(device));
}

const reasons: Partial<Record<string, Promise<string | undefined>>> = {};

async function tryOnce(device: 'wasm' | 'webgpu'): Promise<string | undefined> {
  if (device === 'webgpu' && process.env['VK_DRIVER_FILES'] === undefined)
    return 'no Vulkan driver: set VK_DRIVER_FILES';
  try {
    const f = compile((x: tf.Tensor) => tf.relu(x), { device });
    await f({ data: Float32Array.of(-1, 1), shape: [2] });
    await f.dispose();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** A sum in which no two neighbours count alike. */
const weighted = (y: tf.Tensor) => tf.sum(tf.mul(y, tf.reshape(tf.sin(tf.range(1, y.size + 1)), y.shape)));

/** Kernels that are made in another way for other devices than the CPU, or whose kernels there were found wrong. */
const alone: Record<string, readonly [inputs: readonly HostTensor[], fn: (...inputs: never[]) => tf.Tensor]> = {
  conv2d: [[draw.normal(2, 6, 10, 2), draw.normal(3, 3, 2, 4)], (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, 2, 'same')], // prettier-ignore
  'conv2d, stride 1': [[draw.normal(2, 6, 10, 2), draw.normal(3, 2, 2, 4)], (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, 1, 'same')], // prettier-ignore
  'conv2d, 9 to 4 channels': [[draw.normal(2, 6, 10, 9), draw.normal(3, 3, 9, 4)], (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, 1, 'valid')], // prettier-ignore
  conv2dTranspose: [[draw.normal(2, 3, 5, 4), draw.normal(3, 3, 2, 4)], (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2dTranspose(x, w, [2, 6, 10, 2], 2, 'same')], // prettier-ignore
  depthwiseConv2d: [[draw.normal(2, 6, 10, 2), draw.normal(3, 3, 2, 2)], (x: tf.Tensor4D, w: tf.Tensor4D) => tf.depthwiseConv2d(x, w, 2, 'same')], // prettier-ignore
  'depthwiseConv2d, 6 filters per channel': [[draw.normal(2, 6, 10, 2), draw.normal(3, 3, 2, 6)], (x: tf.Tensor4D, w: tf.Tensor4D) => tf.depthwiseConv2d(x, w, 1, 'valid')], // prettier-ignore
  dilatedConv2d: [[draw.normal(2, 6, 10, 2), draw.normal(3, 3, 2, 4)], (x: tf.Tensor4D, w: tf.Tensor4D) => dilatedConv2d(x, w, { dilations: 2 })], // prettier-ignore
  batchNormTraining: [[draw.normal(2, 6, 10, 4), draw.normal(4), draw.normal(4)], (x: tf.Tensor4D, s: tf.Tensor1D, o: tf.Tensor1D) => batchNormTraining(x, s, o).y], // prettier-ignore
  maxPool: [[draw.distinct(2, 6, 10, 3)], (x: tf.Tensor4D) => tf.maxPool(x, 3, 2, 'same')],
  avgPool: [[draw.normal(2, 6, 10, 3)], (x: tf.Tensor4D) => tf.avgPool(x, 3, 2, 'same')],
  gather: [[draw.normal(5, 3)], (x: tf.Tensor) => tf.gather(x, tf.tensor1d([1, 1, 3], 'int32'))],
  softmax: [[draw.normal(2, 3, 15)], (x: tf.Tensor) => tf.softmax(x)],
  matMul: [[draw.normal(2, 15, 4), draw.normal(2, 4, 3)], (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y)],
  gelu: [[draw.normal(2, 15)], (x: tf.Tensor) => gelu(x)],
  pad: [[draw.normal(2, 6, 10, 2)], (x: tf.Tensor) => pad(x, [[0, 0], [1, 2], [3, 0], [0, 0]], { mode: 'reflect' })], // prettier-ignore
};

describe.each([
  ['wasm', 1e-4],
  ['webgpu', 1e-3],
] as const)('device %s', (device, tolerance) => {
  test(
    `a network forward and two training steps as on the CPU, relative ${tolerance}`,
    { timeout: 120_000 },
    async ({ skip }) => {
      const reason = await whyNot(device);
      skip(reason !== undefined, `${device} does not run here: ${reason}`);
      const [expected, actual] = [await everything('cpu'), await everything(device)];
      for (const [name, value] of Object.entries(expected.result)) {
        expectClose(actual.result[name as 'y'], value, name, tolerance);
      }
      expect(Math.abs(actual.value / expected.value - 1)).toBeLessThan(tolerance);
      expect(Math.abs(actual.next / expected.next - 1)).toBeLessThan(tolerance);
      for (const [name, value] of Object.entries(expected.trained)) {
        expectClose(actual.trained[name], value, `trained ${name}`, tolerance);
      }
    },
  );
});

describe.each([
  ['wasm', 1e-4],
  ['webgpu', 1e-3],
] as const)('device %s, values and gradients as on the CPU', (device, tolerance) => {
  for (const [name, [inputs, fn]] of Object.entries(alone)) {
    test(name, { timeout: 60_000 }, async ({ skip }) => {
      const reason = await whyNot(device);
      skip(reason !== undefined, `${device} does not run here: ${reason}`);
      const call = fn as (...inputs: tf.Tensor[]) => tf.Tensor;
      const f = (...xs: tf.Tensor[]) => [
        call(...xs),
        ...tf.grads((...moving: tf.Tensor[]) => weighted(call(...moving)))(xs),
      ];
      const [cpu, other] = [compile(f, { device: 'cpu' }), compile(f, { device })];
      const expected = await cpu(...inputs);
      (await other(...inputs)).forEach((value, i) => expectClose(value, expected[i]!, `${name} ${i}`, tolerance));
      await Promise.all([cpu.dispose(), other.dispose()]);
    });
  }
});

test('auto picks the CPU in Node and says why', async () => {
  expect(await resolveDevice()).toEqual({ device: 'cpu', why: 'onnxruntime-node is installed' });
  expect((await resolveDevice('tfjs')).why).toBe('device "tfjs" was asked for');
  await expect(resolveDevice('gpu' as 'cpu')).rejects.toThrow('resolveDevice: device must be');
});

test('the error for a missing device is its own class', () => {
  expect(new UnsupportedDeviceError('x')).toBeInstanceOf(Error);
});

test('without ONNX Runtime: one line that says what to install; auto falls back', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'adlib-device-'));
  try {
    writeFileSync(
      join(folder, 'hide.mjs'),
      `export async function resolve(name, context, next) {
        if (/^onnxruntime-(node|web)/.test(name)) {
          throw Object.assign(new Error("Cannot find package '" + name + "'"), { code: 'ERR_MODULE_NOT_FOUND' });
        }
        return next(name, context);
      }`,
    );
    writeFileSync(
      join(folder, 'run.mts'),
      `import { register } from 'node:module';
       register(${JSON.stringify(pathToFileURL(join(folder, 'hide.mjs')).href)});
       const { compile, resolveDevice } = await import(${JSON.stringify(new URL('../index.ts', import.meta.url).href)});
       for (const device of ['cpu', 'wasm', 'webgpu']) {
         const f = compile((x) => x, { device });
         console.log(await f({ data: Float32Array.of(1), shape: [1] }).catch((error) => error.name + ': ' + error.message));
       }
       console.log(JSON.stringify(await resolveDevice()));`,
    );
    const root = new URL('../../../../', import.meta.url);
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), '--conditions=@adlib/source', join(folder, 'run.mts')],
      { cwd: root, encoding: 'utf8', env: { ...process.env, NODE_NO_WARNINGS: '1' } },
    );
    expect(stdout.trim().split('\n'), stderr).toEqual([
      'UnsupportedDeviceError: device "cpu" needs the package onnxruntime-node. Install it: npm install onnxruntime-node',
      'UnsupportedDeviceError: device "wasm" needs the package onnxruntime-web. Install it: npm install onnxruntime-web',
      'UnsupportedDeviceError: device "webgpu" needs the package onnxruntime-node. Install it: npm install onnxruntime-node',
      '{"device":"tfjs","why":"ONNX Runtime is not installed; this is slow"}',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
