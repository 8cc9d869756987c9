import * as tf from '@tensorflow/tfjs';
import { checkKernels, type KernelCase } from '../testing/kernelCases.js';
import { binaryKernels } from './binary.js';

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** Pairs of shapes: the same, and the ways one is stretched to the other. */
const shapes: readonly (readonly [name: string, a: number[], b: number[]])[] = [
  ['same shape', [2, 3, 5, 4], [2, 3, 5, 4]],
  ['one per channel', [2, 3, 5, 4], [4]],
  ['one per channel, first', [4], [2, 3, 5, 4]],
  ['scalar', [2, 3, 5, 4], []],
  ['one per row and channel', [2, 3, 5, 4], [3, 1, 4]],
  ['one per pixel', [2, 3, 5, 4], [2, 3, 5, 1]],
  ['both stretched', [2, 1, 5, 4], [3, 1, 4]],
  ['rank 2', [3, 5], [5]],
];

const arithmetic: readonly (readonly [string, Binary, ('distinct' | 'positive')?])[] = [
  ['Add', tf.add],
  ['Sub', tf.sub],
  ['Multiply', tf.mul],
  ['RealDiv', tf.div, 'positive'],
  ['Maximum', tf.maximum],
  ['Minimum', tf.minimum],
  ['Pow', tf.pow, 'positive'],
  ['SquaredDifference', tf.squaredDifference],
  ['Mod', tf.mod, 'positive'],
  ['Atan2', tf.atan2],
];

const noSums = ['Maximum', 'Minimum', 'SquaredDifference'];

/** Gradients to the operand that is not stretched, if there is one. */
function fullOnly(a: readonly number[], b: readonly number[]): Pick<KernelCase, 'wrt' | 'gradients'> {
  const size = (shape: readonly number[]) => shape.reduce((x, y) => x * y, 1);
  const full = tf.broadcast_util.assertAndGetBroadcastShape([...a], [...b]);
  const index = [a, b].findIndex((shape) => size(shape) === size(full));
  return index < 0 ? { gradients: 'none' } : { wrt: [index] };
}

const floatCases = arithmetic.flatMap(([kernel, fn, domain]) =>
  shapes.map(([name, a, b]): KernelCase => {
    const positive = domain === 'positive';
    return {
      kernel,
      name,
      // tfjs forgets to add up these gradients over the axes along which an operand was stretched.
      ...(noSums.includes(kernel) && a.join() !== b.join() ? fullOnly(a, b) : {}),
      inputs: (d) => (positive ? [d.uniform(0.3, 3, ...a), d.uniform(0.4, 2, ...b)] : [d.normal(...a), d.normal(...b)]),
      fn,
    };
  }),
);

/** Arithmetic of integers: quotients of both signs, and whole powers. */
const integerCases = (
  ['Add', 'Sub', 'Multiply', 'Maximum', 'Minimum', 'SquaredDifference', 'Mod', 'FloorDiv'] as const
).map((kernel): KernelCase => ({
  kernel,
  name: 'integers of both signs',
  inputs: (d) => {
    const b = d.integers(-4, 5, 2, 3, 5, 4);
    return [d.integers(-20, 21, 2, 3, 5, 4), { ...b, data: b.data.map((v) => v || 3) }];
  },
  fn: (a: tf.Tensor, b: tf.Tensor) => tf.engine().runKernel<tf.Tensor>(kernel, { a, b }),
  gradients: 'none',
}));

const comparisons: readonly (readonly [string, Binary])[] = [
  ['Equal', tf.equal],
  ['NotEqual', tf.notEqual],
  ['Greater', tf.greater],
  ['GreaterEqual', tf.greaterEqual],
  ['Less', tf.less],
  ['LessEqual', tf.lessEqual],
];
const comparisonCases = comparisons.flatMap(([kernel, fn]): KernelCase[] => [
  {
    kernel,
    name: 'integers with ties',
    inputs: (d) => [d.integers(0, 3, 2, 3, 5, 4), d.integers(0, 3, 5, 4)],
    fn,
    gradients: 'none',
  },
  { kernel, name: 'floats', inputs: (d) => [d.normal(2, 3, 5, 4), d.normal(2, 3, 5, 4)], fn, gradients: 'none' },
  {
    kernel,
    name: 'NaN and infinities',
    inputs: () => [
      { shape: [5], data: Float32Array.of(NaN, Infinity, -Infinity, NaN, 1) },
      { shape: [5], data: Float32Array.of(NaN, Infinity, Infinity, 1, NaN) },
    ],
    fn,
    gradients: 'none',
  },
]);

const logical: readonly (readonly [string, Binary])[] = [
  ['LogicalAnd', tf.logicalAnd],
  ['LogicalOr', tf.logicalOr],
];
const logicalCases = logical.map(([kernel, fn]): KernelCase => ({
  kernel,
  name: 'truth values',
  inputs: (d) => [d.booleans(2, 3, 5, 4), d.booleans(2, 3, 5, 4)],
  fn,
  gradients: 'none',
}));

