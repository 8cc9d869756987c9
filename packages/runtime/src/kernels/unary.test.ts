import * as tf from '@tensorflow/tfjs';
import type { Draw } from '../testing/draw.js';
import { checkKernels, type KernelCase } from '../testing/kernelCases.js';
import { unaryKernels } from './unary.js';

type Unary = (x: tf.Tensor) => tf.Tensor;

/** Kernels that take any number, with the limits of the numbers that are tried; the last says there is no gradient. */
const floats: readonly (readonly [string, Unary, number, number, 'none'?])[] = [
  ['Abs', tf.abs, -3, 3],
  ['Acos', tf.acos, -0.95, 0.95],
  ['Acosh', tf.acosh, 1.1, 9],
  ['Asin', tf.asin, -0.95, 0.95],
  ['Asinh', tf.asinh, -5, 5],
  ['Atan', tf.atan, -5, 5],
  ['Atanh', tf.atanh, -0.95, 0.95],
  ['Ceil', tf.ceil, -5, 5],
  ['Cos', tf.cos, -6, 6],
  ['Cosh', tf.cosh, -4, 4],
  ['Elu', tf.elu, -3, 3],
  ['Erf', tf.erf, -3, 3],
  ['Exp', tf.exp, -4, 4],
  ['Expm1', tf.expm1, -4, 4],
  ['Floor', tf.floor, -5, 5],
  ['Identity', (x) => tf.clone(x), -3, 3],
  ['IsFinite', tf.isFinite, -3, 3, 'none'],
  ['IsInf', tf.isInf, -3, 3, 'none'],
  ['IsNan', tf.isNaN, -3, 3, 'none'],
  ['LeakyRelu', (x) => tf.leakyRelu(x, 0.3), -3, 3],
  ['Log', tf.log, 0.1, 9],
  ['Log1p', tf.log1p, -0.9, 9],
  ['Neg', tf.neg, -3, 3],
  ['OnesLike', tf.onesLike, -3, 3],
  ['Reciprocal', tf.reciprocal, 0.3, 4],
  ['Relu', tf.relu, -3, 3],
  ['Relu6', tf.relu6, -3, 9],
  ['Round', tf.round, -5, 5],
  ['Rsqrt', tf.rsqrt, 0.3, 4],
  ['Selu', tf.selu, -3, 3],
  ['Sigmoid', tf.sigmoid, -6, 6],
  ['Sign', tf.sign, -3, 3],
  ['Sin', tf.sin, -6, 6],
  ['Sinh', tf.sinh, -4, 4],
  ['Softplus', tf.softplus, -9, 9],
  ['Sqrt', tf.sqrt, 0.1, 9],
  ['Square', tf.square, -3, 3],
  ['Step', (x) => tf.step(x, 0.3), -3, 3],
  ['Tan', tf.tan, -1.2, 1.2],
  ['Tanh', tf.tanh, -3, 3],
  ['ZerosLike', tf.zerosLike, -3, 3],
];

const special = [NaN, Infinity, -Infinity, 0, -0, 0.5, -0.5, 1.5, 2.5, -1.5, 1e-7, 50, -50, 1, -1];
function specialTensor(withNaN: boolean) {
  const data = Float32Array.from(withNaN ? special : special.slice(1));
  return { shape: [data.length], data };
}

const nanDiffers: Readonly<Record<string, string>> = {
  Sign: 'special values but NaN, which stays NaN here and becomes 0 in tfjs',
  Step: 'special values but NaN, which is not above 0 here and stays NaN in tfjs',
};

/** Kernels that tfjs also takes for integers. */
const integers: readonly string[] = ['Abs', 'Neg', 'Sign', 'Square', 'Relu', 'OnesLike', 'ZerosLike', 'Identity'];

const cases: KernelCase[] = floats.flatMap(([kernel, fn, low, high, none]): KernelCase[] => [
  {
    kernel,
    name: 'rank 4',
    inputs: (draw) => [draw.uniform(low, high, 2, 3, 5, 4)],
    fn,
    ...(none === undefined ? {} : { gradients: none }),
  },
  { kernel, name: 'rank 0', inputs: (draw) => [draw.uniform(low, high)], fn, gradients: 'none' },
  {
    kernel,
    name: nanDiffers[kernel] ?? 'special values',
    inputs: () => [specialTensor(!(kernel in nanDiffers))],
    fn,
    gradients: 'none',
  },
  ...(integers.includes(kernel)
    ? [
        {
          kernel,
          name: 'integers',
          inputs: (d: Draw) => [d.integers(-4, 5, 1, 2, 3, 4)],
          fn,
          gradients: 'none' as const,
        },
      ]
    : []),
]);

cases.push(
  { kernel: 'Step', name: 'alpha 0', inputs: (d) => [d.normal(2, 7)], fn: (x: tf.Tensor) => tf.step(x) },
  { kernel: 'LeakyRelu', name: 'alpha 0', inputs: (d) => [d.normal(2, 7)], fn: (x: tf.Tensor) => tf.leakyRelu(x, 0) },
  {
    kernel: 'ClipByValue',
    name: 'floats',
    inputs: (d) => [d.normal(2, 3, 5, 4)],
    fn: (x: tf.Tensor) => tf.clipByValue(x, -0.5, 1),
  },
  {
    kernel: 'ClipByValue',
    name: 'integers',
    inputs: (d) => [d.integers(-9, 9, 2, 7)],
    fn: (x: tf.Tensor) => tf.clipByValue(x, -3, 4),
    gradients: 'none',
  },
  {
    kernel: 'LogicalNot',
    name: 'truth values',
    inputs: (d) => [d.booleans(2, 3, 5, 4)],
    fn: (x: tf.Tensor) => tf.logicalNot(x),
    gradients: 'none',
  },
  ...(['float32', 'int32', 'bool'] as const).flatMap((to): KernelCase[] => [
    {
      kernel: 'Cast',
      name: `float32 to ${to}`,
      inputs: (d) => [d.uniform(-3, 3, 2, 3, 5, 4)],
      fn: (x: tf.Tensor) => tf.engine().runKernel<tf.Tensor>('Cast', { x }, { dtype: to }),
      gradients: to === 'float32' ? 'tfjs' : 'none',
    },
    {
      kernel: 'Cast',
      name: `int32 to ${to}`,
      inputs: (d) => [d.integers(-2, 3, 3, 5)],
      fn: (x: tf.Tensor) => tf.engine().runKernel<tf.Tensor>('Cast', { x }, { dtype: to }),
      gradients: 'none',
    },
    {
      kernel: 'Cast',
      name: `bool to ${to}`,
      inputs: (d) => [d.booleans(3, 5)],
      fn: (x: tf.Tensor) => tf.engine().runKernel<tf.Tensor>('Cast', { x }, { dtype: to }),
      gradients: 'none',
    },
  ]),
);

checkKernels(unaryKernels, cases);
