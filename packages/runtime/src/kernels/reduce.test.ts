import * as tf from '@tensorflow/tfjs';
import { checkKernels, type KernelCase } from '../testing/kernelCases.js';
import { reduceKernels } from './reduce.js';

type Reduce = (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor;

const axes: readonly (readonly [name: string, axis: number | number[] | undefined])[] = [
  ['everything', undefined],
  ['channels', -1],
  ['the batch', 0],
  ['height', 1],
  ['width', 2],
  ['height and width', [1, 2]],
  ['batch, height and width', [0, 1, 2]],
  ['width and channels', [2, 3]],
  ['batch and channels', [3, 0]],
];

const floats: readonly (readonly [string, Reduce])[] = [
  ['Sum', tf.sum],
  ['Mean', tf.mean],
  ['Prod', tf.prod],
  ['Max', tf.max],
  ['Min', tf.min],
];

const floatCases = floats.flatMap(([kernel, fn]) =>
  axes.flatMap(([name, axis]) =>
    [false, true].map((keep): KernelCase => ({
      kernel,
      name: `over ${name}${keep ? ', axes kept' : ''}`,
      inputs: (d) => [kernel === 'Prod' ? d.uniform(0.8, 1.2, 2, 3, 5, 4) : d.distinct(2, 3, 5, 4)],
      fn: (x: tf.Tensor) => fn(x, axis, keep),
      // tfjs's gradient of prod fails for a negative axis.
      ...(kernel === 'Prod' && axis === -1 ? { gradients: 'none' } : {}),
    })),
  ),
);

const other = (kernel: string, name: string, rest: Omit<KernelCase, 'kernel' | 'name'>): KernelCase => ({
  kernel,
  name,
  ...rest,
});

const integerCases = (['Sum', 'Prod', 'Max', 'Min'] as const).map((kernel) =>
  other(kernel, 'of integers', {
    inputs: (d) => [d.integers(-3, 4, 2, 3, 5, 4)],
    fn: (x: tf.Tensor) => tf[kernel.toLowerCase() as 'sum'](x, [1, 3]),
    gradients: 'none',
  }),
);

const logicalCases = (['All', 'Any'] as const).flatMap((kernel) =>
  axes.map(([name, axis]) =>
    other(kernel, `over ${name}`, {
      inputs: (d) => [d.booleans(2, 3, 2, 4)],
      fn: (x: tf.Tensor) => tf[kernel.toLowerCase() as 'all'](x, axis),
      gradients: 'none',
    }),
  ),
);

const argumentCases = (['ArgMax', 'ArgMin'] as const).flatMap((kernel) => {
  const fn = kernel === 'ArgMax' ? tf.argMax : tf.argMin;
  return [0, 1, 2, 3].flatMap((axis) => [
    other(kernel, `axis ${axis}`, {
      inputs: (d) => [d.normal(2, 3, 5, 4)],
      fn: (x: tf.Tensor) => fn(x, axis),
      gradients: 'none',
    }),
    other(kernel, `axis ${axis}, the first of ties`, {
      inputs: (d) => [d.integers(0, 2, 2, 3, 5, 4)],
      fn: (x: tf.Tensor) => fn(x, axis),
      gradients: 'none',
    }),
  ]);
});

const cumulativeCases = (
  [
    ['Cumsum', tf.cumsum],
    ['Cumprod', tf.cumprod],
  ] as const
).flatMap(([kernel, fn]) =>
  [false, true].flatMap((exclusive) =>
    [false, true].flatMap((reverse) =>
      [1, 3, -1].map((axis) =>
        other(kernel, `axis ${axis}${exclusive ? ', exclusive' : ''}${reverse ? ', reverse' : ''}`, {
          inputs: (d) => [kernel === 'Cumprod' ? d.uniform(0.5, 1.5, 2, 3, 5, 4) : d.normal(2, 3, 5, 4)],
          fn: (x: tf.Tensor) => fn(x, axis, exclusive, reverse),
          // tfjs's kernel fails for a negative axis.
          ...(axis < 0 ? { reference: (x: tf.Tensor) => fn(x, 3, exclusive, reverse) } : {}),
          // tfjs's gradient of cumsum is right for the last axis, counted from the front; cumprod has none.
          ...(kernel === 'Cumprod' || axis !== 3 ? { gradients: 'none' as const } : {}),
        }),
      ),
    ),
  ),
);

const cases: KernelCase[] = [
  ...floatCases,
  ...integerCases,
  ...logicalCases,
  ...argumentCases,
  ...cumulativeCases,
  other('Max', 'ties all get the gradient, as in tfjs', {
    inputs: (d) => {
      const { shape, data } = d.integers(0, 2, 2, 3, 5, 4);
      return [{ shape, data: Float32Array.from(data) }];
    },
    fn: (x: tf.Tensor) => tf.max(x, [1, 2]),
  }),
  other('Mean', 'of integers is a float', {
    inputs: (d) => [d.integers(-3, 4, 3, 5)],
    fn: (x: tf.Tensor) => tf.mean(x, 1),
    gradients: 'none',
  }),
  other('Sum', 'of truth values is an integer', {
    inputs: (d) => [d.booleans(3, 5)],
    fn: (x: tf.Tensor) => tf.sum(x, 1),
    gradients: 'none',
  }),
  other('Sum', 'of a scalar', { inputs: (d) => [d.normal()], fn: (x: tf.Tensor) => tf.sum(x) }),
  other('Sum', 'over an axis without elements', {
    inputs: () => [{ shape: [3, 0], data: new Float32Array(0) }],
    fn: (x: tf.Tensor) => tf.sum(x, 1),
    gradients: 'none',
  }),
  other('Max', 'NaN wins, as in tfjs', {
    inputs: () => [{ shape: [2, 2], data: Float32Array.of(NaN, 1, 1, -Infinity) }],
    fn: (x: tf.Tensor) => tf.max(x, 1),
    gradients: 'none',
  }),
  ...(['sum', 'mean'] as const).map((name) =>
    other(name === 'sum' ? 'Sum' : 'Mean', 'logSumExp and moments are made of it', {
      inputs: (d) => [d.normal(2, 3, 5, 4)],
      fn: (x: tf.Tensor) => (name === 'sum' ? tf.logSumExp(x, 1) : Object.values<tf.Tensor>(tf.moments(x, [1, 2]))),
    }),
  ),
];

checkKernels(reduceKernels, cases);
