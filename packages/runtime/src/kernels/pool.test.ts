import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { encodeOnnx } from '../onnx/encode.js';
import { fromOnnx } from '../onnx/fromOnnx.js';
import type { HostTensor } from '../session/tensor.js';
import { createDraw } from '../testing/draw.js';
import { checkKernels, expectClose, type KernelCase } from '../testing/kernelCases.js';
import { trace } from '../trace/trace.js';
import { poolKernels } from './pool.js';

type Pad = 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
type Pair = [number, number];

const geometries: readonly {
  name: string;
  filter: number | Pair;
  strides: number | Pair;
  pad: Pad;
  rounding?: 'floor' | 'ceil';
}[] = [
  { name: '2×2', filter: 2, strides: 2, pad: 'valid' },
  { name: '3×3 stride 2 same', filter: 3, strides: 2, pad: 'same' },
  { name: '3×3 stride 1 same', filter: 3, strides: 1, pad: 'same' },
  { name: '2×3 strides 1 and 2', filter: [2, 3], strides: [1, 2], pad: 'valid' },
  { name: '3×3 stride 2, padded by 1', filter: 3, strides: 2, pad: 1, rounding: 'floor' },
  { name: '2×2 stride 3, gaps between the windows', filter: 2, strides: 3, pad: 'valid' },
  { name: 'explicit padding', filter: 3, strides: 2, pad: [[0, 0], [1, 0], [0, 2], [0, 0]], rounding: 'floor' }, // prettier-ignore
  { name: 'rounded up: the last window hangs over', filter: 2, strides: 2, pad: 0, rounding: 'ceil' },
  { name: 'the whole picture', filter: [5, 7], strides: 1, pad: 'valid' },
];

const kernels = { MaxPool: tf.maxPool, AvgPool: tf.avgPool, MaxPoolGrad: tf.maxPool, AvgPoolGrad: tf.avgPool };

/** tfjs divides an average's gradient by the whole window even where part of it lies outside the picture. */
function gradientsOf(kernel: string, name: string): Partial<KernelCase> {
  if (!kernel.endsWith('Grad')) return { gradients: 'none' };
  if (kernel === 'AvgPoolGrad') return { gradients: 'differences' };
  // tfjs forgets the rounding in the gradient: checked against a picture that is padded to whole windows.
  const whole = (x: tf.Tensor4D) => tf.maxPool(tf.pad<tf.Tensor4D>(x, [[0, 0], [0, 1], [0, 1], [0, 0]], -99), 2, 2, 'valid'); // prettier-ignore
  return name.startsWith('rounded up') ? { reference: whole } : {};
}

const cases = Object.entries(kernels).flatMap(([kernel, fn]) =>
  geometries.map(({ name, filter, strides, pad, rounding }): KernelCase => ({
    kernel,
    name: kernel === 'AvgPoolGrad' ? `${name} (tfjs is wrong at the border)` : name,
    inputs: (d) => [d.distinct(2, 5, 7, 3)],
    fn: (x: tf.Tensor4D) => fn(x, filter, strides, pad, rounding),
    ...gradientsOf(kernel, name),
  })),
);

cases.push({
  kernel: 'MaxPoolGrad',
  name: 'ties: the first largest of each window gets the gradient',
  inputs: (d) => {
    const { shape, data } = d.integers(0, 2, 2, 5, 7, 3);
    return [{ shape, data: Float32Array.from(data) }];
  },
  fn: (x: tf.Tensor4D) => tf.maxPool(x, 3, 2, 'same'),
});

checkKernels(poolKernels, cases);

test.each(geometries)(
  'the max gradient for other devices is the same: $name',
  async ({ filter, strides, pad, rounding }) => {
    const draw = createDraw('portable');
    const x = draw.integers(-3, 1, 2, 5, 7, 3);
    const gradient = (inputs: Record<string, tf.Tensor>) => ({
      dx: tf.grad((v: tf.Tensor) =>
        tf.sum(tf.square(tf.add(tf.maxPool(v as tf.Tensor4D, filter, strides, pad, rounding), 5))),
      )(inputs['x'] as tf.Tensor4D),
    });
    const results = [];
    for (const target of ['cpu', 'any'] as const) {
      const { model } = trace(gradient, { x: { shape: x.shape, dtype: 'float32' } }, { target });
      expect(model.graph.nodes.some(({ opType }) => opType === 'ScatterElements')).toBe(target === 'cpu');
      const runner = await fromOnnx(encodeOnnx(model), { device: 'cpu' });
      results.push((await runner.run({ x: { data: Float32Array.from(x.data), shape: x.shape } }))['dx']!);
      await runner.dispose();
    }
    expectClose(results[1] as HostTensor, results[0] as HostTensor, 'dx', 1e-6);
  },
);
