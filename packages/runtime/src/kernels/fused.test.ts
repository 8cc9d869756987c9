import * as tf from '@tensorflow/tfjs';
import { checkKernels, type KernelCase } from '../testing/kernelCases.js';
import { fusedKernels } from './fused.js';

const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const;

/** tfjs differentiates linear, relu and relu6 in fused form; others only run forward. */
const differentiable = ['linear', 'relu', 'relu6'];

/** What tfjs's fused ops take beside their operands; `layers` reach the kernels through these. */
function extras(activation: (typeof activations)[number], bias: tf.Tensor, slopes: tf.Tensor) {
  return {
    bias,
    activation,
    leakyreluAlpha: 0.3,
    ...(activation === 'prelu' ? { preluActivationWeights: slopes } : {}),
  };
}

const cases = activations.flatMap((activation): KernelCase[] => {
  const gradients = differentiable.includes(activation) ? {} : { gradients: 'none' as const };
  return [
    {
      kernel: '_FusedMatMul',
      name: activation,
      inputs: (d) => [d.normal(3, 5), d.normal(5, 4), d.normal(4), d.uniform(0.1, 0.5, 4)],
      fn: (a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor, slopes: tf.Tensor) =>
        tf.fused.matMul({ a, b, ...extras(activation, bias, slopes) }),
      wrt: [0, 1, 2],
      orders: ['channels-last'],
      ...gradients,
    },
    {
      kernel: 'FusedConv2D',
      name: activation,
      inputs: (d) => [d.normal(2, 5, 7, 3), d.normal(3, 3, 3, 4), d.normal(4), d.uniform(0.1, 0.5, 1, 1, 4)],
      fn: (x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor, slopes: tf.Tensor) =>
        tf.fused.conv2d({ x, filter, strides: 2, pad: 'same', ...extras(activation, bias, slopes) }),
      wrt: [0, 1, 2],
      ...gradients,
    },
    {
      kernel: 'FusedDepthwiseConv2D',
      name: activation,
      inputs: (d) => [d.normal(2, 5, 7, 3), d.normal(3, 3, 3, 2), d.normal(6), d.uniform(0.1, 0.5, 1, 1, 6)],
      fn: (x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor, slopes: tf.Tensor) =>
        tf.fused.depthwiseConv2d({ x, filter, strides: 2, pad: 'same', ...extras(activation, bias, slopes) }),
      gradients: 'none',
    },
  ];
});

cases.push({
  kernel: '_FusedMatMul',
  name: 'both operands transposed',
  inputs: (d) => [d.normal(5, 3), d.normal(4, 5), d.normal(4)],
  fn: (a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor) =>
    tf.fused.matMul({ a, b, transposeA: true, transposeB: true, bias, activation: 'relu' }),
  gradients: 'none',
});

checkKernels(fusedKernels, cases);