const special = { shape: [9], data: Float32Array.of(0, 0, 0, 1, -1, 2, -2, 3, -3) };
const other = { shape: [9], data: Float32Array.of(0, 1, -1, 0, 0, -1, -2, -3, 2) };
const run = (kernelName: string) => (a: tf.Tensor, b: tf.Tensor) =>
  tf.engine().runKernel<tf.Tensor>(kernelName, { a, b });

const cases: KernelCase[] = [
  ...floatCases,
  ...integerCases,
  ...comparisonCases,
  ...logicalCases,
  { kernel: 'Atan2', name: 'axes and quadrants', inputs: () => [special, other], fn: tf.atan2, gradients: 'none' },
  {
    kernel: 'Mod',
    name: 'floats of both signs',
    inputs: (d) => [d.uniform(-9, 9, 2, 7), d.uniform(-3, 3, 2, 7)],
    fn: tf.mod,
  },
  {
    kernel: 'FloorDiv',
    name: 'floats of both signs',
    inputs: (d) => [d.uniform(-9, 9, 2, 7), d.uniform(-3, 3, 2, 7)],
    fn: run('FloorDiv'),
    gradients: 'none',
  },
  { kernel: 'RealDiv', name: 'division by zero', inputs: () => [special, other], fn: tf.div, gradients: 'none' },
  {
    kernel: 'Pow',
    name: 'whole powers of numbers of both signs',
    inputs: (d) => [d.uniform(-3, 3, 2, 7), d.integers(0, 4, 7)],
    fn: (x: tf.Tensor, p: tf.Tensor) => tf.pow(x, p),
  },
  {
    kernel: 'Maximum',
    name: 'ties share the gradient as in tfjs',
    inputs: () => [special, special],
    fn: (a: tf.Tensor, b: tf.Tensor) => tf.maximum(a, b),
  },
  {
    kernel: 'Multiply',
    name: 'a float and an integer',
    inputs: (d) => [d.normal(2, 3, 5, 4), d.integers(-3, 4, 2, 3, 5, 4)],
    fn: tf.mul,
  },
  {
    kernel: 'Prelu',
    name: 'one slope per channel',
    inputs: (d) => [d.normal(2, 3, 5, 4), d.uniform(0.1, 0.5, 4)],
    fn: (x: tf.Tensor, alpha: tf.Tensor) => tf.prelu(x, alpha),
  },
  {
    kernel: 'Prelu',
    name: 'one slope per number',
    inputs: (d) => [d.normal(2, 3, 5, 4), d.uniform(0.1, 0.5, 3, 5, 4)],
    fn: (x: tf.Tensor, alpha: tf.Tensor) => tf.prelu(x, alpha),
  },
  { kernel: 'EluGrad', name: 'through elu', inputs: (d) => [d.normal(2, 3, 5, 4)], fn: (x: tf.Tensor) => tf.elu(x) },
  {
    kernel: 'AddN',
    name: 'three',
    inputs: (d) => [d.normal(2, 3, 5, 4), d.normal(2, 3, 5, 4), d.normal(2, 3, 5, 4)],
    fn: (...all: tf.Tensor[]) => tf.addN(all),
  },
  { kernel: 'AddN', name: 'one', inputs: (d) => [d.normal(3, 5)], fn: (x: tf.Tensor) => tf.addN([x]) },
  {
    kernel: 'Select',
    name: 'same shape',
    inputs: (d) => [d.booleans(2, 3, 5, 4), d.normal(2, 3, 5, 4), d.normal(2, 3, 5, 4)],
    fn: (c: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.where(c, a, b),
  },
  {
    kernel: 'Select',
    name: 'stretched',
    inputs: (d) => [d.booleans(3, 5, 1), d.normal(2, 3, 5, 4), d.normal()],
    fn: (c: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.where(c, a, b),
  },
  {
    kernel: 'Select',
    name: 'whole rows (tfjs picks the wrong ones: checked against the stretched condition)',
    inputs: (d) => [d.booleans(3), d.normal(3, 5, 2, 4), d.normal(3, 5, 2, 4)],
    fn: (condition: tf.Tensor, t: tf.Tensor, e: tf.Tensor) =>
      tf.engine().runKernel<tf.Tensor>('Select', { condition, t, e }),
    reference: (c: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.where(tf.reshape(c, [3, 1, 1, 1]), a, b),
    gradients: 'none',
  },
  {
    kernel: 'Select',
    name: 'integers',
    inputs: (d) => [d.booleans(3, 5), d.integers(0, 9, 3, 5), d.integers(0, 9, 3, 5)],
    fn: (c: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.where(c, a, b),
    gradients: 'none',
  },
];

checkKernels(binaryKernels, cases);
